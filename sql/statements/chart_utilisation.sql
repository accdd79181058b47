-- How much of each person's time was billable in a span of months?
--
-- $1 connection, $2 first day, $3 last day. utilisation_percent is of capacity less leave, null where no capacity is set;
-- billable_percent is of the hours entered less leave.
select staff_uuid, max(staff_name) as staff_name, sum(hours)::numeric(12, 2) as hours,
    sum(billable_hours)::numeric(12, 2) as billable_hours, sum(leave_hours)::numeric(12, 2) as leave_hours,
    sum(capacity_hours)::numeric(12, 2) as capacity_hours,
    round(100 * sum(billable_hours) / nullif(sum(capacity_hours) - sum(leave_hours), 0), 1) as utilisation_percent,
    round(100 * sum(billable_hours) / nullif(sum(hours) - sum(leave_hours), 0), 1) as billable_percent
from report.staff_utilisation
where connection_id = $1::bigint and month_on between $2::date and $3::date
group by staff_uuid, case when staff_uuid is null then staff_name end
having sum(hours) <> 0 or sum(capacity_hours) <> 0
order by 2, 1
