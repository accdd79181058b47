-- Notes which columns of one kind are of use now.
--
-- $1 connection, $2 kind, $3 fields that are defined for it, $4 the type of the values of each.
update inflow.custom_column c
set is_current = not c.is_current
where c.connection_id = $1 and c.kind = $2
    and c.is_current <> exists (
        select from unnest($3::text[], $4::text[]) d (field, value_type)
        where d.field = c.custom_field_uuid and d.value_type = c.value_type)
