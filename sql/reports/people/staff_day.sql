-- Question: how much did each person work on each day, billable or not, and how much could they have worked?
--
-- Grain:    one row per connection, person and day with a time entry or with capacity.
-- Units:    hours are minutes / 60; invoiced_amount is in the organisation's currency and excludes tax.
-- Dates:    worked_on, the organisation's own calendar. Days with capacity go to the end of the current month.
-- Included: former staff, under the name that their time entries give; corrections, whose minutes are negative.
-- Left out: time entries the platform no longer lists.
-- Caveats:  billable is the flag of the entry, not of the task. Capacity and targets come from setting.staff_capacity,
--           leave from the jobs of setting.leave_job; capacity is null for a person of whom nothing is set.
--           invoiced_amount shares out what an invoice line of approved and paid invoices charges by the hour; it is
--           null where a line says no minutes.

create or replace view report.staff_day with (security_invoker = true) as
with day as (
    -- The days that can have capacity: from the first entry of the connection to the end of the current month.
    select connection.id as connection_id, day.day::date as day_on
    from inflow.connection
    cross join lateral (
        select min(t.worked_on) as first_on from wfm.timesheet t where t.connection_id = connection.id
    ) entries
    cross join lateral generate_series(
        entries.first_on::timestamp,
        (date_trunc('month', now() at time zone connection.time_zone) + interval '1 month - 1 day'),
        interval '1 day') day (day)
    where exists (select from setting.staff_capacity c where c.connection_id = connection.id)
),
part as (
    -- Sums that are kept while loading (decision 0030).
    select
        connection_id, staff_uuid, staff_name, day_on, month_on, minutes, billable_minutes, leave_minutes,
        invoiced_minutes, invoiced_amount, is_amount_unknown, null::numeric as capacity_hours,
        null::numeric as target_share
    from inflow.day_sum_now
    union all
    select
        period.connection_id, period.staff_uuid, null, day.day_on,
        date_trunc('month', day.day_on::timestamp)::date, 0, 0, 0, 0, null, false,
        period.weekday_hours[extract(isodow from day.day_on)::integer], period.target_share
    from day
    join setting.staff_capacity_period period
        on period.connection_id = day.connection_id and day.day_on >= period.valid_from
        and day.day_on < period.valid_until
),
summed as (
    select
        connection_id, staff_uuid, case when staff_uuid is null then staff_name end as name_alone, day_on,
        month_on,
        max(staff_name) as staff_name,
        sum(minutes)::bigint as minutes,
        sum(billable_minutes)::bigint as billable_minutes,
        sum(leave_minutes)::bigint as leave_minutes,
        sum(invoiced_minutes)::bigint as invoiced_minutes,
        case when not bool_or(is_amount_unknown) then coalesce(sum(invoiced_amount), 0) end as invoiced_amount,
        sum(capacity_hours) as capacity_hours,
        max(target_share) as target_share
    from part
    group by connection_id, staff_uuid, name_alone, day_on, month_on
)
select
    summed.connection_id,
    connection.name as connection_name,
    summed.staff_uuid,
    coalesce(btrim(staff.name), summed.staff_name) as staff_name,
    staff.uuid is null or staff.deleted_at is not null as is_former,
    summed.day_on,
    summed.minutes,
    summed.billable_minutes,
    summed.leave_minutes,
    summed.invoiced_minutes,
    inflow.hours(summed.minutes / 60.0)::numeric(12, 4) as hours,
    inflow.hours(summed.billable_minutes / 60.0)::numeric(12, 4) as billable_hours,
    inflow.hours((summed.minutes - summed.billable_minutes - summed.leave_minutes) / 60.0)::numeric(12, 4)
        as other_hours,
    inflow.hours(summed.leave_minutes / 60.0)::numeric(12, 4) as leave_hours,
    summed.capacity_hours::numeric(12, 4) as capacity_hours,
    inflow.hours(greatest(summed.capacity_hours - summed.leave_minutes / 60.0, 0) * summed.target_share)::numeric(12, 4)
        as target_hours,
    inflow.hours(summed.invoiced_minutes / 60.0)::numeric(12, 4) as invoiced_hours,
    inflow.money(summed.invoiced_amount)::numeric(19, 4) as invoiced_amount,
    summed.month_on
from summed
left join wfm.staff on staff.connection_id = summed.connection_id and staff.uuid = summed.staff_uuid
left join inflow.connection on connection.id = summed.connection_id
where summed.minutes <> 0 or summed.capacity_hours is distinct from 0;

comment on view report.staff_day is
    'Hours of each person on each day: billable, other, leave, capacity, target and what was invoiced for them.';
comment on column report.staff_day.connection_id is 'Connection, hence organisation.';
comment on column report.staff_day.connection_name is 'Name of the connection.';
comment on column report.staff_day.staff_uuid is
    'Person; joins wfm.staff (connection_id, uuid). Former staff may not be there.';
comment on column report.staff_day.staff_name is 'Name of the person, also of a former one.';
comment on column report.staff_day.is_former is 'Whether the platform does not list the person today.';
comment on column report.staff_day.day_on is 'The day.';
comment on column report.staff_day.minutes is 'Minutes entered, leave included.';
comment on column report.staff_day.billable_minutes is 'The billable part of minutes.';
comment on column report.staff_day.leave_minutes is 'Minutes on the jobs of setting.leave_job.';
comment on column report.staff_day.invoiced_minutes is
    'Minutes that hang on a line of an approved or paid invoice.';
comment on column report.staff_day.hours is 'Hours entered, leave included.';
comment on column report.staff_day.billable_hours is 'The billable part of hours.';
comment on column report.staff_day.other_hours is 'Hours that are neither billable nor leave.';
comment on column report.staff_day.leave_hours is 'Hours on the jobs of setting.leave_job.';
comment on column report.staff_day.capacity_hours is
    'Hours that the person is there for (setting.staff_capacity); null where nothing is set for the day.';
comment on column report.staff_day.target_hours is
    'Hours that are to be billable: (capacity less leave) times the target; null where one is not set.';
comment on column report.staff_day.invoiced_hours is 'invoiced_minutes in hours.';
comment on column report.staff_day.invoiced_amount is
    'What the invoice lines charge for these minutes, excluding tax; null where a line says no minutes.';
comment on column report.staff_day.month_on is 'First day of the calendar month of the day.';
