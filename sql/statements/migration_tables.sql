-- Where are applied migrations and reports noted? Makes the schema that says so, the first thing in a new database.
--
-- No parameters; several statements, one transaction. Whatever is there already stays. The migrator leaves out a schema
-- that is there: PostgreSQL asks for the right to create one before it looks.
begin;
create schema inflow_migration;
create table if not exists inflow_migration.applied (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
);
create table if not exists inflow_migration.report (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
);
comment on schema inflow_migration is 'Which migrations and report files of Inflow this database has.';
comment on table inflow_migration.applied is 'Migrations applied, with the checksum of their text.';
comment on table inflow_migration.report is 'Report files applied; applied again when their text changes.';
commit;
