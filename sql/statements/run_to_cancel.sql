-- Which run does a person mean to stop? The one of that number, else the one that runs, else the last. A reading of values in the
-- background is meant only where nothing else runs.
--
-- $1 run or null, $2 connection or null. purpose names the lock that the run holds while its process lives.
select r.id, r.connection_id, c.name, r.status, r.holder, r.finished_at,
    inflow.run_lock(r.trigger) as purpose
from inflow.run r
join inflow.connection c on c.id = r.connection_id
where ($1::bigint is null or r.id = $1) and ($2::bigint is null or r.connection_id = $2)
order by r.status = 'running' desc, r.trigger = 'values', r.id desc
limit 1
