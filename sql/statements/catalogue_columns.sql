-- Which columns do the tables of these schemas have? Name of the table, name, type and whether null is refused.
--
-- $1 names of schemas.
select n.nspname || '.' || c.relname as table_name, a.attname, format_type(a.atttypid, null) as type,
    a.attnotnull
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any ($1) and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
