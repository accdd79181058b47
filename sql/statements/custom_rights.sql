-- What is to be done so that readers of a connection read the views of its own fields, and no other reader does?
--
-- Answers with statements. The names of another organisation's fields are its own business, so that a reader of one
-- connection may not even see that its views are there. Run after readers_due.
with view as (
    select s.connection_id, n.oid as schema_oid, n.nspname, c.oid, c.relname
    from inflow.custom_schema s
    join pg_namespace n on n.nspname = s.name
    join inflow.custom_view v on v.connection_id = s.connection_id
    join pg_class c on c.relnamespace = n.oid and c.relname = v.kind and c.relkind = 'v'
),
reader as (
    select r.connection_id, r.role_name, o.oid as role
    from inflow.reader r
    join pg_roles o on o.rolname = r.role_name
),
due as (
    select 1 as step, v.nspname || '.' || v.relname as place,
        format('grant select on %I.%I to %I', v.nspname, v.relname, r.role_name) as sql
    from view v
    join reader r on r.connection_id is null or r.connection_id = v.connection_id
    where not has_table_privilege(r.role, v.oid, 'select')
    union all
    select distinct 2, v.nspname::text, format('grant usage on schema %I to %I', v.nspname, r.role_name)
    from view v
    join reader r on r.connection_id is null or r.connection_id = v.connection_id
    where not has_schema_privilege(r.role, v.schema_oid, 'usage')
    union all
    select distinct 3, v.nspname::text,
        format('revoke all on all tables in schema %1$I from %2$I; revoke all on schema %1$I from %2$I', v.nspname,
            r.role_name)
    from view v
    join reader r on r.connection_id is not null and r.connection_id <> v.connection_id
    where has_schema_privilege(r.role, v.schema_oid, 'usage') or has_table_privilege(r.role, v.oid, 'select')
)
select sql from due order by step, place, sql
