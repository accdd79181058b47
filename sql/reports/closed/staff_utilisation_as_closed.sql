-- Question: how well was each person's time used in each month that was signed off, as it stood then?
--
-- Grain:    one row per connection, person and calendar month, as report.staff_utilisation had them when the month
--           was closed.
-- Units:    hours are minutes / 60; money is in the organisation's currency and excludes tax; shares are of 1.
-- Dates:    worked_on; month_on is its month.
-- Included: months that are closed now, with names, capacity, targets and leave of that moment.
-- Left out: months that are not closed, and months that were reopened: they have no row. Otherwise as the open
--           view.
-- Caveats:  is_former, invoiced_hours, invoiced_amount and realised_rate are as of closed_at. Capacity that was set
--           later is not in it. A column that the open view got after a closing is null.

create or replace view report.staff_utilisation_as_closed with (security_invoker = true) as
select
    closing.connection_id,
    connection.name as connection_name,
    figure.staff_uuid,
    figure.staff_name,
    figure.is_former,
    closing.month_on,
    figure.hours,
    figure.billable_hours,
    figure.other_hours,
    figure.leave_hours,
    figure.capacity_hours,
    figure.target_hours,
    figure.productivity,
    figure.billable_share,
    figure.invoiced_hours,
    figure.invoiced_amount,
    figure.realised_rate,
    figure.data_as_of,
    figure.is_complete,
    closing.closed_at
from inflow.closing
join inflow.closed_row on closed_row.connection_id = closing.connection_id and closed_row.closing_id = closing.id
cross join lateral jsonb_to_record(closed_row.figures) as figure (
        staff_uuid text, staff_name text, is_former boolean, hours numeric(12, 4), billable_hours numeric(12, 4),
        other_hours numeric(12, 4), leave_hours numeric(12, 4), capacity_hours numeric(12, 4),
        target_hours numeric(12, 4), productivity numeric(19, 4), billable_share numeric(19, 4),
        invoiced_hours numeric(12, 4), invoiced_amount numeric(19, 4), realised_rate numeric(19, 4),
        data_as_of timestamptz, is_complete boolean)
left join inflow.connection on connection.id = closing.connection_id
where closing.reopened_at is null and closed_row.report = 'staff_utilisation';

comment on view report.staff_utilisation_as_closed is
    'report.staff_utilisation of the months that are closed, as it was when each was closed.';
comment on column report.staff_utilisation_as_closed.connection_id is 'Connection, hence organisation.';
comment on column report.staff_utilisation_as_closed.connection_name is 'Name of the connection.';
comment on column report.staff_utilisation_as_closed.staff_uuid is
    'Person; joins wfm.staff (connection_id, uuid). Former staff may not be there.';
comment on column report.staff_utilisation_as_closed.staff_name is 'Name of the person, also of a former one.';
comment on column report.staff_utilisation_as_closed.is_former is
    'Whether the platform did not list the person when the month was closed.';
comment on column report.staff_utilisation_as_closed.month_on is 'First day of the calendar month.';
comment on column report.staff_utilisation_as_closed.hours is
    'Hours entered, leave included, corrections subtracted.';
comment on column report.staff_utilisation_as_closed.billable_hours is 'The billable part of hours.';
comment on column report.staff_utilisation_as_closed.other_hours is 'Hours that are neither billable nor leave.';
comment on column report.staff_utilisation_as_closed.leave_hours is 'Hours on the jobs of setting.leave_job.';
comment on column report.staff_utilisation_as_closed.capacity_hours is
    'Hours that the person is there for (setting.staff_capacity); null where no day of the month has any set.';
comment on column report.staff_utilisation_as_closed.target_hours is
    'Hours that are to be billable: of each day (capacity less leave) times the target; null where none is set.';
comment on column report.staff_utilisation_as_closed.productivity is
    'Billable hours / (capacity less leave); null where capacity is not set.';
comment on column report.staff_utilisation_as_closed.billable_share is 'Billable hours / (hours less leave).';
comment on column report.staff_utilisation_as_closed.invoiced_hours is
    'Hours that hang on a line of an approved or paid invoice.';
comment on column report.staff_utilisation_as_closed.invoiced_amount is
    'What the invoice lines charge for these hours, excluding tax; null where a line says no minutes.';
comment on column report.staff_utilisation_as_closed.realised_rate is
    'invoiced_amount / invoiced_hours, excluding tax.';
comment on column report.staff_utilisation_as_closed.data_as_of is
    'When the last answer that held all time entries of the month was asked for; null where none has been.';
comment on column report.staff_utilisation_as_closed.is_complete is
    'Whether time entries of the whole month were complete when it was closed, as report.is_complete says.';
comment on column report.staff_utilisation_as_closed.closed_at is
    'When the month was closed: the moment that the row is of.';
