-- What has been read and how surely: coverage by month, watermarks, records missed, open documents, numbers unknown.
--
-- All of it is written in the merge's own transaction or decides what a run reads, so each key begins with connection_id
-- and nothing refers to control tables.

alter table inflow.connection add column settings jsonb not null default '{}';
comment on column inflow.connection.settings is
    'Further settings that differ from their defaults, by the name "inflow connection show" gives them.';

create table inflow.coverage (
    connection_id bigint not null,
    entity text not null,
    month date not null,
    verified_at timestamptz,
    rows_sent bigint not null default 0,
    rows_held bigint not null default 0,
    rows_rejected bigint not null default 0,
    run_id bigint,
    failed_at timestamptz,
    failed_run_id bigint,
    error text,
    primary key (connection_id, entity, month)
);
comment on table inflow.coverage is
    'Which months of an entity have been read whole, and when last. A part of a month never counts as the month.';
comment on column inflow.coverage.connection_id is 'The connection.';
comment on column inflow.coverage.entity is 'The entity.';
comment on column inflow.coverage.month is
    'First day of the calendar month; -infinity for a list without dates, read whole.';
comment on column inflow.coverage.verified_at is
    'When the last answer that held the whole month was asked for; null while none has been read.';
comment on column inflow.coverage.rows_sent is 'Records of the month in that answer, rejected ones not counted.';
comment on column inflow.coverage.rows_held is 'Rows of the month in the table after it, marked ones not counted.';
comment on column inflow.coverage.rows_rejected is 'Records of that answer that were not loaded, whatever their month.';
comment on column inflow.coverage.run_id is 'The run that read it.';
comment on column inflow.coverage.failed_at is 'When it was last asked for in vain; older than verified_at where it succeeded since.';
comment on column inflow.coverage.failed_run_id is 'The run that failed.';
comment on column inflow.coverage.error is 'Why it failed, in words.';

create table inflow.watermark (
    connection_id bigint not null,
    entity text not null,
    since timestamptz not null,
    run_id bigint not null,
    set_at timestamptz not null default now(),
    primary key (connection_id, entity)
);
comment on table inflow.watermark is
    'From when on an entity with a modified filter is asked for what changed. Never moves back; backfills do not touch it.';
comment on column inflow.watermark.connection_id is 'The connection.';
comment on column inflow.watermark.entity is 'The entity.';
comment on column inflow.watermark.since is
    'Start of the last complete pull by the platform''s own clock, less the overlap.';
comment on column inflow.watermark.run_id is 'The run that pulled it.';
comment on column inflow.watermark.set_at is 'When it was set.';

create table inflow.missing (
    connection_id bigint not null,
    entity text not null,
    key text not null,
    id bigint generated always as identity,
    status text not null check (status in ('missing', 'gone', 'held', 'approved', 'kept')),
    dated_on date,
    chunk text not null,
    run_id bigint not null,
    first_run_id bigint not null,
    asked_at timestamptz not null,
    noted_at timestamptz not null default now(),
    reason text,
    is_approved boolean not null default false,
    primary key (connection_id, entity, key)
);
comment on table inflow.missing is
    'Rows absent from a whole answer that should have held them, until they turn up or are marked deleted.';
comment on column inflow.missing.connection_id is 'The connection.';
comment on column inflow.missing.entity is 'The entity.';
comment on column inflow.missing.key is 'The record''s key.';
comment on column inflow.missing.id is 'Number, for people to name it by.';
comment on column inflow.missing.status is
    'missing (to be looked for), gone (looked for in vain), held (a person decides), approved (by a person, to be looked '
    'for once more), kept (a person wants the rows kept).';
comment on column inflow.missing.dated_on is 'The row''s date when it was missed; null for lists without dates.';
comment on column inflow.missing.chunk is 'The answer it was absent from.';
comment on column inflow.missing.run_id is 'The run that missed it last.';
comment on column inflow.missing.first_run_id is 'The run that missed it first.';
comment on column inflow.missing.asked_at is 'When that answer was asked for; a row written since is not judged by it.';
comment on column inflow.missing.noted_at is 'When it was noted.';
comment on column inflow.missing.reason is 'Why it is held, in words.';
comment on column inflow.missing.is_approved is 'Whether a person has approved the deletion: no brake holds it again.';

create table inflow.open_document (
    connection_id bigint not null,
    entity text not null,
    key text not null,
    seen_at timestamptz not null,
    run_id bigint not null,
    primary key (connection_id, entity, key)
);
comment on table inflow.open_document is
    'Documents that the last sweep of open and draft ones listed: what leaves these lists is read by key.';
comment on column inflow.open_document.connection_id is 'The connection.';
comment on column inflow.open_document.entity is 'The entity.';
comment on column inflow.open_document.key is 'The record''s key.';
comment on column inflow.open_document.seen_at is
    'When the sweep that listed it was asked for; -infinity where it has left the lists and is still to be read.';

comment on column inflow.open_document.run_id is 'The run whose sweep listed it last.';

create table inflow.sweep (
    connection_id bigint not null,
    entity text not null,
    swept_at timestamptz not null default '-infinity',
    run_id bigint not null,
    primary key (connection_id, entity)
);
comment on table inflow.sweep is 'When the open and draft documents of an entity were last listed, all lists together.';
comment on column inflow.sweep.connection_id is 'The connection.';
comment on column inflow.sweep.entity is 'The entity.';
comment on column inflow.sweep.swept_at is
    'When the first of the lists was asked for, the last time that all were read and compared with the table.';
comment on column inflow.sweep.run_id is 'The run that read one of the lists last.';

create table inflow.unknown_number (
    connection_id bigint not null,
    entity text not null,
    number text not null,
    asked_at timestamptz not null,
    primary key (connection_id, entity, number)
);
comment on table inflow.unknown_number is
    'Numbers that documents mention and the platform does not know; not asked for again for a week.';
comment on column inflow.unknown_number.connection_id is 'The connection.';
comment on column inflow.unknown_number.entity is 'The entity asked for.';
comment on column inflow.unknown_number.number is 'The number.';
comment on column inflow.unknown_number.asked_at is 'When the platform was asked last.';

-- What one run changed is listed by reconcile.
create index history_run on inflow.history (connection_id, run_id);
