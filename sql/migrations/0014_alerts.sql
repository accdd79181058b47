-- Telling people: what is wrong with a connection, whom to tell and how, and the messages until they are delivered.

create table inflow.alert_channel (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    channel text not null check (channel in ('email', 'webhook')),
    is_on boolean not null default true,
    url text not null,
    recipients text[] not null default '{}',
    sender text not null default '',
    account text not null default '',
    secret bytea,
    set_at timestamptz not null default now(),
    primary key (connection_id, channel)
);
comment on table inflow.alert_channel is 'How people are told of what is wrong with a connection.';
comment on column inflow.alert_channel.connection_id is 'The connection; the encryption of the secret is bound to it.';
comment on column inflow.alert_channel.channel is 'email or webhook.';
comment on column inflow.alert_channel.is_on is 'Whether it is used.';
comment on column inflow.alert_channel.url is 'The mail server, or what the webhook is posted to.';
comment on column inflow.alert_channel.recipients is 'Addresses that mail goes to; empty for a webhook.';
comment on column inflow.alert_channel.sender is 'Address that mail comes from; empty for a webhook.';
comment on column inflow.alert_channel.account is 'User at the mail server; empty where none is asked for.';
comment on column inflow.alert_channel.secret is
    'Password at the mail server, or the key that webhooks are signed with; encrypted. Null: none.';
comment on column inflow.alert_channel.set_at is 'When it was last changed.';

create table inflow.incident (
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
create unique index incident_open on inflow.incident (connection_id, kind, subject)
    where closed_at is null;
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

create table inflow.outbox (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    id bigint generated always as identity,
    channel text not null check (channel in ('email', 'webhook')),
    event text not null check (event in ('opened', 'closed')),
    incidents bigint[] not null,
    message_id text not null unique,
    subject text not null,
    body text not null,
    created_at timestamptz not null default now(),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    leased_until timestamptz,
    holder text,
    sent_at timestamptz,
    given_up_at timestamptz,
    last_error text,
    primary key (connection_id, id)
);
create index outbox_waiting on inflow.outbox (next_attempt_at)
    where sent_at is null and given_up_at is null;
comment on table inflow.outbox is
    'Messages, written in the transaction that opens or closes their incidents and kept until they are delivered or given up.';
comment on column inflow.outbox.connection_id is 'The connection they are about.';
comment on column inflow.outbox.id is 'Number of the message.';
comment on column inflow.outbox.channel is 'email or webhook; addresses are those of the moment of delivery.';
comment on column inflow.outbox.event is 'opened or closed.';
comment on column inflow.outbox.incidents is 'Numbers of the incidents it tells of.';
comment on column inflow.outbox.message_id is
    'Message-ID of the mail, or delivery id of the webhook; the same in every try, so that the receiver can tell a repetition.';
comment on column inflow.outbox.subject is 'Subject of the mail; for a webhook the same words, for people who list messages.';
comment on column inflow.outbox.body is 'Text of the mail, or the JSON document of the webhook, byte for byte.';
comment on column inflow.outbox.created_at is 'When it was written; the mail''s date.';
comment on column inflow.outbox.attempts is 'How often its delivery was begun.';
comment on column inflow.outbox.next_attempt_at is 'Not tried before.';
comment on column inflow.outbox.leased_until is 'Until when a process has it in hand; after that another may take it.';
comment on column inflow.outbox.holder is 'Machine and process that took it last.';
comment on column inflow.outbox.sent_at is 'When its receiver took it; null until then.';
comment on column inflow.outbox.given_up_at is 'When it was given up: refused for good, or tried for three days.';
comment on column inflow.outbox.last_error is 'What the last try came to, in words, where there is something to say.';
