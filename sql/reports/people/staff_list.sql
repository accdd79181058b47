-- Question: who are the people, since when have they entered time, and what rates and hours are set for them today?
--
-- Grain:    one row per person: staff, and former staff that only time entries know.
-- Units:    rates are an hour's, in the organisation's currency, excluding tax; hours are a week's.
-- Dates:    worked_on of time entries; rates and capacity of today in the connection's zone.
-- Included: former staff, under the name that their time entries give.
-- Left out: staff the platform no longer lists and that have no time entry; entries without an identifier of a person.
-- Caveats:  rates, capacity and target come from setting.staff_rate and setting.staff_capacity, and are null where
--           nothing is set.

create or replace view report.staff_list with (security_invoker = true) as
with known as (
    select
        connection_id, uuid as staff_uuid, true as is_listed, null::text as staff_name, null::date as worked_on,
        null::integer as minutes
    from wfm.staff
    where deleted_at is null
    union all
    select connection_id, staff_uuid, false, staff_name, worked_on, minutes
    from wfm.timesheet
    where deleted_at is null and staff_uuid is not null
),
person as (
    select
        connection_id, staff_uuid, not bool_or(is_listed) as is_former, max(staff_name) as staff_name,
        min(worked_on) as first_on, max(worked_on) as last_on, sum(minutes) as minutes
    from known
    group by connection_id, staff_uuid
)
select
    person.connection_id,
    connection.name as connection_name,
    person.staff_uuid,
    btrim(coalesce(staff.name, person.staff_name)) as staff_name,
    person.is_former,
    staff.email,
    staff.phone,
    staff.mobile,
    staff.payroll_code,
    person.first_on as first_worked_on,
    person.last_on as last_worked_on,
    inflow.hours(coalesce(person.minutes, 0) / 60.0)::numeric(12, 4) as hours,
    rate.cost_rate::numeric(19, 4) as cost_rate,
    rate.charge_rate::numeric(19, 4) as charge_rate,
    (select sum(h) from unnest(capacity.weekday_hours) h)::numeric(12, 4) as capacity_hours_per_week,
    capacity.target_share::numeric(19, 4) as target_share
from person
left join inflow.connection on connection.id = person.connection_id
left join wfm.staff on staff.connection_id = person.connection_id and staff.uuid = person.staff_uuid
left join setting.staff_rate_period rate
    on rate.connection_id = person.connection_id and rate.staff_uuid = person.staff_uuid
    and (now() at time zone connection.time_zone)::date >= rate.valid_from
    and (now() at time zone connection.time_zone)::date < rate.valid_until
left join setting.staff_capacity_period capacity
    on capacity.connection_id = person.connection_id and capacity.staff_uuid = person.staff_uuid
    and (now() at time zone connection.time_zone)::date >= capacity.valid_from
    and (now() at time zone connection.time_zone)::date < capacity.valid_until;

comment on view report.staff_list is
    'Staff and former staff, their first and last day of work, and the rates and hours set today.';
comment on column report.staff_list.connection_id is 'Connection, hence organisation.';
comment on column report.staff_list.connection_name is 'Name of the connection.';
comment on column report.staff_list.staff_uuid is
    'Person; joins wfm.staff (connection_id, uuid). Former staff may not be there.';
comment on column report.staff_list.staff_name is 'Name of the person, also of a former one.';
comment on column report.staff_list.is_former is 'Whether the platform does not list the person today.';
comment on column report.staff_list.email is 'E-mail address.';
comment on column report.staff_list.phone is 'Telephone number, as typed.';
comment on column report.staff_list.mobile is 'Mobile number, as typed.';
comment on column report.staff_list.payroll_code is 'Code of the person in the payroll system.';
comment on column report.staff_list.first_worked_on is 'Earliest day of a time entry; null without any.';
comment on column report.staff_list.last_worked_on is 'Latest day of a time entry; null without any.';
comment on column report.staff_list.hours is 'Hours of all time entries, corrections subtracted.';
comment on column report.staff_list.cost_rate is 'What an hour costs the organisation today; null where it is not set.';
comment on column report.staff_list.charge_rate is
    'What an hour is sold for today, excluding tax; null where it is not set.';
comment on column report.staff_list.capacity_hours_per_week is 'Hours of a week today; null where nothing is set.';
comment on column report.staff_list.target_share is
    'Share that is to be billable today; null where there is no target.';
