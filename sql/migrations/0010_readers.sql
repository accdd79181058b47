-- Several organisations: connections that rest or are being removed, and the roles that people read with.
--
-- Row-level security, policies and grants are not here: they follow the tables and the roles there are, and are made by
-- ReaderRoles after each migration.

alter table inflow.connection
    add column paused_at timestamptz,
    add column removal_began_at timestamptz;
comment on column inflow.connection.paused_at is 'When a person paused it; null while it is read. A paused one is not read by any run.';
comment on column inflow.connection.removal_began_at is
    'When its removal began; null unless it is being removed, or a removal was interrupted and is to be run again.';

create table inflow.reader (
    role_name text primary key,
    connection_id bigint unique references inflow.connection (id) on delete cascade,
    created_at timestamptz not null default now(),
    password_set_at timestamptz not null default now()
);
-- One reader of all connections at most.
create unique index reader_of_all on inflow.reader ((connection_id is null)) where connection_id is null;
comment on table inflow.reader is
    'Login roles that read: one for each connection that was given one, kept to its rows, and one that sees all.';
comment on column inflow.reader.role_name is 'Name of the role, which is the whole server''s; hence it carries the database''s name.';
comment on column inflow.reader.connection_id is 'The connection whose rows it sees; null for the reader of all.';
comment on column inflow.reader.created_at is 'When it was asked for first.';
comment on column inflow.reader.password_set_at is 'When its password was made last; the password itself is kept nowhere.';
