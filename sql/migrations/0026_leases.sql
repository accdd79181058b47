-- A lease names the session that holds its lock, so that a holder which fell silent can be ended.

alter table inflow.lease add column backend integer;
comment on table inflow.lease is
    'The processes that may refresh a token, run, or backfill now. A session lock belongs to the row. Whose heartbeat is '
    'older than 45 s has lost it: the next process ends its sessions.';
comment on column inflow.lease.backend is
    'Process number, at the server, of the session that holds the lock; null in rows of versions that wrote none.';
