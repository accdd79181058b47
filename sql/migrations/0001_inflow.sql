-- Schema inflow: what Inflow knows of itself. Schema wfm: the platform's records. Schema report: views for readers.
--
-- Tables that the merge writes in the data's own transaction (chunk, rejection, drift, history) have connection_id first in
-- their key and no foreign key, so that they can be distributed with the data. Control tables may refer to each other.

create schema inflow;
create schema wfm;
create schema report;

comment on schema inflow is 'What Inflow knows of itself: connections, tokens, runs, rejections, history.';
comment on schema wfm is 'Records of WorkflowMax, one table per entity and per kind of line.';
comment on schema report is 'Views over the records, each answering one question.';

create table inflow.secret_key (
    id text primary key,
    is_current boolean not null,
    created_at timestamptz not null default now()
);
comment on table inflow.secret_key is 'Names of the keys that secrets are encrypted with; the keys themselves are in the key file, never here.';
comment on column inflow.secret_key.id is 'Name of the key, as in the key file.';
comment on column inflow.secret_key.is_current is 'Whether new secrets are encrypted with it.';
comment on column inflow.secret_key.created_at is 'When the key was made.';

create table inflow.connection (
    id bigint generated always as identity primary key,
    name text not null unique,
    platform text not null,
    account_id text not null,
    client_id text not null,
    client_secret bytea not null,
    api_url text not null,
    token_url text not null,
    authorise_url text not null,
    time_zone text not null,
    fiscal_year_start integer not null check (fiscal_year_start between 1 and 12),
    first_date date not null,
    calls_at_once integer not null check (calls_at_once >= 0),
    calls_per_minute integer not null check (calls_per_minute >= 0),
    calls_per_day integer not null check (calls_per_day >= 0),
    first_byte_seconds integer not null check (first_byte_seconds > 0),
    job_status_list boolean not null,
    created_at timestamptz not null default now()
);
comment on table inflow.connection is 'One organisation at the platform, with its authorisation and its settings.';
comment on column inflow.connection.id is 'Number of the connection: the first column of every record''s key.';
comment on column inflow.connection.name is 'The name a person gave it.';
comment on column inflow.connection.platform is 'The product the records come from.';
comment on column inflow.connection.account_id is 'The platform''s identifier of the organisation, sent with every call.';
comment on column inflow.connection.client_id is 'OAuth client id of the registered application.';
comment on column inflow.connection.client_secret is 'OAuth client secret, encrypted.';
comment on column inflow.connection.api_url is 'Base address of the platform''s data.';
comment on column inflow.connection.token_url is 'Address of the platform''s token endpoint.';
comment on column inflow.connection.authorise_url is 'Address of the platform''s consent page.';
comment on column inflow.connection.time_zone is 'IANA name of the zone whose calendar the organisation keeps.';
comment on column inflow.connection.fiscal_year_start is 'Month (1-12) in which the organisation''s year begins.';
comment on column inflow.connection.first_date is 'Lists that the platform gives only by window (leads) are read from this day on.';
comment on column inflow.connection.calls_at_once is 'Calls in flight at most; 0 is no limit of Inflow''s.';
comment on column inflow.connection.calls_per_minute is 'Calls in any 60 seconds at most; 0 is no limit of Inflow''s.';
comment on column inflow.connection.calls_per_day is 'Calls in any 24 hours at most; 0 is no limit of Inflow''s.';
comment on column inflow.connection.first_byte_seconds is 'How long an answer may take to begin.';
comment on column inflow.connection.job_status_list is 'Whether job states are read from the platform''s V2 list instead of being derived from jobs.';
comment on column inflow.connection.created_at is 'When the connection was added.';

create table inflow.token (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    generation bigint not null,
    access bytea not null,
    refresh bytea not null,
    issued_at timestamptz not null,
    access_expires_at timestamptz not null,
    stored_at timestamptz not null default now(),
    primary key (connection_id, generation)
);
comment on table inflow.token is 'Token pairs, encrypted; the newest generation is in force, the one before it is kept.';
comment on column inflow.token.connection_id is 'The connection whose tokens they are; the encryption is bound to it.';
comment on column inflow.token.generation is 'Rises by one with each refresh.';
comment on column inflow.token.access is 'Access token, encrypted.';
comment on column inflow.token.refresh is 'Refresh token, encrypted; single-use.';
comment on column inflow.token.issued_at is 'When the platform issued the access token.';
comment on column inflow.token.access_expires_at is 'When the access token ends.';
comment on column inflow.token.stored_at is 'When the pair was stored.';

create table inflow.lease (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    purpose text not null,
    holder text not null,
    epoch bigint not null,
    heartbeat_at timestamptz not null,
    primary key (connection_id, purpose)
);
comment on table inflow.lease is 'Who may refresh a token now. The row goes with a session lock; a commit of the holder checks its epoch.';
comment on column inflow.lease.connection_id is 'The connection concerned.';
comment on column inflow.lease.purpose is 'What the leave is for.';
comment on column inflow.lease.holder is 'Machine and process that took it last.';
comment on column inflow.lease.epoch is 'Rises each time it is taken.';
comment on column inflow.lease.heartbeat_at is 'When the holder last showed itself, by the database''s clock.';

create table inflow.run (
    id bigint generated always as identity primary key,
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    trigger text not null,
    scope text not null,
    status text not null check (
        status in ('running', 'green', 'warnings', 'rejections', 'failed', 'quota', 'consent', 'interrupted')),
    holder text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    pulled bigint not null default 0,
    inserted bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    marked_deleted bigint not null default 0,
    rejected bigint not null default 0,
    duplicates bigint not null default 0,
    calls bigint not null default 0,
    bytes bigint not null default 0,
    seconds numeric,
    error text
);
create index run_connection on inflow.run (connection_id, id);
comment on table inflow.run is 'One execution for one connection. Green means: every chunk was read whole and its counts add up.';
comment on column inflow.run.id is 'Number of the run.';
comment on column inflow.run.connection_id is 'The connection it ran for.';
comment on column inflow.run.trigger is 'What began it: manual or targeted.';
comment on column inflow.run.scope is 'What was asked for, in words.';
comment on column inflow.run.status is 'running, green, warnings, rejections, failed, quota, consent or interrupted.';
comment on column inflow.run.holder is 'Machine and process that ran it.';
comment on column inflow.run.started_at is 'When it began, by the database''s clock.';
comment on column inflow.run.finished_at is 'When it ended.';
comment on column inflow.run.pulled is 'Records in the answers.';
comment on column inflow.run.inserted is 'Records that were new.';
comment on column inflow.run.updated is 'Records that had changed.';
comment on column inflow.run.unchanged is 'Records that were already so.';
comment on column inflow.run.marked_deleted is 'Records marked as no longer listed.';
comment on column inflow.run.rejected is 'Records not loaded; see inflow.rejection.';
comment on column inflow.run.duplicates is 'Records whose key came again in the same answer; the last one counts.';
comment on column inflow.run.calls is 'Calls to the platform, token calls not counted.';
comment on column inflow.run.bytes is 'Bytes received.';
comment on column inflow.run.seconds is 'How long it took.';
comment on column inflow.run.error is 'What went wrong, in words.';

create table inflow.entity_run (
    run_id bigint not null references inflow.run (id) on delete cascade,
    entity text not null,
    status text not null check (status in ('running', 'green', 'warnings', 'rejections', 'failed', 'skipped')),
    pulled bigint not null default 0,
    inserted bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    marked_deleted bigint not null default 0,
    rejected bigint not null default 0,
    duplicates bigint not null default 0,
    calls bigint not null default 0,
    bytes bigint not null default 0,
    seconds numeric,
    note text,
    error text,
    primary key (run_id, entity)
);
comment on table inflow.entity_run is 'A run''s part for one entity, with its tally.';
comment on column inflow.entity_run.run_id is 'The run.';
comment on column inflow.entity_run.entity is 'The entity.';
comment on column inflow.entity_run.status is 'running, green, warnings, rejections, failed or skipped.';
comment on column inflow.entity_run.pulled is 'Records in the answers, counted by the parser.';
comment on column inflow.entity_run.inserted is 'Records that were new, counted by PostgreSQL.';
comment on column inflow.entity_run.updated is 'Records that had changed, counted by PostgreSQL.';
comment on column inflow.entity_run.unchanged is 'Records that were already so, counted by PostgreSQL.';
comment on column inflow.entity_run.marked_deleted is 'Records marked as no longer listed.';
comment on column inflow.entity_run.rejected is 'Records not loaded, counted where they were rejected.';
comment on column inflow.entity_run.duplicates is 'Records whose key came again in the same answer.';
comment on column inflow.entity_run.calls is 'Calls to the platform.';
comment on column inflow.entity_run.bytes is 'Bytes received.';
comment on column inflow.entity_run.seconds is 'Sum of its chunks'' seconds; chunks overlap.';
comment on column inflow.entity_run.note is 'What a reader should know: replaced characters, unknown elements.';
comment on column inflow.entity_run.error is 'What went wrong, in words.';

create table inflow.chunk (
    connection_id bigint not null,
    run_id bigint not null,
    entity text not null,
    chunk text not null,
    status text not null check (status in ('loaded', 'failed')),
    span_from date,
    span_until date,
    asked_at timestamptz not null,
    ended_at timestamptz not null default clock_timestamp(),
    pulled bigint not null default 0,
    inserted bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    marked_deleted bigint not null default 0,
    rejected bigint not null default 0,
    duplicates bigint not null default 0,
    calls bigint not null default 0,
    bytes bigint not null default 0,
    tries integer not null default 1,
    replaced_characters bigint not null default 0,
    seconds numeric not null default 0,
    error text,
    primary key (connection_id, run_id, entity, chunk),
    check (status = 'failed' or pulled = inserted + updated + unchanged + rejected + duplicates)
);
comment on table inflow.chunk is 'Checkpoints: what was pulled and committed as one. A loaded chunk''s counts always add up.';
comment on column inflow.chunk.connection_id is 'The connection.';
comment on column inflow.chunk.run_id is 'The run.';
comment on column inflow.chunk.entity is 'The entity.';
comment on column inflow.chunk.chunk is 'What was read: a span of dates, whole, or by key.';
comment on column inflow.chunk.status is 'loaded (committed with its rows) or failed (nothing of it was loaded).';
comment on column inflow.chunk.span_from is 'First day asked for; null where the chunk is no span.';
comment on column inflow.chunk.span_until is 'First day no longer asked for.';
comment on column inflow.chunk.asked_at is 'When the answer was asked for, by the database''s clock.';
comment on column inflow.chunk.ended_at is 'When it was committed, or given up.';
comment on column inflow.chunk.pulled is 'Records in the answer.';
comment on column inflow.chunk.inserted is 'Records that were new.';
comment on column inflow.chunk.updated is 'Records that had changed.';
comment on column inflow.chunk.unchanged is 'Records that were already so.';
comment on column inflow.chunk.marked_deleted is 'Records marked as no longer listed.';
comment on column inflow.chunk.rejected is 'Records not loaded.';
comment on column inflow.chunk.duplicates is 'Records whose key came again in the same answer.';
comment on column inflow.chunk.calls is 'Calls to the platform, those of failed tries included.';
comment on column inflow.chunk.bytes is 'Bytes received.';
comment on column inflow.chunk.tries is 'How often it was asked for.';
comment on column inflow.chunk.replaced_characters is 'Illegal characters of the answer that were replaced by U+FFFD.';
comment on column inflow.chunk.seconds is 'From the first try to the commit.';
comment on column inflow.chunk.error is 'Why it failed, in words.';

create table inflow.rejection (
    connection_id bigint not null,
    id bigint generated always as identity,
    run_id bigint not null,
    entity text not null,
    chunk text not null,
    key text not null,
    table_name text not null,
    column_name text not null,
    raw text not null,
    reason text not null,
    rejected_at timestamptz not null default now(),
    primary key (connection_id, id)
);
create index rejection_run on inflow.rejection (connection_id, run_id);
comment on table inflow.rejection is 'Records that were not loaded, and why. A record is loaded whole or rejected whole.';
comment on column inflow.rejection.connection_id is 'The connection.';
comment on column inflow.rejection.id is 'Number of the rejection.';
comment on column inflow.rejection.run_id is 'The run that rejected it.';
comment on column inflow.rejection.entity is 'The entity.';
comment on column inflow.rejection.chunk is 'The chunk it came in.';
comment on column inflow.rejection.key is 'The record''s key; empty when the key itself could not be read.';
comment on column inflow.rejection.table_name is 'The table of the value concerned.';
comment on column inflow.rejection.column_name is 'The column concerned.';
comment on column inflow.rejection.raw is 'The text as the platform sent it.';
comment on column inflow.rejection.reason is 'Why: missing, not_a_number, not_a_date, …';
comment on column inflow.rejection.rejected_at is 'When.';

create table inflow.drift (
    connection_id bigint not null,
    table_name text not null,
    path text not null,
    example text not null,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    last_run_id bigint not null,
    primary key (connection_id, table_name, path)
);
comment on table inflow.drift is 'Elements the platform sends that Inflow''s definitions do not name; their values are in the rows'' extra column.';
comment on column inflow.drift.connection_id is 'The connection.';
comment on column inflow.drift.table_name is 'The table whose extra column keeps the value.';
comment on column inflow.drift.path is 'Where in the record it stands, as the platform spells it.';
comment on column inflow.drift.example is 'A value that was seen.';
comment on column inflow.drift.first_seen_at is 'When it was first seen.';
comment on column inflow.drift.last_seen_at is 'When it was last seen.';
comment on column inflow.drift.last_run_id is 'The run that saw it last.';

create table inflow.history (
    connection_id bigint not null,
    id bigint generated always as identity,
    entity text not null,
    key text not null,
    valid_from timestamptz not null,
    valid_until timestamptz not null,
    run_id bigint not null,
    change text not null check (change in ('updated', 'revived', 'marked_deleted')),
    record jsonb not null,
    lines jsonb not null,
    primary key (connection_id, id)
);
create index history_key on inflow.history (connection_id, entity, key);
comment on table inflow.history is 'Superseded versions: a record with all its lines as it stood from valid_from until valid_until.';
comment on column inflow.history.connection_id is 'The connection.';
comment on column inflow.history.id is 'Number of the version.';
comment on column inflow.history.entity is 'The entity.';
comment on column inflow.history.key is 'The record''s key.';
comment on column inflow.history.valid_from is 'When Inflow first knew the record so.';
comment on column inflow.history.valid_until is 'When Inflow learned otherwise.';
comment on column inflow.history.run_id is 'The run that superseded it.';
comment on column inflow.history.change is 'What superseded it: updated, revived or marked_deleted.';
comment on column inflow.history.record is 'The row, column by column.';
comment on column inflow.history.lines is 'Its lines by table, in document order.';
