-- How much was worked and invoiced in each month of a span of days?
--
-- $1 connection, $2 first day, $3 last day, both included. key is the first day of the month. Invoiced are
-- approved and paid invoices less credit notes, excluding tax, as in report.invoices_by_month.
with worked as (
    select date_trunc('month', worked_on::timestamp)::date as month_on, sum(minutes) as minutes,
        sum(minutes) filter (where billable) as billable_minutes
    from wfm.timesheet
    where connection_id = $1::bigint and deleted_at is null and worked_on between $2::date and $3::date
    group by 1
), invoiced as (
    select date_trunc('month', issued_on::timestamp)::date as month_on, sum(amount) as amount
    from wfm.invoice
    where connection_id = $1::bigint and issued_on between $2::date and $3::date and deleted_at is null
        and lower(status) in ('approved', 'paid')
    group by 1
)
select coalesce(worked.month_on, invoiced.month_on)::text as key,
    to_char(coalesce(worked.month_on, invoiced.month_on), 'YYYY-MM') as label,
    coalesce(worked.minutes, 0) as minutes, coalesce(worked.billable_minutes, 0) as billable_minutes,
    coalesce(invoiced.amount, 0) as amount
from worked
full join invoiced on invoiced.month_on = worked.month_on
order by 1
