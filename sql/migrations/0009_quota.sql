-- The budget of calls of each organisation, shared by all processes; runs that the quota parked; runs that are to stop.

-- Control tables: one row per organisation, locked for the moment in which a process takes or gives back a batch of calls.
create table inflow.quota (
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

create table inflow.quota_holder (
    platform text not null,
    account_id text not null,
    id text not null,
    who text not null,
    permits bigint not null,
    places bigint not null,
    wants bigint not null,
    waiting_since timestamptz,
    seen_at timestamptz not null,
    primary key (platform, account_id, id)
);
comment on table inflow.quota_holder is
    'Processes that hold or want calls of an organisation. One that is silent for half a minute counts as dead.';
comment on column inflow.quota_holder.platform is 'The platform.';
comment on column inflow.quota_holder.account_id is 'The organisation.';
comment on column inflow.quota_holder.id is 'Number of the process, chosen by itself.';
comment on column inflow.quota_holder.who is 'Machine and process.';
comment on column inflow.quota_holder.permits is 'Calls it may make or is making; they count as used when it dies.';
comment on column inflow.quota_holder.places is 'Calls it may have in flight at once.';
comment on column inflow.quota_holder.wants is 'Calls it could make now.';
comment on column inflow.quota_holder.waiting_since is 'Since when it waits for a place in flight.';
comment on column inflow.quota_holder.seen_at is 'When it was here last, by the database''s clock.';

alter table inflow.run
    add column resume_at timestamptz,
    add column continues_run_id bigint,
    add column cancel_by text,
    add column cancel_at timestamptz;
comment on column inflow.run.resume_at is 'When calls are free again, where the day''s quota stopped it.';
comment on column inflow.run.continues_run_id is
    'The first run of the same scope, stopped by the day''s quota, whose loaded chunks were not read again.';
comment on column inflow.run.cancel_by is 'Who asked it to stop.';
comment on column inflow.run.cancel_at is 'When that was asked.';

comment on column inflow.rejection.reason is
    'Why, the last time: missing, not_a_number, not_a_date, …; unreadable_day stands for all records of the day that chunk names.';
