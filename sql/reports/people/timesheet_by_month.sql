-- Question: how much did each person work on each job in each month, and what of it is invoiced?
--
-- Grain:    one row per connection, person, job and calendar month with a time entry.
-- Units:    hours are minutes / 60.
-- Dates:    worked_on, the organisation's own calendar.
-- Included: former staff, and jobs that are not loaded, under the names that the entries give; corrections, whose
--           minutes are negative.
-- Left out: time entries the platform no longer lists.
-- Caveats:  an entry names its job by number (report.document_job). Hours are invoiced where they hang on a line of an
--           invoice that is not cancelled, drafts included; not_invoiced_hours are the billable rest.

create or replace view report.timesheet_by_month with (security_invoker = true) as
with released as materialized (
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
),
month as (
    -- Month by month: a span of months looks at its own entries only.
    select span.connection_id, span.month_on, worked.*
    from inflow.timesheet_months() span
    cross join lateral (
        select
            entry.staff_uuid,
            case when entry.staff_uuid is null then entry.staff_name end as name_alone,
            entry.job_number,
            max(entry.staff_name) as staff_name,
            max(entry.job_name) as job_name,
            count(*) as entries,
            sum(entry.minutes) as minutes,
            coalesce(sum(entry.minutes) filter (where entry.billable), 0) as billable_minutes,
            coalesce(sum(entry.minutes) filter (where entry.invoice_task_uuid is not null and released.uuid is null), 0)
                as invoiced_minutes,
            coalesce(
                sum(entry.minutes) filter (
                    where entry.billable and (entry.invoice_task_uuid is null or released.uuid is not null)), 0)
                as not_invoiced_minutes
        from wfm.timesheet entry
        left join released on released.connection_id = entry.connection_id and released.uuid = entry.invoice_task_uuid
        where entry.connection_id = span.connection_id and entry.worked_on >= span.month_on
            and entry.worked_on < span.until_on and entry.deleted_at is null
        group by entry.staff_uuid, name_alone, entry.job_number
    ) worked
),
reading as (
    select connection.id as connection_id, state.month as month_on, state.verified_at, state.is_complete
    from inflow.connection
    cross join lateral inflow.coverage_state(connection.id, 'timesheet') state
)
select
    month.connection_id,
    connection.name as connection_name,
    month.month_on,
    month.staff_uuid,
    btrim(coalesce(staff.name, month.staff_name)) as staff_name,
    month.job_number,
    job.job_uuid,
    coalesce(job.job_name, month.job_name) as job_name,
    job.job_category,
    job.client_uuid,
    job.client_name,
    month.entries,
    inflow.hours(month.minutes / 60.0)::numeric(12, 4) as hours,
    inflow.hours(month.billable_minutes / 60.0)::numeric(12, 4) as billable_hours,
    inflow.hours(month.invoiced_minutes / 60.0)::numeric(12, 4) as invoiced_hours,
    inflow.hours(month.not_invoiced_minutes / 60.0)::numeric(12, 4) as not_invoiced_hours,
    reading.verified_at as data_as_of,
    coalesce(reading.is_complete, false) as is_complete
from month
left join reading on reading.connection_id = month.connection_id and reading.month_on = month.month_on
left join report.document_job job on job.connection_id = month.connection_id and job.job_number = month.job_number
left join wfm.staff on staff.connection_id = month.connection_id and staff.uuid = month.staff_uuid
left join inflow.connection on connection.id = month.connection_id;

comment on view report.timesheet_by_month is
    'Hours of each person on each job in each month, billable, invoiced and not.';
comment on column report.timesheet_by_month.connection_id is 'Connection, hence organisation.';
comment on column report.timesheet_by_month.connection_name is 'Name of the connection.';
comment on column report.timesheet_by_month.month_on is 'First day of the calendar month.';
comment on column report.timesheet_by_month.staff_uuid is
    'Person; joins wfm.staff (connection_id, uuid). Former staff may not be there.';
comment on column report.timesheet_by_month.staff_name is 'Name of the person, also of a former one.';
comment on column report.timesheet_by_month.job_number is 'Number of the job; null of entries on no job.';
comment on column report.timesheet_by_month.job_uuid is
    'That job; joins wfm.job (connection_id, uuid). Null where it is not loaded.';
comment on column report.timesheet_by_month.job_name is
    'Name of the job today; of a job that is not loaded, the name on the entries.';
comment on column report.timesheet_by_month.job_category is 'Category of the job.';
comment on column report.timesheet_by_month.client_uuid is 'Client of the job; joins wfm.client (connection_id, uuid).';
comment on column report.timesheet_by_month.client_name is 'Name of the client of the job.';
comment on column report.timesheet_by_month.entries is 'Time entries.';
comment on column report.timesheet_by_month.hours is 'Hours worked, corrections subtracted.';
comment on column report.timesheet_by_month.billable_hours is 'The billable part of hours.';
comment on column report.timesheet_by_month.invoiced_hours is
    'Hours that hang on a line of an invoice that is not cancelled, drafts included.';
comment on column report.timesheet_by_month.not_invoiced_hours is 'Billable hours that do not.';
comment on column report.timesheet_by_month.data_as_of is
    'When the last answer that held all time entries of the month was asked for; null where none has been.';
comment on column report.timesheet_by_month.is_complete is
    'Whether time entries of the whole month are complete, as report.is_complete says.';
