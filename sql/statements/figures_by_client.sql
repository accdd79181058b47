-- How much was worked for each client in a span of days, and what was invoiced to it?
--
-- $1 connection, $2 first day, $3 last day, both included. key is the client's uuid, null for none or an unknown one.
-- A time entry names its job only, and the job the client: that of today (report.document_job).
with worked as (
    select job_number, sum(minutes) as minutes, sum(minutes) filter (where billable) as billable_minutes
    from wfm.timesheet t
    where t.connection_id = $1::bigint and deleted_at is null and worked_on between $2::date and $3::date
    group by job_number
), hours as (
    select job.client_uuid, max(job.client_name) as client_name, sum(worked.minutes) as minutes,
        sum(worked.billable_minutes) as billable_minutes
    from worked
    left join report.document_job job on job.connection_id = $1::bigint and job.job_number = worked.job_number
    group by job.client_uuid
), invoiced as (
    -- The same as the sum of report.invoice_line, whose rows of an invoice add up to it.
    select invoice.client_uuid, max(coalesce(client.name, invoice.client_name)) as client_name,
        sum(invoice.amount) as amount
    from wfm.invoice invoice
    left join wfm.client client on client.connection_id = invoice.connection_id and client.uuid = invoice.client_uuid
    where invoice.connection_id = $1::bigint and invoice.issued_on between $2::date and $3::date
        and invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid')
    group by invoice.client_uuid
), figure as (
    select coalesce(hours.client_uuid, invoiced.client_uuid) as key,
        coalesce(invoiced.client_name, hours.client_name) as label, hours.minutes, hours.billable_minutes,
        coalesce(invoiced.amount, 0) as amount
    from hours
    full join invoiced on coalesce(invoiced.client_uuid, '') = coalesce(hours.client_uuid, '')
)
select key, label, coalesce(minutes, 0) as minutes, coalesce(billable_minutes, 0) as billable_minutes, amount
from figure
order by amount desc nulls last, minutes desc nulls last, label, key
