-- Question: how well was each person's time used in each month?
--
-- Grain:    one row per connection, person and calendar month with a time entry or with capacity.
-- Units:    hours are minutes / 60; money is in the organisation's currency and excludes tax; shares are of 1.
-- Dates:    worked_on, the organisation's own calendar.
-- Included: as report.staff_day, of which it is the sum.
-- Left out: as there.
-- Caveats:  as there. productivity is billable hours / (capacity less leave) and null without a capacity;
--           So it is in the month in which the first capacity of a person is valid from a later day than the first.
--           billable_share is billable hours / (hours less leave). The current month has the capacity of the whole
--           month.

create or replace view report.staff_utilisation with (security_invoker = true) as
with month as (
    -- Month by month: a span of months looks at its own days only.
    select span.connection_id, span.month_on, used.*
    from inflow.timesheet_months() span
    cross join lateral (
        select
            staff_uuid, case when staff_uuid is null then staff_name end as name_alone,
            max(staff_name) as staff_name,
            bool_or(is_former) as is_former,
            sum(minutes) / 60.0 as hours,
            sum(billable_minutes) / 60.0 as billable_hours,
            sum(leave_minutes) / 60.0 as leave_hours,
            sum(capacity_hours) as capacity_hours,
            sum(target_hours) as target_hours,
            sum(invoiced_minutes) / 60.0 as invoiced_hours,
            case when count(*) = count(invoiced_amount) then sum(invoiced_amount) end as invoiced_amount
        from report.staff_day day
        where day.connection_id = span.connection_id and day.month_on = span.month_on
            and day.day_on >= span.month_on and day.day_on < span.until_on
        group by staff_uuid, name_alone
    ) used
),
reading as (
    select connection.id as connection_id, state.month as month_on, state.verified_at, state.is_complete
    from inflow.connection
    cross join lateral inflow.coverage_state(connection.id, 'timesheet') state
)
select
    month.connection_id,
    connection.name as connection_name,
    month.staff_uuid,
    month.staff_name,
    month.is_former,
    month.month_on,
    inflow.hours(month.hours)::numeric(12, 4) as hours,
    inflow.hours(month.billable_hours)::numeric(12, 4) as billable_hours,
    inflow.hours(month.hours - month.billable_hours - month.leave_hours)::numeric(12, 4) as other_hours,
    inflow.hours(month.leave_hours)::numeric(12, 4) as leave_hours,
    inflow.hours(month.capacity_hours)::numeric(12, 4) as capacity_hours,
    inflow.hours(month.target_hours)::numeric(12, 4) as target_hours,
    inflow.money(case
        when capacity.first_on <= month.month_on
            then month.billable_hours / nullif(greatest(month.capacity_hours - month.leave_hours, 0), 0)
    end)::numeric(19, 4) as productivity,
    inflow.money(month.billable_hours / nullif(month.hours - month.leave_hours, 0))::numeric(19, 4) as billable_share,
    inflow.hours(month.invoiced_hours)::numeric(12, 4) as invoiced_hours,
    inflow.money(month.invoiced_amount)::numeric(19, 4) as invoiced_amount,
    inflow.money(month.invoiced_amount / nullif(month.invoiced_hours, 0))::numeric(19, 4) as realised_rate,
    reading.verified_at as data_as_of,
    coalesce(reading.is_complete, false) as is_complete
from month
left join (
    select connection_id, staff_uuid, min(valid_from) as first_on
    from setting.staff_capacity
    group by connection_id, staff_uuid
) capacity on capacity.connection_id = month.connection_id and capacity.staff_uuid = month.staff_uuid
left join inflow.connection on connection.id = month.connection_id
left join reading on reading.connection_id = month.connection_id and reading.month_on = month.month_on;

comment on view report.staff_utilisation is
    'Hours of each person in each month against capacity and target, and what was invoiced for them.';
comment on column report.staff_utilisation.connection_id is 'Connection, hence organisation.';
comment on column report.staff_utilisation.connection_name is 'Name of the connection.';
comment on column report.staff_utilisation.staff_uuid is
    'Person; joins wfm.staff (connection_id, uuid). Former staff may not be there.';
comment on column report.staff_utilisation.staff_name is 'Name of the person, also of a former one.';
comment on column report.staff_utilisation.is_former is 'Whether the platform does not list the person today.';
comment on column report.staff_utilisation.month_on is 'First day of the calendar month.';
comment on column report.staff_utilisation.hours is 'Hours entered, leave included, corrections subtracted.';
comment on column report.staff_utilisation.billable_hours is 'The billable part of hours.';
comment on column report.staff_utilisation.other_hours is 'Hours that are neither billable nor leave.';
comment on column report.staff_utilisation.leave_hours is 'Hours on the jobs of setting.leave_job.';
comment on column report.staff_utilisation.capacity_hours is
    'Hours that the person is there for (setting.staff_capacity); null where no day of the month has any set.';
comment on column report.staff_utilisation.target_hours is
    'Hours that are to be billable: of each day (capacity less leave) times the target; null where none is set.';
comment on column report.staff_utilisation.productivity is
    'Billable hours / (capacity less leave); null where capacity is not set.';
comment on column report.staff_utilisation.billable_share is 'Billable hours / (hours less leave).';
comment on column report.staff_utilisation.invoiced_hours is
    'Hours that hang on a line of an approved or paid invoice.';
comment on column report.staff_utilisation.invoiced_amount is
    'What the invoice lines charge for these hours, excluding tax; null where a line says no minutes.';
comment on column report.staff_utilisation.realised_rate is 'invoiced_amount / invoiced_hours, excluding tax.';
comment on column report.staff_utilisation.data_as_of is
    'When the last answer that held all time entries of the month was asked for; null where none has been.';
comment on column report.staff_utilisation.is_complete is
    'Whether time entries of the whole month are complete, as report.is_complete says.';
