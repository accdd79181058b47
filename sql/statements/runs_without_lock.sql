-- Which runs have not ended, and hold the lock of their connection no more?
--
-- $1 connection, or null for all. Without those that an open request goes on with. is_silent: their process showed itself more
-- than 45 s ago.
select r.id, r.connection_id, r.holder, inflow.run_lock(r.trigger) as purpose,
    s.last_at < clock_timestamp() - interval '45 seconds' as is_silent
from inflow.connection c
join inflow.run r on r.connection_id = c.id
cross join lateral (
    select inflow.run_last_sign(r.connection_id, r.id, r.trigger, r.started_at) as last_at
) s
where r.status = 'running' and s.last_at is not null and ($1::bigint is null or c.id = $1)
    and not exists (
        select from inflow.request q
        where q.connection_id = r.connection_id and q.run_id = r.id and q.status <> 'done'
    )
order by r.id
