-- Which tables and views may this role read, and which columns do they have? In the order of their names and columns.
--
-- $2 one relation, schema.name, or null for all. $1 schemas; the schemas of own fields (custom_…) of connections whose rows the role sees are added. key_place is the
-- column's place in the primary key, from 1.
select n.nspname as schema_name, c.relname as relation_name, c.relkind in ('v', 'm') as is_view,
    obj_description(c.oid, 'pg_class') as relation_comment,
    a.attname as column_name, format_type(a.atttypid, a.atttypmod) as type,
    col_description(c.oid, a.attnum) as column_comment, a.attnotnull as is_required,
    array_position(k.conkey, a.attnum) as key_place
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
where c.relkind in ('r', 'p', 'v', 'm')
    and (n.nspname = any ($1::text[]) or n.nspname in (select s.name from inflow.custom_schema s))
    and ($2::text is null or (n.nspname, c.relname) = (split_part($2, '.', 1), split_part($2, '.', 2)))
    and has_schema_privilege(n.oid, 'usage')
    and has_table_privilege(c.oid, 'select')
order by n.nspname, c.relname, a.attnum
