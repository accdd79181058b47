-- What takes everything from a reader but the role itself? The statements, in order.
--
-- $1 name of the role, $2 connection. Policies go first: from then on it sees no row.
select sql
from (
    select 1 as step, format('drop policy %I on %I.%I', p.polname, n.nspname, c.relname) as sql
    from pg_policy p
    join pg_class c on c.oid = p.polrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('wfm', 'setting', 'inflow') and p.polname = 'inflow_reader_' || $2::bigint
    union all
    select 2, format('revoke all on all tables in schema %1$I from %2$I; revoke all on schema %1$I from %2$I',
        name,
        $1::text)
    from (
        values ('wfm'), ('setting'), ('report'), ('bi'), ('inflow'), ('inflow_migration')
        union all
        select c.name from inflow.custom_schema c join pg_namespace n on n.nspname = c.name
    ) s (name)
    union all
    select 3, format('revoke all on database %I from %I', datname, $1::text)
    from pg_database
    where datname = current_database() and pg_has_role(datdba, 'usage')
) undoing
order by step, sql
