-- Question: which open jobs are past their due day, and what is still to do on them?
select job_number, job_name, client_name, manager_name, due_on, days_late, open_tasks, open_estimated_hours,
    worked_last_on
from report.job_schedule
where days_late > 0
order by days_late desc, job_number;
