-- Which tables of schema inflow hold rows of a connection and do not go with it by a foreign key?
--
-- Coverage comes first, before the records it speaks of, so that an interrupted removal claims nothing.
select 'inflow.' || c.relname as name
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'connection_id' and not a.attisdropped
where c.relnamespace = 'inflow'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and not exists (
        select from pg_constraint f
        where f.conrelid = c.oid and f.confrelid = 'inflow.connection'::regclass and f.confdeltype = 'c')
order by c.relname <> 'coverage', 1
