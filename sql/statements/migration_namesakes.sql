-- Which schemas and views are there under names that Inflow is to use for the first time?
--
-- $1 schemas that are to be made, $2 names of report files: a view of schema report has the name of its file. What a
-- report file made is noted.
select 'schema' as kind, quote_ident(n.nspname) as name
from pg_namespace n
where n.nspname = any ($1::text[])
    and (exists (select from pg_class c where c.relnamespace = n.oid)
        or exists (select from pg_proc p where p.pronamespace = n.oid))
union all
select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
    format('%I.%I', n.nspname, c.relname)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'report' and c.relkind in ('v', 'm', 'r', 'p', 'f') and c.relname = any ($2::text[])
    and not exists (select from inflow_migration.report r where r.name = c.relname)
order by 1, 2
