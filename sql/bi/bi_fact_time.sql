-- Question: what time was entered, with one key for each person, job, client and task?
--
-- Grain:    one row per time entry.
-- Units:    hours are minutes / 60.
-- Dates:    day is worked_on, the organisation's own calendar.
-- Included: former staff, and jobs and clients that are gone; corrections, whose hours are negative.
-- Left out: time entries the platform no longer lists.
-- Caveats:  each key has a row in its dimension. The client is that of the job.

create or replace view bi.fact_time with (security_invoker = true) as
-- Without "with", so that PostgreSQL plans it together with what asks: the first days are then read along an index of days.
select
    entry.connection_id,
    job.connection_name,
    entry.worked_on as day,
    job.key_prefix || coalesce(entry.staff_uuid, '') as staff_key,
    job.job_key,
    job.client_key,
    coalesce(task.task_key, job.key_prefix) as task_key,
    entry.task_name,
    (entry.minutes / 60.0)::numeric(12, 4) as hours,
    entry.billable as is_billable,
    job.is_leave,
    -- Not a join: PostgreSQL would make a table of all entries to look the few lines up in.
    entry.invoice_task_uuid is not null and (
        -- Lines of invoices that are cancelled or deleted. From the few such invoices on, and not from every line.
        entry.invoice_task_uuid not in (
            select line.uuid
            from wfm.invoice
            join wfm.invoice_task line on line.connection_id = invoice.connection_id and line.invoice_uuid = invoice.uuid
            where invoice.deleted_at is not null or lower(invoice.status) = 'cancelled'
        )
        -- Of the few in there, invoice by invoice: a line that another invoice has, too, or of another connection.
        or coalesce((
            select bool_or(invoice.deleted_at is null and lower(invoice.status) is distinct from 'cancelled')
            from wfm.invoice_task line
            join wfm.invoice on invoice.connection_id = line.connection_id and invoice.uuid = line.invoice_uuid
            where line.connection_id = entry.connection_id and line.uuid = entry.invoice_task_uuid
        ), true)
    ) as is_invoiced
from wfm.timesheet entry
-- The job, and below its task, are looked up once for each that occurs and kept in memory (Memoize): "offset 0" keeps PostgreSQL
-- from joining all jobs and tasks there are, and "named" from keeping what was found by more than what it depends on.
cross join lateral (
    select
        connection.name as connection_name,
        named.connection_id || ':' as key_prefix,
        job.job_uuid,
        named.connection_id || ':' || coalesce(job.job_uuid, '') as job_key,
        named.connection_id || ':' || coalesce(client.uuid, '') as client_key,
        leave.job_number is not null as is_leave
    from (select entry.connection_id, entry.job_number offset 0) named
    left join lateral (
        select number.job_uuid, number.client_uuid
        from report.document_job number
        where number.connection_id = named.connection_id and number.job_number = named.job_number
        offset 0
    ) job on true
    left join wfm.client on client.connection_id = named.connection_id and client.uuid = job.client_uuid
    left join setting.leave_job leave
        on leave.connection_id = named.connection_id and leave.job_number = named.job_number
    left join inflow.connection on connection.id = named.connection_id
    offset 0
) job
left join lateral (
    select planned.connection_id || ':' || task.uuid as task_key
    from (select entry.connection_id, job.job_uuid, entry.task_uuid offset 0) named
    join wfm.job_task planned
        on planned.connection_id = named.connection_id and planned.job_uuid = named.job_uuid
        and planned.uuid = named.task_uuid
    join wfm.task on task.connection_id = planned.connection_id and task.uuid = planned.task_uuid
    offset 0
) task on true
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
