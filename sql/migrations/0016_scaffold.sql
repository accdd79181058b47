-- Columns and tables that other parts of Inflow bring, as they will be, until they are there: nothing where they are.

alter table inflow.connection
    add column if not exists paused_at timestamptz,
    add column if not exists needs_consent_at timestamptz,
    add column if not exists consent_reason text,
    add column if not exists consented_at timestamptz;
comment on column inflow.connection.paused_at is 'When a person paused it; null while it is read. A paused one is not read by any run.';
comment on column inflow.connection.needs_consent_at is
    'Since when a person must authorise the connection again; nothing is read and no token asked for until then. Null: no need.';
comment on column inflow.connection.consent_reason is 'Why, in words.';
comment on column inflow.connection.consented_at is 'When a person last gave consent.';

alter table inflow.token add column if not exists refresh_issued_at timestamptz;
comment on column inflow.token.refresh_issued_at is
    'When the platform issued the refresh token: the setting refresh-token-days counts from here.';

create table if not exists inflow.quota (
    platform text not null,
    account_id text not null,
    minute_until timestamptz[] not null default '{}',
    day_until timestamptz[] not null default '{}',
    day_calls bigint[] not null default '{}',
    refused_until timestamptz,
    is_day_refused boolean not null default false,
    changed_at timestamptz not null default now(),
    primary key (platform, account_id)
);
comment on table inflow.quota is
    'Calls of each organisation that count for its minute and its day, whichever connection or process made them.';
comment on column inflow.quota.platform is 'The platform that limits the calls.';
comment on column inflow.quota.account_id is 'The platform''s identifier of the organisation, in lower case.';
comment on column inflow.quota.minute_until is
    'Until when each call counts for the minute: a minute after its answer began. Past ones are kept for a minute more.';
comment on column inflow.quota.day_until is 'Until when calls count for the day, a span of a quarter of an hour at a time.';
comment on column inflow.quota.day_calls is 'How many calls each of these spans holds.';
comment on column inflow.quota.refused_until is 'Before when the platform wants no call.';
comment on column inflow.quota.is_day_refused is 'Whether it refused calls for the day.';
comment on column inflow.quota.changed_at is 'When a process was here last.';

create table if not exists inflow.incident (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    id bigint generated always as identity,
    kind text not null check (
        kind in (
            'run_failed', 'held_deletions', 'rejections', 'consent_needed', 'stale_table', 'token_expiring')),
    subject text not null default '',
    detail text not null,
    run_id bigint,
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    primary key (connection_id, id)
);
comment on table inflow.incident is 'What is or was wrong with a connection: told once when it begins and once when it is over.';
comment on column inflow.incident.connection_id is 'The connection.';
comment on column inflow.incident.id is 'Number of the incident.';
comment on column inflow.incident.kind is
    'run_failed, held_deletions, rejections, consent_needed, stale_table or token_expiring.';
comment on column inflow.incident.subject is 'The entity of a stale table; empty for what concerns the whole connection.';
comment on column inflow.incident.detail is 'What varies, in words, as the last review found it.';
comment on column inflow.incident.run_id is 'The run it was last found by, where it was one.';
comment on column inflow.incident.opened_at is 'When a review found it first.';
comment on column inflow.incident.closed_at is 'When a review found it over; null while it lasts.';
