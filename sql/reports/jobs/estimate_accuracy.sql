-- Question: how far were the estimates of tasks from the time worked on them?
--
-- Grain:    one row per task of a job.
-- Units:    hours are minutes / 60; ratio is worked / estimated.
-- Dates:    filter by completed_on, the day the job was completed.
-- Included: tasks of open jobs too (completed_on is null); corrections, whose minutes are negative.
-- Left out: jobs and time entries the platform no longer lists; time on no task.
-- Caveats:  an estimate of 0 is a task added on the way (is_unplanned), and has no ratio. worked_hours come from the
--           time entries; platform_hours are what the platform adds up, and may have been read at another hour. A time
--           entry names the task of the job, never the catalogue task.

create or replace view report.estimate_accuracy with (security_invoker = true) as
with due as materialized (
    -- Tasks whose kept sums do not hold (decision 0030). With a key of one column: PostgreSQL takes them for those of one of many
    -- connections, and would compare each task with all of them.
    select
        computed.connection_id || ':' || computed.task_uuid as task_key, sum(computed.minutes) as minutes,
        sum(computed.billable_minutes) as billable_minutes, max(computed.last_on) as last_on
    from inflow.jobs_due job
    cross join lateral inflow.task_sums(job.connection_id, job.numbers) computed
    group by task_key
)
select
    job.connection_id,
    connection.name as connection_name,
    job.uuid as job_uuid,
    job.number as job_number,
    job.name as job_name,
    job.type as job_category,
    job.client_uuid,
    coalesce(client.name, job.client_name) as client_name,
    job.completed_on,
    task.uuid as job_task_uuid,
    task.name as task_name,
    coalesce(catalogue.name, task.name) as catalogue_task_name,
    task.completed as is_task_completed,
    coalesce(task.estimated_minutes, 0) = 0 as is_unplanned,
    (task.estimated_minutes / 60.0)::numeric(12, 4) as estimated_hours,
    inflow.hours(worked.minutes / 60.0)::numeric(12, 4) as worked_hours,
    inflow.hours(worked.billable_minutes / 60.0)::numeric(12, 4) as billable_hours,
    (task.actual_minutes / 60.0)::numeric(12, 4) as platform_hours,
    inflow.hours((worked.minutes - coalesce(task.estimated_minutes, 0)) / 60.0)::numeric(12, 4) as difference_hours,
    inflow.money(worked.minutes / nullif(task.estimated_minutes, 0))::numeric(19, 4) as ratio,
    worked.last_on as last_worked_on
from wfm.job
join wfm.job_task task on task.connection_id = job.connection_id and task.job_uuid = job.uuid
left join inflow.sums_kept state on state.connection_id = job.connection_id
-- Looked up by task, so that a span of days looks at the tasks of its own jobs only.
left join lateral (
    select sum(kept.minutes) as minutes, sum(kept.billable_minutes) as billable_minutes, max(kept.last_on) as last_on
    from inflow.task_sum kept
    where kept.connection_id = state.connection_id and kept.task_uuid = task.uuid and not exists (
        select from inflow.job_due mark
        where mark.connection_id = kept.connection_id and mark.job_number = kept.job_number
    )
) kept on true
left join due on due.task_key = task.connection_id || ':' || task.uuid
cross join lateral (
    select
        coalesce(kept.minutes, 0) + coalesce(due.minutes, 0) as minutes,
        coalesce(kept.billable_minutes, 0) + coalesce(due.billable_minutes, 0) as billable_minutes,
        greatest(kept.last_on, due.last_on) as last_on
) worked
left join wfm.task catalogue on catalogue.connection_id = task.connection_id and catalogue.uuid = task.task_uuid
left join wfm.client on client.connection_id = job.connection_id and client.uuid = job.client_uuid
left join inflow.connection on connection.id = job.connection_id
where job.deleted_at is null;

comment on view report.estimate_accuracy is 'Estimated and worked hours of each task of a job.';
comment on column report.estimate_accuracy.connection_id is 'Connection, hence organisation.';
comment on column report.estimate_accuracy.connection_name is 'Name of the connection.';
comment on column report.estimate_accuracy.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column report.estimate_accuracy.job_number is 'Number of the job.';
comment on column report.estimate_accuracy.job_name is 'Name of the job.';
comment on column report.estimate_accuracy.job_category is 'Category of the job.';
comment on column report.estimate_accuracy.client_uuid is 'Client; joins wfm.client (connection_id, uuid).';
comment on column report.estimate_accuracy.client_name is
    'Name of the client today; of a client that is not loaded, the name on the job.';
comment on column report.estimate_accuracy.completed_on is 'Day the job was completed; null while it is open.';
comment on column report.estimate_accuracy.job_task_uuid is
    'Task of the job; joins wfm.job_task (connection_id, job_uuid, uuid).';
comment on column report.estimate_accuracy.task_name is 'Name of the task on the job.';
comment on column report.estimate_accuracy.catalogue_task_name is
    'Name of the task in the catalogue; the name on the job where it is not of the catalogue.';
comment on column report.estimate_accuracy.is_task_completed is 'Whether the task is done.';
comment on column report.estimate_accuracy.is_unplanned is
    'Whether nothing was estimated: the task was added on the way.';
comment on column report.estimate_accuracy.estimated_hours is 'Hours planned.';
comment on column report.estimate_accuracy.worked_hours is
    'Hours of the time entries on the task, corrections subtracted.';
comment on column report.estimate_accuracy.billable_hours is 'The billable part of worked_hours.';
comment on column report.estimate_accuracy.platform_hours is 'Hours worked as the platform adds them up.';
comment on column report.estimate_accuracy.difference_hours is
    'worked_hours less estimated_hours; an overrun is positive.';
comment on column report.estimate_accuracy.ratio is 'worked / estimated; null where nothing was estimated.';
comment on column report.estimate_accuracy.last_worked_on is 'Latest day of a time entry on the task.';
