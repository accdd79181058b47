-- Question: which open jobs are late, and what is due next on each?
--
-- Grain:    one row per open job.
-- Units:    hours are minutes / 60.
-- Dates:    due_on against today in the connection's zone.
-- Included: jobs on the platform's list of current jobs when it was last read (open_list_read_at).
-- Left out: jobs that are not on it, whatever their state: states are each organisation's own words; jobs the platform
--           no longer lists.
-- Caveats:  before the list of current jobs has been read once, a job without a completion day counts as open, and
--           open_list_read_at is null.

create or replace view report.job_schedule with (security_invoker = true) as
with open_task as (
    select
        connection_id, job_uuid, count(*) as tasks, min(due_on) as next_due_on,
        sum(estimated_minutes) as estimated_minutes
    from wfm.job_task
    where completed is not true
    group by connection_id, job_uuid
),
milestone as (
    select connection_id, job_uuid, min(milestone_on) as next_on
    from wfm.job_milestone
    where completed is not true
    group by connection_id, job_uuid
)
select
    job.connection_id,
    connection.name as connection_name,
    job.uuid as job_uuid,
    job.number as job_number,
    job.name as job_name,
    job.type as job_category,
    job.state as job_state,
    job.client_uuid,
    coalesce(client.name, job.client_name) as client_name,
    job.manager_uuid,
    btrim(coalesce(manager.name, job.manager_name)) as manager_name,
    job.start_on,
    job.due_on,
    case
        when job.due_on is not null then greatest((now() at time zone connection.time_zone)::date - job.due_on, 0)
    end as days_late,
    coalesce(open_task.tasks, 0) as open_tasks,
    open_task.next_due_on as next_task_due_on,
    milestone.next_on as next_milestone_on,
    inflow.hours(coalesce(open_task.estimated_minutes, 0) / 60.0)::numeric(12, 4) as open_estimated_hours,
    inflow.hours(coalesce(worked.minutes, 0) / 60.0)::numeric(12, 4) as worked_hours,
    worked.last_on as worked_last_on,
    nullif(sweep.swept_at, 'epoch') as open_list_read_at
from wfm.job
left join inflow.sweep on sweep.connection_id = job.connection_id and sweep.entity = 'job'
left join inflow.open_document open
    on open.connection_id = job.connection_id and open.entity = 'job' and open.key = job.uuid
    and open.seen_at > 'epoch'
left join open_task on open_task.connection_id = job.connection_id and open_task.job_uuid = job.uuid
left join milestone on milestone.connection_id = job.connection_id and milestone.job_uuid = job.uuid
left join report.document_job number on number.connection_id = job.connection_id and number.job_uuid = job.uuid
-- Looked up by job: the open ones are few among all that were ever worked on.
left join lateral (
    select max(entry.worked_on) as last_on, sum(entry.minutes) as minutes
    from wfm.timesheet entry
    where entry.connection_id = job.connection_id and entry.job_number = number.job_number and entry.deleted_at is null
) worked on true
left join wfm.client on client.connection_id = job.connection_id and client.uuid = job.client_uuid
left join wfm.staff manager on manager.connection_id = job.connection_id and manager.uuid = job.manager_uuid
left join inflow.connection on connection.id = job.connection_id
where job.deleted_at is null
    and case when sweep.swept_at > 'epoch' then open.key is not null else job.completed_on is null end;

comment on view report.job_schedule is
    'Open jobs with how late they are, what is due next and when they were last worked on.';
comment on column report.job_schedule.connection_id is 'Connection, hence organisation.';
comment on column report.job_schedule.connection_name is 'Name of the connection.';
comment on column report.job_schedule.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column report.job_schedule.job_number is 'Number of the job.';
comment on column report.job_schedule.job_name is 'Name of the job.';
comment on column report.job_schedule.job_category is 'Category of the job.';
comment on column report.job_schedule.job_state is 'State of the job, in the organisation''s own words.';
comment on column report.job_schedule.client_uuid is 'Client; joins wfm.client (connection_id, uuid).';
comment on column report.job_schedule.client_name is
    'Name of the client today; of a client that is not loaded, the name on the job.';
comment on column report.job_schedule.manager_uuid is 'Job manager; joins wfm.staff (connection_id, uuid).';
comment on column report.job_schedule.manager_name is 'Name of the job manager, also of a former one.';
comment on column report.job_schedule.start_on is 'First day planned.';
comment on column report.job_schedule.due_on is 'Day the job is due.';
comment on column report.job_schedule.days_late is 'Days since due_on, 0 before it; null where the job has no due day.';
comment on column report.job_schedule.open_tasks is 'Tasks that are not done.';
comment on column report.job_schedule.next_task_due_on is
    'Earliest due day of a task that is not done; it may lie in the past.';
comment on column report.job_schedule.next_milestone_on is
    'Earliest milestone that was not reached; it may lie in the past.';
comment on column report.job_schedule.open_estimated_hours is 'Hours planned on the tasks that are not done.';
comment on column report.job_schedule.worked_hours is 'Hours worked on the job so far, corrections subtracted.';
comment on column report.job_schedule.worked_last_on is 'Latest day of a time entry on the job.';
comment on column report.job_schedule.open_list_read_at is
    'When the platform''s list of current jobs was last read; null where it never was.';
