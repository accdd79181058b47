-- What is the primary key of each table of these schemas? Its columns in order, joined by commas.
--
-- $1 names of schemas.
select n.nspname || '.' || c.relname as table_name,
    string_agg(a.attname, ',' order by k.place) as columns
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
cross join unnest(i.indkey::int[]) with ordinality k (number, place)
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
where n.nspname = any ($1) and i.indisprimary
group by n.nspname, c.relname, i.indexrelid
