-- Notes that a closed month is open again; nothing where it is not closed. What was signed off stays.
--
-- $1 connection, $2 first day of the month, $3 by whom, $4 note.
update inflow.closing
set reopened_at = now(), reopened_by = $3, reopening_note = $4
where connection_id = $1 and month_on = $2::date and reopened_at is null
returning id
