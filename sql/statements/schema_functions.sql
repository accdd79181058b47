-- Which functions has the warehouse, and what does each return? In the order of their names.
--
-- No parameters.
select p.oid::regprocedure::text || ' returns ' || pg_get_function_result(p.oid) as name
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('inflow', 'wfm', 'setting', 'report', 'bi')
order by 1
