-- Does a connection hold or read records of another organisation than $2? Answers with that organisation.
--
-- $1 connection. One without an organisation takes any. Letters' case does not count: the platform's ids are UUIDs. A reading that
-- failed holds no record.
select c.account_id
from inflow.connection c
where c.id = $1 and c.account_id <> '' and lower(c.account_id) <> lower($2)
    and (
        exists (select from inflow.chunk k where k.connection_id = c.id and k.status = 'loaded')
        or exists (select from inflow.coverage v where v.connection_id = c.id and v.verified_at is not null)
        or exists (select from inflow.run r where r.connection_id = c.id and r.status = 'running')
    )
