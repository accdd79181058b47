-- Which views has the warehouse? In the order of their names.
--
-- No parameters.
select n.nspname || '.' || c.relname as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'v' and n.nspname in ('inflow', 'wfm', 'setting', 'report', 'bi')
order by 1
