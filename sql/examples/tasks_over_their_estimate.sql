-- Question: which kinds of task take longer than estimated, over all completed jobs?
select coalesce(catalogue_task_name, task_name) as task, count(*) as times, sum(estimated_hours) as estimated,
    sum(worked_hours) as worked, round(sum(worked_hours) / nullif(sum(estimated_hours), 0), 2) as ratio
from report.estimate_accuracy
where not is_unplanned and completed_on is not null
group by 1
having sum(worked_hours) > sum(estimated_hours)
order by sum(worked_hours) - sum(estimated_hours) desc;
