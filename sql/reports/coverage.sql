-- Question: which months of which entity have been read whole, when last, and did the last reading succeed?
--
-- Grain:    one row per connection, entity and calendar month that was ever asked for; a list without dates has one row,
--           whose month_on is null.
-- Times:    verified_at is when the last answer that held the whole month was asked for, UTC.
-- Status:   'fresh' (verified within 31 days), 'old' (verified before that), 'failed' (the last reading failed), 'never'
--           (asked for, never read whole). A month that has no row was never asked for.
-- Caveats:  a part of a month never counts as the month. rows_sent are records of the last whole answer, rows_held the rows
--           of the month in the table right after it; they differ while deletions are held, or records were rejected.

create or replace view report.coverage with (security_invoker = true) as
select
    connection_id,
    entity,
    case when isfinite(month) then month end as month_on,
    verified_at,
    case
        when failed_at > coalesce(verified_at, '-infinity') then 'failed'
        when verified_at is null then 'never'
        when verified_at > now() - interval '31 days' then 'fresh'
        else 'old'
    end as status,
    rows_sent,
    rows_held,
    rows_rejected,
    run_id,
    failed_at,
    error
from inflow.coverage;

comment on view report.coverage is
    'What has been read of each entity, by calendar month: when last, how much, and whether the last reading succeeded.';
comment on column report.coverage.connection_id is 'Connection, hence organisation.';
comment on column report.coverage.entity is 'The entity: the table''s name in schema wfm.';
comment on column report.coverage.month_on is 'First day of the calendar month; null for a list without dates.';
comment on column report.coverage.verified_at is 'When the last answer that held the whole month was asked for.';
comment on column report.coverage.status is 'fresh, old, failed or never.';
comment on column report.coverage.rows_sent is 'Records of the month in that answer.';
comment on column report.coverage.rows_held is 'Rows of the month in the table after it, marked ones not counted.';
comment on column report.coverage.rows_rejected is 'Records of that answer that were not loaded.';
comment on column report.coverage.run_id is 'The run that read it.';
comment on column report.coverage.failed_at is 'When it was last asked for in vain.';
comment on column report.coverage.error is 'Why that failed.';

-- Whether an entity has been read whole for a span of dates, both included, since a time: for use inside reports. True only
-- if every calendar month the span touches was verified since then with no record rejected, and the last reading of none of
-- them failed. For a list without dates the span does not matter.
create or replace function report.is_complete(
    connection bigint, entity text, "from" date, "to" date, verified_since timestamptz default '-infinity')
returns boolean
language sql
stable
security invoker
as $$
    select case
        when exists (
            select from inflow.coverage c
            where c.connection_id = $1 and c.entity = $2 and isfinite(c.month)
        ) then $3 <= $4 and not exists (
            select from generate_series(date_trunc('month', $3::timestamp), $4::timestamp, interval '1 month') m (month)
            left join inflow.coverage c on c.connection_id = $1 and c.entity = $2 and c.month = m.month::date
            where not coalesce(
                c.verified_at >= $5 and c.rows_rejected = 0 and coalesce(c.failed_at <= c.verified_at, true), false)
        )
        else exists (
            select from inflow.coverage c
            where c.connection_id = $1 and c.entity = $2 and not isfinite(c.month) and c.verified_at >= $5
                and c.rows_rejected = 0 and coalesce(c.failed_at <= c.verified_at, true)
        )
    end
$$;
comment on function report.is_complete(bigint, text, date, date, timestamptz) is
    'Whether an entity was read whole for all calendar months that a span of dates (both included) touches, since a time.';

-- The same by the connection's name.
create or replace function report.is_complete(
    connection text, entity text, "from" date, "to" date, verified_since timestamptz default '-infinity')
returns boolean
language sql
stable
security invoker
as $$
    select coalesce((select report.is_complete(c.id, $2, $3, $4, $5) from inflow.connection c where c.name = $1), false)
$$;
comment on function report.is_complete(text, text, date, date, timestamptz) is
    'Whether an entity was read whole for a span of dates, by the connection''s name.';
