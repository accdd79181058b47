-- The schedule and the queue: when runs are due, who claimed them, what waits to be run and who runs it.
--
-- Control tables: they decide what runs, and hold no records.

create table inflow.schedule (
    connection_id bigint primary key references inflow.connection (id) on delete cascade,
    is_on boolean not null default true,
    anchor text,
    since timestamptz
);
comment on table inflow.schedule is 'When each connection is read every day. No row: it waits for its first Sync All.';
comment on column inflow.schedule.connection_id is 'The connection.';
comment on column inflow.schedule.is_on is 'Whether scheduled runs are wanted.';
comment on column inflow.schedule.anchor is 'Local wall time and IANA zone, such as 07:30 Pacific/Auckland; null before the first Sync All.';
comment on column inflow.schedule.since is 'When it was last anchored, switched on or resumed: nothing at or before it is due.';

create table inflow.slot (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    slot date not null,
    slot_at timestamptz not null,
    claimed_at timestamptz not null default clock_timestamp(),
    attempts integer not null default 1,
    failures integer not null default 0,
    state text not null default 'running' check (
        state in ('running', 'succeeded', 'failed', 'parked', 'needs_consent', 'interrupted', 'cancelled')),
    state_at timestamptz not null default clock_timestamp(),
    run_id bigint,
    primary key (connection_id, slot)
);
comment on table inflow.slot is 'Scheduled runs that were claimed: at most one a local day, whichever process was first.';
comment on column inflow.slot.connection_id is 'The connection.';
comment on column inflow.slot.slot is 'The local day, in the anchor''s zone.';
comment on column inflow.slot.slot_at is 'When it was due.';
comment on column inflow.slot.claimed_at is 'When it was claimed.';
comment on column inflow.slot.attempts is 'Attempts begun.';
comment on column inflow.slot.failures is 'Attempts that failed.';
comment on column inflow.slot.state is 'What came of the last attempt.';
comment on column inflow.slot.state_at is 'When that was; of a parked one, when there is room again.';
comment on column inflow.slot.run_id is 'The run of the last attempt.';

create table inflow.worker (
    id text primary key,
    holder text not null,
    version text not null,
    started_at timestamptz not null default clock_timestamp(),
    heartbeat_at timestamptz not null default clock_timestamp()
);
comment on table inflow.worker is 'Processes that serve ("inflow serve"), each with a heartbeat every few seconds.';
comment on column inflow.worker.id is 'A name made anew at each start.';
comment on column inflow.worker.holder is 'Machine and process.';
comment on column inflow.worker.version is 'Which Inflow it is.';
comment on column inflow.worker.started_at is 'When it began.';
comment on column inflow.worker.heartbeat_at is 'When it last showed itself, by the database''s clock.';

create table inflow.request (
    id bigint generated always as identity primary key,
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    kind text not null check (kind in ('sync_all', 'targeted', 'slot')),
    entities text[] not null default '{}',
    first_day date,
    last_day date,
    slot date,
    is_catch_up boolean not null default false,
    asked_at timestamptz not null,
    asked_by text not null,
    status text not null default 'queued' check (status in ('queued', 'running', 'done')),
    worker text,
    epoch bigint not null default 0,
    heartbeat_at timestamptz,
    attempts integer not null default 0,
    run_id bigint,
    outcome text,
    error text,
    done_at timestamptz
);
create unique index request_running on inflow.request (connection_id) where status = 'running';
create index request_open on inflow.request (asked_at, id) where status <> 'done';
create index request_connection on inflow.request (connection_id, id);
comment on table inflow.request is 'Runs that were asked for, in the order they are begun; one at a time for a connection.';
comment on column inflow.request.id is 'Number of the request.';
comment on column inflow.request.connection_id is 'The connection.';
comment on column inflow.request.kind is 'sync_all (by a person), targeted, or slot (by the schedule).';
comment on column inflow.request.entities is 'Entities of a targeted sync; empty for all that have dates.';
comment on column inflow.request.first_day is 'First day of a targeted sync.';
comment on column inflow.request.last_day is 'Last day of a targeted sync, included.';
comment on column inflow.request.slot is 'The slot it is an attempt of.';
comment on column inflow.request.is_catch_up is 'Whether its slot went by while nothing could run it.';
comment on column inflow.request.asked_at is 'When it was asked for.';
comment on column inflow.request.asked_by is 'Machine and process that asked.';
comment on column inflow.request.status is 'queued, running or done.';
comment on column inflow.request.worker is 'The worker that runs it, or ran it last.';
comment on column inflow.request.epoch is 'Rises each time a worker takes it: what a worker that lost it writes is refused.';
comment on column inflow.request.heartbeat_at is 'When its worker last showed itself, by the database''s clock.';
comment on column inflow.request.attempts is 'How often a worker has taken it.';
comment on column inflow.request.run_id is 'Its run; one that was interrupted goes on where it stopped.';
comment on column inflow.request.outcome is 'How it ended, as a run does.';
comment on column inflow.request.error is 'What went wrong, in words.';
comment on column inflow.request.done_at is 'When it ended.';

alter table inflow.connection add column consented_at timestamptz;
comment on column inflow.connection.consented_at is 'When a person authorised it last; a refresh of the tokens does not count.';
