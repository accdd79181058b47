-- The closings of a connection, the newest month first, with what is late of those that hold.
--
-- $1 connection, $2 first day of one month, or null for all, $3 whether to look for late changes.
with late as (
    select l.closing_id, count(*) as changes, sum(l.hours_difference) as hours,
        sum(l.amount_difference) filter (where l.entity = 'invoice') as amount,
        sum(l.amount_difference) filter (where l.entity = 'job_cost') as job_costs,
        bool_or(l.entity <> 'timesheet' and l.amount_difference is null) as has_unknown
    from report.late_changes l
    where $3::boolean and l.connection_id = $1 and ($2::date is null or l.month_on = $2::date)
    group by l.closing_id
)
select c.id, c.month_on::text as month_on, c.closed_at, c.closed_by, c.note, c.missing, c.data_as_of, c.reopened_at,
    c.reopened_by, c.reopening_note, c.entries, c.hours::text as hours, c.billable_hours::text as billable_hours,
    c.invoices, c.credit_notes, c.amount::text as amount, c.credit_amount::text as credit_amount,
    c.amount_tax::text as amount_tax, c.job_costs::text as job_costs, coalesce(late.changes, 0) as late_changes,
    coalesce(late.hours, 0)::text as late_hours, coalesce(late.amount, 0)::text as late_amount,
    coalesce(late.job_costs, 0)::text as late_job_costs, coalesce(late.has_unknown, false) as has_unknown
from inflow.closing c
left join late on late.closing_id = c.id
where c.connection_id = $1 and ($2::date is null or c.month_on = $2::date)
order by c.month_on desc, c.id desc
