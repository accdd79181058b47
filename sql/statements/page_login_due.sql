-- What is to be done so that the page's role may do what the page does, and can read no sealed secret?
--
-- $1 name of the role, $2 tables with sealed secrets, $3 the columns of these secrets, in the same order.
--
-- Answers with statements, in an order in which nothing is granted before it is guarded. Like readers_due it compares what
-- there is with what should be, so a new table, an interrupted migration and a right that was changed by hand are mended in
-- the same way. The role sees the rows of every connection: which a visitor may see is decided by the server.
--
-- A table with secrets gives its other columns to be read, and nothing of it to be written: what stores a secret uses
-- Inflow's own role.
with secret as (
    select to_regclass(t.name) as relation, t.col
    from unnest($2::text[], $3::text[]) as t (name, col)
),
relation as (
    select c.oid, n.nspname as schema, format('%I.%I', n.nspname, c.relname) as name, c.relkind in ('r', 'p') as is_table,
        coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
            as is_invoker,
        exists (select from secret s where s.relation = c.oid) as has_secret
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('wfm', 'setting', 'report', 'bi', 'inflow', 'inflow_migration') and c.relkind in ('r', 'p', 'v')
),
page as (
    select o.oid, format('%I', o.rolname) as name from pg_roles o where o.rolname = $1
),
column_of as (
    -- Columns of tables with secrets, and whether each is one.
    select r.oid, r.name, a.attnum, format('%I', a.attname) as col,
        exists (select from secret s where s.relation = r.oid and s.col = a.attname) as is_secret
    from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    where r.has_secret
),
due as (
    select 1 as step, r.name as place, format('revoke all on %s from %s', r.name, p.name) as sql
    from relation r
    cross join page p
    where (r.has_secret or not r.is_table and not r.is_invoker)
        and has_table_privilege(p.oid, r.oid, 'select, insert, update, delete')
    union all
    select 2, c.name, format('revoke all (%s) on %s from %s', c.col, c.name, p.name)
    from column_of c
    cross join page p
    where c.is_secret and has_column_privilege(p.oid, c.oid, c.attnum, 'select, insert, update')
    union all
    select 3, r.name, format('drop policy inflow_page on %s', r.name)
    from relation r
    cross join page p
    join pg_policy y on y.polrelid = r.oid and y.polname = 'inflow_page'
    where y.polroles <> array[p.oid] or y.polcmd <> '*' or not y.polpermissive
    union all
    select 4, r.name, format('create policy inflow_page on %s for all to %s using (true) with check (true)', r.name, p.name)
    from relation r
    cross join page p
    where r.is_table and r.schema in ('wfm', 'setting', 'inflow') and not exists (
        select from pg_policy y
        where y.polrelid = r.oid and y.polname = 'inflow_page' and y.polroles = array[p.oid] and y.polcmd = '*'
            and y.polpermissive
    )
    union all
    select 5, r.name, format('grant select on %s to %s', r.name, p.name)
    from relation r
    cross join page p
    where not r.has_secret and (r.is_table or r.is_invoker) and not has_table_privilege(p.oid, r.oid, 'select')
    union all
    select 6, r.name, format('grant insert, update, delete on %s to %s', r.name, p.name)
    from relation r
    cross join page p
    where r.schema in ('inflow', 'setting') and r.is_table and not r.has_secret
        and not (has_table_privilege(p.oid, r.oid, 'insert') and has_table_privilege(p.oid, r.oid, 'update')
            and has_table_privilege(p.oid, r.oid, 'delete'))
    union all
    select 7, c.name, format('grant select (%s) on %s to %s', string_agg(c.col, ', ' order by c.attnum), c.name, p.name)
    from column_of c
    cross join page p
    where not c.is_secret and (not has_column_privilege(p.oid, c.oid, c.attnum, 'select')
        -- Step 1 takes these away too.
        or has_table_privilege(p.oid, c.oid, 'select, insert, update, delete'))
    group by c.name, p.name
    union all
    select 8, s.name, format('grant usage on schema %I to %s', s.name, p.name)
    from page p
    cross join (values ('wfm'), ('setting'), ('report'), ('bi'), ('inflow'), ('inflow_migration')) s (name)
    where to_regnamespace(s.name) is not null and not has_schema_privilege(p.oid, s.name, 'usage')
)
select sql from due order by step, place, sql
