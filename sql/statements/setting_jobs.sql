-- Which of these are numbers of jobs, or of jobs that time entries name?
--
-- $1 connection, $2 numbers.
select j.number as job_number
from wfm.job j
where j.connection_id = $1 and j.number = any ($2::text[])
union
select t.job_number
from wfm.timesheet t
where t.connection_id = $1 and t.job_number = any ($2::text[])
