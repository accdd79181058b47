-- Question: how much of each person's time was billable last month?
select staff_name, hours, billable_hours, leave_hours, round(100 * billable_share, 1) as billable_percent,
    round(100 * productivity, 1) as productivity_percent, is_complete
from report.staff_utilisation
where month_on = (date_trunc('month', current_date::timestamp) - interval '1 month')::date
order by billable_share desc nulls last, staff_name;
