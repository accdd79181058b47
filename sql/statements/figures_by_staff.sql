-- How much did each person work in a span of days, and what was invoiced for that time?
--
-- $1 connection, $2 first day, $3 last day, both included. key is the person's uuid. As report.staff_day has it, added up
-- by line before the lines are looked up: leave is not billable, and amount is what invoice lines charge for the entries by
-- the hour, null where a line says no minutes.
with entry as (
    select timesheet.staff_uuid,
        case when timesheet.staff_uuid is null then btrim(timesheet.staff_name) end as name_alone,
        timesheet.invoice_task_uuid, max(btrim(timesheet.staff_name)) as staff_name, sum(timesheet.minutes) as minutes,
        sum(timesheet.minutes) filter (where timesheet.billable and leave.job_number is null) as billable_minutes
    from wfm.timesheet timesheet
    left join setting.leave_job leave
        on leave.connection_id = timesheet.connection_id and leave.job_number = timesheet.job_number
    where timesheet.connection_id = $1::bigint and timesheet.deleted_at is null
        and timesheet.worked_on between $2::date and $3::date
    group by 1, 2, 3
), line as (
    select distinct on (task.uuid) task.uuid, task.amount / nullif(task.minutes, 0) as rate_per_minute
    from wfm.invoice_task task
    join wfm.invoice invoice on invoice.connection_id = task.connection_id and invoice.uuid = task.invoice_uuid
    where task.connection_id = $1::bigint and invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid')
    order by task.uuid, invoice.issued_on desc, invoice.uuid
)
select entry.staff_uuid as key, coalesce(btrim(max(staff.name)), max(entry.staff_name)) as label,
    sum(entry.minutes) as minutes, coalesce(sum(entry.billable_minutes), 0) as billable_minutes,
    inflow.money(case
        when not bool_or(line.uuid is not null and line.rate_per_minute is null)
        then coalesce(sum(entry.minutes * line.rate_per_minute), 0)
    end)::numeric(19, 4) as amount
from entry
left join line on line.uuid = entry.invoice_task_uuid
left join wfm.staff staff on staff.connection_id = $1::bigint and staff.uuid = entry.staff_uuid
group by entry.staff_uuid, entry.name_alone
order by 3 desc, 2, 1
