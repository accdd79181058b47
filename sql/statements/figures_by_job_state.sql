-- How much was worked on jobs of each state in a span of days, and what was invoiced for them?
--
-- $1 connection, $2 first day, $3 last day, both included. The state is that of today; key is null where a number is of no
-- job that is loaded, where the job has no state, and for time and lines without a job.
with job_of_number as (
    select number.job_number, job.state
    from report.document_job number
    join wfm.job job on job.connection_id = number.connection_id and job.uuid = number.job_uuid
    where number.connection_id = $1::bigint
), worked as (
    select job_number, sum(minutes) as minutes, sum(minutes) filter (where billable) as billable_minutes
    from wfm.timesheet t
    where t.connection_id = $1::bigint and deleted_at is null and worked_on between $2::date and $3::date
    group by job_number
), invoiced as (
    select job_number, sum(amount) as amount
    from report.invoice_line
    where connection_id = $1::bigint and issued_on between $2::date and $3::date
    group by job_number
), part as (
    select job_number, minutes, billable_minutes, 0::numeric as amount from worked
    union all
    select job_number, 0, 0, amount from invoiced
)
select job.state as key, job.state as label, coalesce(sum(part.minutes), 0) as minutes,
    coalesce(sum(part.billable_minutes), 0) as billable_minutes, coalesce(sum(part.amount), 0) as amount
from part
left join job_of_number job on job.job_number = part.job_number
group by job.state
order by 5 desc, 3 desc, 1
