-- Which tables has the warehouse, and what does the comment of each say? In the order of their names.
--
-- No parameters.
select n.nspname || '.' || c.relname as name, obj_description(c.oid, 'pg_class') as comment
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname in ('inflow', 'wfm', 'setting', 'report', 'bi')
order by n.nspname collate "C", c.relname collate "C"
