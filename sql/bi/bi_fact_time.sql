-- Question: what time was entered, with one key for each person, job, client and task?
--
-- Grain:    one row per time entry.
-- Units:    hours are minutes / 60.
-- Dates:    day is worked_on, the organisation's own calendar.
-- Included: former staff, and jobs and clients that are gone; corrections, whose hours are negative.
-- Left out: time entries the platform no longer lists.
-- Caveats:  each key has a row in its dimension. The client is that of the job.

create or replace view bi.fact_time with (security_invoker = true) as
with released as (
    -- Lines that only cancelled or deleted invoices have. From the few such invoices on, and not from every line.
    select distinct task.connection_id, task.uuid
    from wfm.invoice
    join wfm.invoice_task task on task.connection_id = invoice.connection_id and task.invoice_uuid = invoice.uuid
    where (invoice.deleted_at is not null or lower(invoice.status) = 'cancelled')
        and not exists (
            select from wfm.invoice_task other
            join wfm.invoice kept on kept.connection_id = other.connection_id and kept.uuid = other.invoice_uuid
            where other.connection_id = task.connection_id and other.uuid = task.uuid
                and other.invoice_uuid <> task.invoice_uuid
                and kept.deleted_at is null and lower(kept.status) is distinct from 'cancelled'
        )
)
select
    entry.connection_id,
    connection.name as connection_name,
    entry.worked_on as day,
    entry.connection_id || ':' || coalesce(entry.staff_uuid, '') as staff_key,
    entry.connection_id || ':' || coalesce(job.job_uuid, '') as job_key,
    entry.connection_id || ':' || coalesce(job.client_uuid, '') as client_key,
    entry.connection_id || ':' || coalesce(planned.task_uuid, '') as task_key,
    entry.task_name,
    (entry.minutes / 60.0)::numeric(12, 4) as hours,
    entry.billable as is_billable,
    leave.job_number is not null as is_leave,
    -- Not a join: PostgreSQL would make a table of all entries to look the few lines up in.
    entry.invoice_task_uuid is not null
        and (entry.connection_id, entry.invoice_task_uuid) not in (select r.connection_id, r.uuid from released r)
        as is_invoiced
from wfm.timesheet entry
left join (
    -- Clients are looked up once for each job, and not for each entry.
    select number.connection_id, number.job_number, number.job_uuid, client.uuid as client_uuid
    from report.document_job number
    left join wfm.client on client.connection_id = number.connection_id and client.uuid = number.client_uuid
) job on job.connection_id = entry.connection_id and job.job_number = entry.job_number
left join (
    select job_task.connection_id, job_task.job_uuid, job_task.uuid, task.uuid as task_uuid
    from wfm.job_task
    join wfm.task on task.connection_id = job_task.connection_id and task.uuid = job_task.task_uuid
) planned on planned.connection_id = entry.connection_id and planned.job_uuid = job.job_uuid
    and planned.uuid = entry.task_uuid
left join setting.leave_job leave on leave.connection_id = entry.connection_id and leave.job_number = entry.job_number
left join inflow.connection on connection.id = entry.connection_id
where entry.deleted_at is null;

comment on view bi.fact_time is 'Time entries with one key for each dimension, for tools that relate single columns.';
comment on column bi.fact_time.connection_id is 'Connection, hence organisation.';
comment on column bi.fact_time.connection_name is 'Name of the connection.';
comment on column bi.fact_time.day is 'Day worked; relates to bi.dim_day.';
comment on column bi.fact_time.staff_key is 'Person; relates to bi.dim_staff.';
comment on column bi.fact_time.job_key is 'Job; relates to bi.dim_job.';
comment on column bi.fact_time.client_key is 'Client of the job; relates to bi.dim_client.';
comment on column bi.fact_time.task_key is 'Task of the catalogue; relates to bi.dim_task.';
comment on column bi.fact_time.task_name is 'Name of the task when the entry was read.';
comment on column bi.fact_time.hours is 'Hours worked; negative on corrections.';
comment on column bi.fact_time.is_billable is 'Whether the time is charged to the client.';
comment on column bi.fact_time.is_leave is 'Whether the job is one of setting.leave_job.';
comment on column bi.fact_time.is_invoiced is
    'Whether it hangs on a line of an invoice that is not cancelled, drafts included.';
