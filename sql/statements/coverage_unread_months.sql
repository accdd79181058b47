-- How many months lack an answer that held all of one of some entities?
--
-- $1 connection, $2 entities, $3 a day of the first month, $4 the day after the last month.
select count(*) as months
from generate_series(
    date_trunc('month', $3::text::date), $4::text::date - interval '1 day', interval '1 month') as m (month)
where exists (
    select from unnest($2::text[]) as e (entity)
    where not exists (
        select from inflow.coverage c
        where c.connection_id = $1 and c.entity = e.entity and c.month = m.month::date
            and c.verified_at is not null
    )
)
