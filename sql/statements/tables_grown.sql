-- Which tables that reports read have grown so much since PostgreSQL last looked at them that its plans would be for another table?
--
-- A table that was empty then, or of less than half its size. PostgreSQL looks of its own accord, but some minutes later.
select format('%I.%I', n.nspname, c.relname) as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and (n.nspname in ('wfm', 'setting')
        or n.nspname = 'inflow' and c.relname in ('job_sum', 'task_sum', 'day_sum', 'parent_read', 'history'))
    and pg_relation_size(c.oid) > 2 * case when c.reltuples > 0 then c.relpages else 0 end
        * current_setting('block_size')::bigint
    and pg_has_role(c.relowner, 'usage')
order by 1
