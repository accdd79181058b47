-- Which columns does a report have as of a day? None where it has no such form.
--
-- $1 the report's name; the function is report.<name>_as_of (date, text).
with made as (
    select p.* from pg_proc p
    where p.oid = to_regprocedure(format('report.%I(date, text)', $1::text || '_as_of'))
        and has_function_privilege(p.oid, 'execute')
)
select a.attname as name, a.attnum as place
from made
join pg_type t on t.oid = made.prorettype
join pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
union all
select o.name, o.place
from made
cross join unnest(made.proargnames, made.proargmodes) with ordinality o (name, mode, place)
where o.mode = 't'
order by place
