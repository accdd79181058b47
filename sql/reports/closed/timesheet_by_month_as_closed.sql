-- Question: how much did each person work on each job in each month that was signed off, as it stood then?
--
-- Grain:    one row per connection, person, job and calendar month, as report.timesheet_by_month had them when the
--           month was closed.
-- Units:    hours are minutes / 60.
-- Dates:    worked_on; month_on is its month.
-- Included: months that are closed now, with the names of that moment.
-- Left out: months that are not closed, and months that were reopened: they have no row. Otherwise as the open
--           view.
-- Caveats:  invoiced_hours and not_invoiced_hours are as of closed_at: hours that were invoiced later are no late
--           change. A column that the open view got after a closing is null.

create or replace view report.timesheet_by_month_as_closed with (security_invoker = true) as
select
    closing.connection_id,
    connection.name as connection_name,
    closing.month_on,
    figure.staff_uuid,
    figure.staff_name,
    figure.job_number,
    figure.job_uuid,
    figure.job_name,
    figure.job_category,
    figure.client_uuid,
    figure.client_name,
    figure.entries,
    figure.hours,
    figure.billable_hours,
    figure.invoiced_hours,
    figure.not_invoiced_hours,
    figure.data_as_of,
    figure.is_complete,
    closing.closed_at
from inflow.closing
join inflow.closed_row on closed_row.connection_id = closing.connection_id and closed_row.closing_id = closing.id
cross join lateral jsonb_to_record(closed_row.figures) as figure (
        staff_uuid text, staff_name text, job_number text, job_uuid text, job_name text, job_category text,
        client_uuid text, client_name text, entries bigint, hours numeric(12, 4), billable_hours numeric(12, 4),
        invoiced_hours numeric(12, 4), not_invoiced_hours numeric(12, 4), data_as_of timestamptz,
        is_complete boolean)
left join inflow.connection on connection.id = closing.connection_id
where closing.reopened_at is null and closed_row.report = 'timesheet_by_month';

comment on view report.timesheet_by_month_as_closed is
    'report.timesheet_by_month of the months that are closed, as it was when each was closed.';
comment on column report.timesheet_by_month_as_closed.connection_id is 'Connection, hence organisation.';
comment on column report.timesheet_by_month_as_closed.connection_name is 'Name of the connection.';
comment on column report.timesheet_by_month_as_closed.month_on is 'First day of the calendar month.';
comment on column report.timesheet_by_month_as_closed.staff_uuid is
    'Person; joins wfm.staff (connection_id, uuid). Former staff may not be there.';
comment on column report.timesheet_by_month_as_closed.staff_name is 'Name of the person, also of a former one.';
comment on column report.timesheet_by_month_as_closed.job_number is 'Number of the job; null of entries on no job.';
comment on column report.timesheet_by_month_as_closed.job_uuid is
    'That job; joins wfm.job (connection_id, uuid). Null where it is not loaded.';
comment on column report.timesheet_by_month_as_closed.job_name is
    'Name of the job when the month was closed; of a job that is not loaded, the name on the entries.';
comment on column report.timesheet_by_month_as_closed.job_category is 'Category of the job.';
comment on column report.timesheet_by_month_as_closed.client_uuid is
    'Client of the job; joins wfm.client (connection_id, uuid).';
comment on column report.timesheet_by_month_as_closed.client_name is 'Name of the client of the job.';
comment on column report.timesheet_by_month_as_closed.entries is 'Time entries.';
comment on column report.timesheet_by_month_as_closed.hours is 'Hours worked, corrections subtracted.';
comment on column report.timesheet_by_month_as_closed.billable_hours is 'The billable part of hours.';
comment on column report.timesheet_by_month_as_closed.invoiced_hours is
    'Hours that hang on a line of an invoice that is not cancelled, drafts included.';
comment on column report.timesheet_by_month_as_closed.not_invoiced_hours is 'Billable hours that do not.';
comment on column report.timesheet_by_month_as_closed.data_as_of is
    'When the last answer that held all time entries of the month was asked for; null where none has been.';
comment on column report.timesheet_by_month_as_closed.is_complete is
    'Whether time entries of the whole month were complete when it was closed, as report.is_complete says.';
comment on column report.timesheet_by_month_as_closed.closed_at is
    'When the month was closed: the moment that the row is of.';
