-- Question: how many hours did each person enter in each of the last eight weeks, and how many of them are billable?
select
    date_trunc('week', worked_on::timestamp)::date as week_on,
    staff_name,
    round(sum(minutes) / 60.0, 2) as hours,
    round(coalesce(sum(minutes) filter (where billable), 0) / 60.0, 2) as billable_hours
from wfm.timesheet
where deleted_at is null and worked_on >= date_trunc('week', current_date::timestamp)::date - 49
group by 1, 2
order by 1, 2;
