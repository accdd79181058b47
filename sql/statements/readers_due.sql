-- What is to be done so that each reader sees its rows and nothing else, and may read whatever its catalogue lists?
--
-- PostgreSQL's catalogue lists every relation of the database to every role, and drivers show the list as it is: so a reader
-- may select from each. Which rows it sees is up to row-level security alone: it sees none of a table without a policy for
-- it. (Decision 0027.)
--
-- Answers with statements, in an order in which nothing is granted before it is guarded. A policy that is not as it should
-- be (another role, another row) is dropped and made again; what has no policy shows a reader nothing.
--
-- shown: the tables of schema inflow of which readers see their rows, in full. Reports and wfm.<entity>_as_of need connection,
-- chunk, coverage, history, missing, rejection, header_only, history_pruned, parent_read, value_state, custom_column,
-- open_document, sweep, closing, closed_row, closed_record, and the sums with their marks. Tokens, client secrets and ids, key names, leases and archived
-- answers are in none of them.
--
-- own, on_database: what every role of a server may do in a database unless that is taken away: connect, make temporary
-- tables, make tables in schema public (databases from before PostgreSQL 15), make large objects. It can be taken away only
-- from all at once; the owner of Inflow's tables, who loads, keeps it.
--
-- Step 5: views that read with the caller's rights are the readers'; one that would read with its owner's never is.
--
-- Step 8: information_schema shows a primary key only to a role that may do more than select. The right to refer to a table is
-- of no use to a role that may make no table; one that may somewhere could hinder deletions and try out keys of rows that it
-- does not see, and has it taken away.
with relation as (
    select c.oid, n.nspname as schema, format('%I.%I', n.nspname, c.relname) as name,
        -- The list of migrations is of no organisation, and every role that has it must see what is in it.
        c.relrowsecurity or n.nspname = 'inflow_migration' as is_guarded,
        case when n.nspname = 'inflow' and c.relname = 'connection' then 'id' else a.attname end as key,
        n.nspname in ('wfm', 'setting') or shown.name is not null as is_shown
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attname = 'connection_id' and not a.attisdropped
    left join (values
        ('connection'), ('run'), ('chunk'), ('coverage'), ('history'), ('rejection'), ('drift'), ('missing'),
        ('header_only'), ('history_pruned'), ('parent_read'), ('value_state'), ('custom_schema'), ('custom_column'),
        ('open_document'), ('sweep'), ('closing'), ('closed_row'), ('closed_record'),
        ('job_sum'), ('task_sum'), ('day_sum'), ('job_due'), ('month_due'), ('sums_kept')
    ) as shown (name) on n.nspname = 'inflow' and shown.name = c.relname
    where n.nspname in ('wfm', 'setting', 'inflow', 'inflow_migration') and c.relkind in ('r', 'p')
),
reader as (
    select r.connection_id, r.role_name, o.oid as role,
        'inflow_reader_' || coalesce(r.connection_id::text, 'all') as policy
    from inflow.reader r
    join pg_roles o on o.rolname = r.role_name
),
wanted as (
    select t.oid, t.name, r.role, r.role_name, r.policy,
        case when r.connection_id is null then 'true' else format('(%I = %L::bigint)', t.key, r.connection_id)
        end as condition
    from relation t
    cross join reader r
    where t.is_shown and t.key is not null
),
present as (
    select p.polrelid, p.polname, w.oid is not null as is_right
    from pg_policy p
    join relation t on t.oid = p.polrelid
    left join wanted w on w.oid = p.polrelid and w.policy = p.polname and p.polroles = array[w.role]
        and p.polcmd = 'r' and p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = w.condition
    where p.polname like 'inflow\_reader\_%'
),
own as (
    select d.oid, d.datname, pg_has_role(d.datdba, 'usage') as is_ours,
        (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'inflow') as loader,
        (select rolsuper from pg_roles where rolname = current_user) as is_super
    from pg_database d
    where d.datname = current_database()
),
on_database as (
    select format('database %I', o.datname) as name,
        format('grant connect on database %I to %I', o.datname, r.role_name) as sql
    from own o
    cross join reader r
    where not has_database_privilege(r.role, o.oid, 'connect')
    union
    select format('database %I', o.datname),
        format('grant temporary on database %1$I to %2$I; '
            'revoke create, temporary on database %1$I from public', o.datname, o.loader)
    from own o
    cross join reader r
    where o.is_ours
        and (has_database_privilege(r.role, o.oid, 'temporary')
            or has_database_privilege(r.role, o.oid, 'create'))
    union
    select 'schema public', 'revoke create on schema public from public'
    from reader r
    join pg_namespace n on n.nspname = 'public'
    where pg_has_role(n.nspowner, 'usage') and has_schema_privilege(r.role, n.oid, 'create')
    union
    select f.name, format('revoke execute on function pg_catalog.%s from public', f.name)
    from own o
    cross join reader r
    cross join (values ('lo_creat(integer)'), ('lo_create(oid)'), ('lo_from_bytea(oid, bytea)')) f (name)
    where o.is_super and has_function_privilege(r.role, 'pg_catalog.' || f.name, 'execute')
),
maker as (
    -- Whether a reader may make a table anywhere, other than where step 7 takes that away.
    select r.role, has_database_privilege(r.role, o.oid, 'create') and not o.is_ours or exists (
            select from pg_namespace n
            where has_schema_privilege(r.role, n.oid, 'create') and n.nspname !~ '^pg_'
                and not (n.nspname = 'public' and pg_has_role(n.nspowner, 'usage'))
        ) as may_make
    from reader r
    cross join own o
),
due as (
    select 1 as step, name as place, format('alter table %s enable row level security', name) as sql
    from relation
    where not is_guarded
    union all
    select 2, t.name, format('drop policy %I on %s', p.polname, t.name)
    from present p
    join relation t on t.oid = p.polrelid
    where not p.is_right
    union all
    select 3, w.name, format('create policy %I on %s for select to %I using (%s)',
        w.policy, w.name, w.role_name,
        w.condition)
    from wanted w
    where not exists (
        select from present p where p.polrelid = w.oid and p.polname = w.policy and p.is_right)
    union all
    select 4, t.name, format('grant select on %s to %I', t.name, r.role_name)
    from relation t
    cross join reader r
    where not has_table_privilege(r.role, t.oid, 'select')
    union all
    select 5, v.name, format(
        case when v.is_invoker then 'grant select on %s to %I'
            else 'revoke all on %s from %I' end, v.name, r.role_name)
    from reader r
    cross join (
        select c.oid, format('%I.%I', n.nspname, c.relname) as name,
            coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'],
                false) as is_invoker
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('wfm', 'setting', 'report', 'bi', 'inflow') and c.relkind = 'v'
    ) v
    where has_table_privilege(r.role, v.oid, 'select') <> v.is_invoker
    union all
    select 6, s.name, format('grant usage on schema %I to %I', s.name, r.role_name)
    from reader r
    cross join (values ('wfm'), ('setting'), ('report'), ('bi'), ('inflow'), ('inflow_migration')) s (name)
    where not has_schema_privilege(r.role, s.name, 'usage')
    union all
    select 7, d.name, d.sql
    from on_database d
    union all
    select 8, w.name, format(
        case when m.may_make then 'revoke references on %s from %I' else 'grant references on %s to %I' end, w.name,
        w.role_name)
    from wanted w
    join maker m on m.role = w.role
    where has_table_privilege(w.role, w.oid, 'references') = m.may_make
)
select sql from due order by step, place, sql
