-- Which schema has a connection for its own fields, and does it need one?
--
-- $1 connection. is_needed: a field is defined.
select
    c.name as connection, s.name as noted, n.oid is not null as is_there,
    exists (select from wfm.custom_field f where f.connection_id = c.id and f.deleted_at is null) as is_needed
from inflow.connection c
left join inflow.custom_schema s on s.connection_id = c.id
left join pg_namespace n on n.nspname = s.name
where c.id = $1
