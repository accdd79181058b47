-- Which columns has the view of one kind, in order, and what are their fields called now?
--
-- $1 connection, $2 kind.
select c.custom_field_uuid, c.value_type, c.column_name, c.is_current, f.name, f.type
from inflow.custom_column c
left join wfm.custom_field f on f.connection_id = c.connection_id and f.uuid = c.custom_field_uuid
where c.connection_id = $1 and c.kind = $2
order by c.position
