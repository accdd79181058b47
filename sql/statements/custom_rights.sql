-- What is to be done so that readers may read the views of connections' own fields?
--
-- Answers with statements. Every reader may read all of them, since the catalogue lists all of them to every role: of another
-- organisation's it sees no row. Run after readers_due.
with view as (
    select n.oid as schema_oid, n.nspname, c.oid, c.relname
    from inflow.custom_schema s
    join pg_namespace n on n.nspname = s.name
    join inflow.custom_view v on v.connection_id = s.connection_id
    join pg_class c on c.relnamespace = n.oid and c.relname = v.kind and c.relkind = 'v'
),
reader as (
    select r.role_name, o.oid as role
    from inflow.reader r
    join pg_roles o on o.rolname = r.role_name
),
due as (
    select 1 as step, v.nspname || '.' || v.relname as place,
        format('grant select on %I.%I to %I', v.nspname, v.relname, r.role_name) as sql
    from view v
    cross join reader r
    where not has_table_privilege(r.role, v.oid, 'select')
    union all
    select distinct 2, v.nspname::text, format('grant usage on schema %I to %I', v.nspname, r.role_name)
    from view v
    cross join reader r
    where not has_schema_privilege(r.role, v.schema_oid, 'usage')
)
select sql from due order by step, place, sql
