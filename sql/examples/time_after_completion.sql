-- Question: which hours were entered on a job after the day on which it was completed?
select job.number, job.name, job.client_name, job.completed_on, timesheet.staff_name, timesheet.worked_on,
    round(timesheet.minutes / 60.0, 2) as hours
from wfm.timesheet
join wfm.job on job.connection_id = timesheet.connection_id and job.number = timesheet.job_number
    and job.deleted_at is null
where timesheet.deleted_at is null and timesheet.worked_on > job.completed_on
order by timesheet.worked_on desc, job.number;
