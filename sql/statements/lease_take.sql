-- Writes that a session has taken the lock of a lease; answers with the epoch, which is higher than any before.
--
-- $1 connection, $2 purpose, $3 holder. No row for a connection that was removed meanwhile.
insert into inflow.lease (connection_id, purpose, holder, epoch, heartbeat_at, backend)
select c.id, $2, $3, 1, clock_timestamp(), pg_backend_pid()
from inflow.connection c
where c.id = $1
on conflict (connection_id, purpose) do update set
    holder = excluded.holder, epoch = lease.epoch + 1, heartbeat_at = excluded.heartbeat_at, backend = excluded.backend
returning epoch
