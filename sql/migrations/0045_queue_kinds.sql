-- What a person starts on the page goes through the queue too: a backfill, which runs beside the runs of every day, a retry of
-- rejections, the check of approved deletions, and a reading again of what is covered.
alter table inflow.request drop constraint request_kind_check;
alter table inflow.request add constraint request_kind_check
    check (kind in ('sync_all', 'targeted', 'slot', 'backfill', 'retry', 'deletions', 'reconcile'));
comment on column inflow.request.kind is
    'sync_all (by a person), targeted, slot (by the schedule), backfill, retry (of rejections), deletions (approved ones are checked) or reconcile.';

alter table inflow.request add column chunk_size text check (chunk_size in ('month', 'quarter', 'year'));
comment on column inflow.request.chunk_size is 'Size of one chunk of a backfill.';
alter table inflow.request add column rejections bigint[] not null default '{}';
comment on column inflow.request.rejections is 'Rejections of a retry; empty for all open ones.';

-- One at a time for a connection, and one backfill beside it: each has a lock of its own.
drop index inflow.request_running;
create unique index request_running on inflow.request (connection_id, (kind = 'backfill')) where status = 'running';
