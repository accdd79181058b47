-- Which statements of an administrator give the current role all that `inflow migrate` needs?
--
-- No parameters; one statement a row, in the order in which they are to be run. No row where nothing is lacking.
with ours as (
    select n.oid, n.nspname, n.nspowner
    from pg_namespace n
    where n.nspname in ('inflow_migration', 'inflow', 'wfm', 'setting', 'report', 'bi')
)
select l.sql
from (
    select 1 as place, '' as name,
        format('grant create, temporary on database %I to %I;', current_database(), current_user) as sql
    where not has_database_privilege(current_database(), 'create')
        or not has_database_privilege(current_database(), 'temporary')
    union all
    select 2, o.nspname, format('alter schema %I owner to %I;', o.nspname, current_user)
    from ours o
    where not pg_has_role(o.nspowner, 'usage')
    union all
    select 3, c.oid::regclass::text,
        format(
            'alter %s %s owner to %I;', case c.relkind when 'v' then 'view' else 'table' end, c.oid::regclass,
            current_user)
    from pg_class c
    join ours o on o.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v') and not pg_has_role(c.relowner, 'usage')
    union all
    select 4, p.oid::regprocedure::text, format('alter routine %s owner to %I;', p.oid::regprocedure, current_user)
    from pg_proc p
    join ours o on o.oid = p.pronamespace
    where not pg_has_role(p.proowner, 'usage')
) l
order by l.place, l.name
