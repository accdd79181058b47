-- How many hours of each month were billable, and how many were not?
--
-- $1 connection, $2 first day, $3 last day.
select month_on, sum(billable_hours)::numeric(12, 2) as billable_hours,
    sum(hours - billable_hours)::numeric(12, 2) as other_hours
from report.timesheet_by_month
where connection_id = $1::bigint and month_on between $2::date and $3::date
group by month_on
order by month_on
