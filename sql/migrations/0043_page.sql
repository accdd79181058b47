-- Who may enter the page and its API, what each may do there, and what they did (decision 0029).
--
-- No reader sees a row of these tables. Tokens and passwords are kept as hashes only.

create table inflow.page_user (
    id bigint generated always as identity primary key,
    name text not null,
    folded_name text not null unique,
    password_hash text not null,
    role text not null check (role in ('viewer', 'operator', 'admin')),
    has_all_connections boolean not null,
    epoch integer not null default 1,
    created_at timestamptz not null default now(),
    password_set_at timestamptz not null default now(),
    signed_in_at timestamptz,
    disabled_at timestamptz
);
comment on table inflow.page_user is 'People who may enter the page; no reader sees a row of it.';
comment on column inflow.page_user.id is 'Number of the user; never given twice.';
comment on column inflow.page_user.name is 'Name of the account, as it was given.';
comment on column inflow.page_user.folded_name is 'The name by which it is found: without regard to case.';
comment on column inflow.page_user.password_hash is 'scrypt hash of the password with its parameters and salt, as $scrypt$….';
comment on column inflow.page_user.role is 'viewer, operator or admin.';
comment on column inflow.page_user.has_all_connections is
    'Whether the role is for every connection; else for those of inflow.page_user_connection.';
comment on column inflow.page_user.epoch is
    'Rises with each change of password, role or right to enter; sessions of an earlier epoch have ended.';
comment on column inflow.page_user.created_at is 'When it was added.';
comment on column inflow.page_user.password_set_at is 'When its password was last set.';
comment on column inflow.page_user.signed_in_at is 'When it last signed in. Null: never.';
comment on column inflow.page_user.disabled_at is 'Since when it may not enter. Null: it may.';

create table inflow.page_user_connection (
    user_id bigint not null references inflow.page_user (id) on delete cascade,
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    primary key (user_id, connection_id)
);
create index page_user_connection_connection on inflow.page_user_connection (connection_id);
comment on table inflow.page_user_connection is 'Connections that a user''s role is for, where it is not for all.';
comment on column inflow.page_user_connection.user_id is 'The user.';
comment on column inflow.page_user_connection.connection_id is 'A connection that the role is for.';

create table inflow.page_link (
    id bigint generated always as identity primary key,
    token_hash bytea not null unique,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
comment on table inflow.page_link is 'One-time links into the page, which are good while there is no user.';
comment on column inflow.page_link.id is 'Number of the link.';
comment on column inflow.page_link.token_hash is 'SHA-256 of what the link holds.';
comment on column inflow.page_link.created_at is 'When it was made.';
comment on column inflow.page_link.expires_at is 'Until when it is good.';
comment on column inflow.page_link.used_at is 'When a browser used it. Null: none has.';

create table inflow.page_session (
    id bigint generated always as identity primary key,
    token_hash bytea not null unique,
    user_id bigint references inflow.page_user (id) on delete cascade,
    epoch integer,
    link_id bigint references inflow.page_link (id) on delete cascade,
    created_at timestamptz not null default now(),
    used_at timestamptz not null default now(),
    ends_at timestamptz not null,
    address text not null,
    user_agent text not null,
    check ((user_id is null) <> (link_id is null)),
    check ((user_id is null) = (epoch is null))
);
create index page_session_user on inflow.page_session (user_id);
create index page_session_link on inflow.page_session (link_id);
create index page_session_end on inflow.page_session (ends_at);
comment on table inflow.page_session is 'Browsers that are signed in.';
comment on column inflow.page_session.id is 'Number of the session.';
comment on column inflow.page_session.token_hash is 'SHA-256 of the token that the browser holds.';
comment on column inflow.page_session.user_id is 'Who signed in. Null: nobody, the session came from a one-time link.';
comment on column inflow.page_session.epoch is 'The user''s epoch at the sign-in; the session ends when that rises.';
comment on column inflow.page_session.link_id is 'The one-time link it came from. Null: a user signed in.';
comment on column inflow.page_session.created_at is 'When it began.';
comment on column inflow.page_session.used_at is 'When a request last came with it; written once a minute at most.';
comment on column inflow.page_session.ends_at is 'When it ends at the latest, however much it is used.';
comment on column inflow.page_session.address is 'Address that it began from.';
comment on column inflow.page_session.user_agent is 'What the browser calls itself, cut to 200 characters.';

create table inflow.sign_in_limit (
    kind text not null check (kind in ('account', 'address')),
    subject text not null,
    failures integer not null,
    first_failed_at timestamptz not null,
    last_failed_at timestamptz not null,
    locked_until timestamptz,
    primary key (kind, subject)
);
create index sign_in_limit_age on inflow.sign_in_limit (last_failed_at);
comment on table inflow.sign_in_limit is 'How often signing in has lately failed, by account and by address.';
comment on column inflow.sign_in_limit.kind is 'account or address.';
comment on column inflow.sign_in_limit.subject is
    'SHA-256 of the account''s name, which need not exist, or the address; of IPv6 its first 64 bits.';
comment on column inflow.sign_in_limit.failures is 'Failures that count now, and tries that are under way.';
comment on column inflow.sign_in_limit.first_failed_at is 'When the first of them was.';
comment on column inflow.sign_in_limit.last_failed_at is 'When the last of them was.';
comment on column inflow.sign_in_limit.locked_until is 'Until when nothing is tried. Null: it may be tried now.';

create table inflow.api_token (
    id bigint generated always as identity primary key,
    name text not null,
    token_hash bytea not null unique,
    scope text not null check (scope in ('read', 'operate')),
    connection_id bigint references inflow.connection (id) on delete cascade,
    created_at timestamptz not null default now(),
    created_by text not null,
    expires_at timestamptz,
    used_at timestamptz,
    revoked_at timestamptz
);
create unique index api_token_name on inflow.api_token (name) where revoked_at is null;
create index api_token_connection on inflow.api_token (connection_id);
comment on table inflow.api_token is 'Tokens by which programs use the API.';
comment on column inflow.api_token.id is 'Number of the token.';
comment on column inflow.api_token.name is 'What it is called; a name is free again once its token is revoked.';
comment on column inflow.api_token.token_hash is 'SHA-256 of the token.';
comment on column inflow.api_token.scope is 'read or operate.';
comment on column inflow.api_token.connection_id is 'The one connection it is for. Null: all.';
comment on column inflow.api_token.created_at is 'When it was made.';
comment on column inflow.api_token.created_by is 'Who made it.';
comment on column inflow.api_token.expires_at is 'Until when it is good. Null: without end.';
comment on column inflow.api_token.used_at is 'When it was last used; written once a minute at most. Null: never.';
comment on column inflow.api_token.revoked_at is 'When it was revoked. Null: it was not.';

create table inflow.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor_kind text not null check (actor_kind in ('user', 'link', 'token', 'command', 'nobody')),
    actor_id bigint,
    actor text not null,
    action text not null,
    connection text,
    subject text,
    details jsonb not null default '{}',
    address text
);
create index audit_at on inflow.audit (at);
comment on table inflow.audit is 'Who did what, when and from where; kept for two years. It names no secret.';
comment on column inflow.audit.id is 'Number of the entry; rises with time.';
comment on column inflow.audit.at is 'When it was done.';
comment on column inflow.audit.actor_kind is
    'user, link (a session of a one-time link), token (of the API), command (the command line) or nobody (a failed sign-in).';
comment on column inflow.audit.actor_id is 'Number of the user, session or token. Null: it has none.';
comment on column inflow.audit.actor is 'Name of the user, token or account of the machine at that time.';
comment on column inflow.audit.action is 'What was done.';
comment on column inflow.audit.connection is
    'Name of the connection at that time; a name and no number, so that the entry outlives the connection.';
comment on column inflow.audit.subject is 'What it was done to: a user, a token, a run, a setting.';
comment on column inflow.audit.details is 'More of it, without secrets.';
comment on column inflow.audit.address is 'The address that it was done from. Null: the command line.';

create table inflow.saved_query (
    id bigint generated always as identity primary key,
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    name text not null,
    query text not null,
    saved_by text not null,
    saved_at timestamptz not null default now(),
    unique (connection_id, name)
);
comment on table inflow.saved_query is 'Selects that people keep on the page.';
comment on column inflow.saved_query.id is 'Number of the query.';
comment on column inflow.saved_query.connection_id is 'The connection whose rows it reads.';
comment on column inflow.saved_query.name is 'What it is called.';
comment on column inflow.saved_query.query is 'The select.';
comment on column inflow.saved_query.saved_by is 'Who saved it last.';
comment on column inflow.saved_query.saved_at is 'When it was last saved.';

create table inflow.connection_group (
    connection_id bigint primary key references inflow.connection (id) on delete cascade,
    label text not null
);
create index connection_group_label on inflow.connection_group (label);
comment on table inflow.connection_group is 'Groups of connections: those with the same label.';
comment on column inflow.connection_group.connection_id is 'The connection.';
comment on column inflow.connection_group.label is 'Name of its group.';

create table inflow.webhook_subscription (
    id bigint generated always as identity primary key,
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    url text not null,
    secret bytea not null,
    events text[] not null check (cardinality(events) > 0 and events <@ array['run_finished', 'records_changed']),
    entity text,
    created_at timestamptz not null default now(),
    created_by text not null
);
create index webhook_subscription_connection on inflow.webhook_subscription (connection_id);
comment on table inflow.webhook_subscription is 'What outside programs are told of, by a signed POST.';
comment on column inflow.webhook_subscription.id is 'Number of the subscription.';
comment on column inflow.webhook_subscription.connection_id is 'The connection; the encryption of the secret is bound to it.';
comment on column inflow.webhook_subscription.url is 'What is posted to.';
comment on column inflow.webhook_subscription.secret is 'Secret that signs the messages, encrypted.';
comment on column inflow.webhook_subscription.events is 'run_finished and records_changed, or one of them.';
comment on column inflow.webhook_subscription.entity is 'The one entity it is about. Null: all.';
comment on column inflow.webhook_subscription.created_at is 'When it was made.';
comment on column inflow.webhook_subscription.created_by is 'Who made it.';
