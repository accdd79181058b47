-- Keeps what each record of a month counts for, drafts included: one may be approved later. In the order of the key, so
-- that a comparison reads few pages.
--
-- $1 connection, $2 first day of the month, $3 the closing, $4 entities.
insert into inflow.closed_record (
    connection_id, closing_id, entity, parent_key, key, dated_on, is_counted, status, staff_uuid, job_number,
    client_uuid, minutes, billable_minutes, amount, amount_tax)
select $1, $3, entity, parent_key, key, dated_on, is_counted, status, staff_uuid, job_number, client_uuid, minutes,
    billable_minutes, amount, amount_tax
from inflow.month_record($1)
where connection_id = $1 and dated_on >= $2::date and dated_on < ($2::date + interval '1 month')::date
    and is_listed and entity = any ($4::text[])
order by entity, parent_key collate "C", key collate "C"
