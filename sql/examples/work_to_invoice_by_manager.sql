-- Question: how many billable hours has each job manager not invoiced, and how old are the oldest?
select coalesce(manager_name, '(nobody)') as manager, count(*) as jobs, sum(unbilled_billable_hours) as hours,
    sum(time_value) as value, min(oldest_on) as oldest_on
from report.work_in_progress
where not has_final_invoice and unbilled_billable_hours > 0
group by 1
order by hours desc;
