-- Ends the sessions of the process that holds a lease's lock and has shown no sign of life for $4 seconds; answers with its name.
--
-- $1 connection, $2 purpose, $3 the lock's key, $5 the tag of the process that asks: of itself it ends no other session. A
-- session shows its process by the tag that its name ends with. Only the session that the row names counts as silent: one that
-- has just taken the lock may not have written its row yet.
with silent as (
    select e.holder, e.backend, nullif(substring(a.application_name from '\[[0-9a-f]{8}\]$'), $5) as process
    from inflow.lease e
    join pg_locks l on l.pid = e.backend and l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and (l.classid::bigint << 32 | l.objid::bigint) = $3
    join pg_stat_activity a on a.pid = e.backend
    where e.connection_id = $1 and e.purpose = $2 and e.heartbeat_at < clock_timestamp() - make_interval(secs => $4)
)
select s.holder, pg_terminate_backend(a.pid, 5000) as is_ended
from silent s
join pg_stat_activity a on a.pid = s.backend
    or a.datname = current_database() and a.usename = current_user
        and substring(a.application_name from '\[[0-9a-f]{8}\]$') = s.process
where a.pid <> pg_backend_pid()
