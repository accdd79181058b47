-- How would each column of the warehouse's tables be declared, and what does its comment say? In their order.
--
-- No parameters.
select n.nspname || '.' || c.relname as table_name,
    a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || case when a.attcollation <> 0 and a.attcollation <> t.typcollation
            then ' collate "' || l.collname || '"' else '' end
        || case when a.attnotnull then ' not null' else '' end
        || case when a.attidentity <> '' then ' identity' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line,
    coalesce(replace(col_description(c.oid, a.attnum), E'\n', ' '), '') as comment
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
left join pg_collation l on l.oid = a.attcollation
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relkind in ('r', 'p') and n.nspname in ('inflow', 'wfm', 'setting', 'report', 'bi') and a.attnum > 0 and not a.attisdropped
order by a.attnum
