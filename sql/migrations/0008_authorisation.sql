-- Authorisation: what is known of tokens without opening them, refreshes under way, and connections that need a person.

alter table inflow.token add column refresh_issued_at timestamptz;
update inflow.token set refresh_issued_at = issued_at;
alter table inflow.token alter column refresh_issued_at set not null;
comment on column inflow.token.refresh_issued_at is
    'When the platform issued the refresh token: the setting refresh-token-days counts from here.';

create table inflow.token_attempt (
    connection_id bigint primary key references inflow.connection (id) on delete cascade,
    generation bigint not null,
    holder text not null,
    state text not null default 'asked' check (state in ('asked', 'unanswered')),
    began_at timestamptz not null default clock_timestamp()
);
comment on table inflow.token_attempt is
    'Refreshes under way: written before the platform is asked, gone with the commit of what it answered. A row that stays '
    'tells that an answer was lost, or that a process died in between.';
comment on column inflow.token_attempt.connection_id is 'The connection concerned.';
comment on column inflow.token_attempt.generation is 'The generation whose refresh token was sent.';
comment on column inflow.token_attempt.holder is 'Machine and process that sent it.';
comment on column inflow.token_attempt.state is
    'asked (the answer is waited for, or its process died) or unanswered (the answer did not come).';
comment on column inflow.token_attempt.began_at is 'When it was sent, by the database''s clock.';

alter table inflow.connection add column needs_consent_at timestamptz;
alter table inflow.connection add column consent_reason text;
comment on column inflow.connection.needs_consent_at is
    'Since when a person must authorise the connection again; nothing is read and no token asked for until then. Null: no need.';
comment on column inflow.connection.consent_reason is 'Why, in words.';
