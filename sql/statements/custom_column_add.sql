-- Adds a column for a field to the view of one kind, as the last one.
--
-- $1 connection, $2 kind, $3 field, $4 type of its values, $5 name.
insert into inflow.custom_column (connection_id, kind, custom_field_uuid, value_type, column_name, position)
select $1, $2, $3, $4, $5, coalesce(max(position), 0) + 1
from inflow.custom_column
where connection_id = $1 and kind = $2
