-- Being told: one mail server for all connections, a weekly digest, a mail when a run went well, and records that are
-- called by their names.

create table inflow.mail_server (
    id integer not null default 1 primary key check (id = 1),
    is_on boolean not null default true,
    url text not null,
    recipients text[] not null default '{}',
    sender text not null,
    account text not null default '',
    secret bytea,
    set_at timestamptz not null default now()
);
comment on table inflow.mail_server is
    'The mail server of all connections that have none of their own; one row, or none.';
comment on column inflow.mail_server.id is 'Always 1: there is one.';
comment on column inflow.mail_server.is_on is 'Whether it is used.';
comment on column inflow.mail_server.url is 'The mail server.';
comment on column inflow.mail_server.recipients is 'Addresses that mail goes to for connections that name no others.';
comment on column inflow.mail_server.sender is 'Address that mail comes from.';
comment on column inflow.mail_server.account is 'User at the mail server; empty if it needs none.';
comment on column inflow.mail_server.secret is 'Password at the mail server, encrypted. Null: none.';
comment on column inflow.mail_server.set_at is 'When it was last changed.';

alter table inflow.alert_channel add column further text[] not null default '{}';
comment on column inflow.alert_channel.url is
    'The mail server, or what the webhook is posted to; empty: the mail server of all connections.';
comment on column inflow.alert_channel.recipients is
    'Addresses that mail goes to; empty for those of all connections, and for a webhook.';
comment on column inflow.alert_channel.further is 'Addresses that mail goes to besides.';
comment on column inflow.alert_channel.sender is
    'Address that mail comes from; empty for that of all connections, and for a webhook.';

-- By which channels a connection's messages go: its own, or the mail server of all with what the connection adds to it.
create view inflow.alert_route with (security_invoker = true) as
select c.connection_id, c.channel, c.is_on, c.url, c.recipients, c.sender, c.account, c.secret, false as is_shared
from inflow.alert_channel c
where c.channel = 'webhook'
union all
select n.id, 'email', coalesce(c.is_on, true) and (o.is_own or m.is_on),
    case when o.is_own then c.url else m.url end, a.addresses,
    coalesce(nullif(c.sender, ''), m.sender, ''),
    case when o.is_own then c.account else m.account end,
    case when o.is_own then c.secret else m.secret end, not o.is_own
from inflow.connection n
left join inflow.alert_channel c on c.connection_id = n.id and c.channel = 'email'
left join inflow.mail_server m on m.id = 1
cross join lateral (select coalesce(c.url, '') <> '' as is_own) o
cross join lateral (
    select coalesce(array_agg(address order by place), '{}') as addresses
    from (
        select address, min(place) as place
        from unnest(coalesce(nullif(c.recipients, '{}'), m.recipients, '{}') || coalesce(c.further, '{}'))
            with ordinality named (address, place)
        group by address
    ) once
) a
where (o.is_own or m.id is not null) and cardinality(a.addresses) > 0;
comment on view inflow.alert_route is
    'The channels of each connection: its own, or the mail server of all connections with what it adds to that.';
comment on column inflow.alert_route.connection_id is 'The connection.';
comment on column inflow.alert_route.channel is 'email or webhook.';
comment on column inflow.alert_route.is_on is 'Whether it is used.';
comment on column inflow.alert_route.url is 'The mail server, or what the webhook is posted to.';
comment on column inflow.alert_route.recipients is 'Addresses that mail goes to, each once; empty for a webhook.';
comment on column inflow.alert_route.sender is 'Address that mail comes from; empty for a webhook.';
comment on column inflow.alert_route.account is 'User at the mail server; empty if it needs none.';
comment on column inflow.alert_route.secret is
    'Password at the mail server, or the key that webhooks are signed with; encrypted. Null: none.';
comment on column inflow.alert_route.is_shared is
    'Whether the mail server is that of all connections, and its password bound to none.';

-- Mails that report what runs did. A row is written in the transaction that writes the mail, so each is written once.
create table inflow.summary (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    kind text not null check (kind in ('digest', 'success')),
    subject text not null,
    written_at timestamptz not null default clock_timestamp(),
    primary key (connection_id, kind, subject)
);
comment on table inflow.summary is
    'Which weekly digests and mails of runs that went well were written: each once, however many processes serve.';
comment on column inflow.summary.connection_id is 'The connection.';
comment on column inflow.summary.kind is 'digest or success.';
comment on column inflow.summary.subject is 'The local day that a digest was due on, or the number of the run.';
comment on column inflow.summary.written_at is 'When it was written, or found to have nothing to say.';

alter table inflow.connection
    add column digest_since timestamptz not null default now(),
    add column success_since timestamptz not null default now();
comment on column inflow.connection.digest_since is
    'When the setting digest was last changed: no digest is due at or before it.';
comment on column inflow.connection.success_since is
    'When the setting success-mail was last changed: no mail is about a run that ended before.';

alter table inflow.outbox
    drop constraint outbox_event_check,
    add constraint outbox_event_check check (event in ('opened', 'closed', 'digest', 'success'));
comment on column inflow.outbox.event is
    'opened or closed, of incidents; digest or success, of what runs did.';
comment on column inflow.outbox.incidents is 'Numbers of the incidents it is about; empty for a digest or success.';

alter table inflow.rejection add column label text;
comment on column inflow.rejection.label is
    'What people call the record, as the answer had it: number and names; null where it had none.';
