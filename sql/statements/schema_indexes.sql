-- Which keys and indexes do the warehouse's tables have? The primary key of each table first.
--
-- No parameters.
select n.nspname || '.' || c.relname as table_name,
    case when i.indisprimary then 'primary key ' else 'index ' end
        || regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '') as line
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('inflow', 'wfm', 'setting', 'report', 'bi')
order by not i.indisprimary, c.relname, i.indexrelid
