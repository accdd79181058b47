-- What a report needs and the platform does not give: rates, capacity, jobs that stand for leave, states of jobs that
-- end them; and the schema of the views for tools that relate single columns.
--
-- People keep these tables, by SQL or from a CSV file ("inflow setting load"). Inflow reads nothing into them.

create schema setting;
comment on schema setting is
    'What reports need and the platform does not give, kept by people: rates, capacity, jobs for leave, states that '
    'end a job.';

create schema bi;
comment on schema bi is
    'Facts and dimensions over the records, with keys of one column, for tools that relate single columns only.';

create table setting.staff_rate (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    staff_uuid text collate "C" not null,
    valid_from date not null check (isfinite(valid_from)),
    cost_rate numeric(19, 4) check (cost_rate >= 0),
    charge_rate numeric(19, 4) check (charge_rate >= 0),
    primary key (connection_id, staff_uuid, valid_from)
);
comment on table setting.staff_rate is
    'What an hour of a person costs, and what it is sold for, from a day on until the person''s next row.';
comment on column setting.staff_rate.connection_id is 'Connection, hence organisation.';
comment on column setting.staff_rate.staff_uuid is
    'Staff member; joins wfm.staff (connection_id, uuid), or former staff in wfm.timesheet.staff_uuid.';
comment on column setting.staff_rate.valid_from is 'First day that the rates hold for.';
comment on column setting.staff_rate.cost_rate is
    'What an hour costs the organisation, in its currency; null where nobody knows.';
comment on column setting.staff_rate.charge_rate is
    'What an hour is sold for, excluding tax, in the organisation''s currency; null where nobody knows.';

create table setting.staff_capacity (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    staff_uuid text collate "C" not null,
    valid_from date not null check (isfinite(valid_from)),
    monday_hours numeric(12, 4) not null default 0 check (monday_hours between 0 and 24),
    tuesday_hours numeric(12, 4) not null default 0 check (tuesday_hours between 0 and 24),
    wednesday_hours numeric(12, 4) not null default 0 check (wednesday_hours between 0 and 24),
    thursday_hours numeric(12, 4) not null default 0 check (thursday_hours between 0 and 24),
    friday_hours numeric(12, 4) not null default 0 check (friday_hours between 0 and 24),
    saturday_hours numeric(12, 4) not null default 0 check (saturday_hours between 0 and 24),
    sunday_hours numeric(12, 4) not null default 0 check (sunday_hours between 0 and 24),
    target_share numeric(19, 4) check (target_share between 0 and 1),
    primary key (connection_id, staff_uuid, valid_from)
);
comment on table setting.staff_capacity is
    'How long a person works on each weekday, and how much of it is to be billable, from a day on until the person''s '
    'next row.';
comment on column setting.staff_capacity.connection_id is 'Connection, hence organisation.';
comment on column setting.staff_capacity.staff_uuid is
    'Staff member; joins wfm.staff (connection_id, uuid), or former staff in wfm.timesheet.staff_uuid.';
comment on column setting.staff_capacity.valid_from is
    'First day that it holds for; a person who leaves has a last row with no hours.';
comment on column setting.staff_capacity.monday_hours is 'Hours on a Monday.';
comment on column setting.staff_capacity.tuesday_hours is 'Hours on a Tuesday.';
comment on column setting.staff_capacity.wednesday_hours is 'Hours on a Wednesday.';
comment on column setting.staff_capacity.thursday_hours is 'Hours on a Thursday.';
comment on column setting.staff_capacity.friday_hours is 'Hours on a Friday.';
comment on column setting.staff_capacity.saturday_hours is 'Hours on a Saturday.';
comment on column setting.staff_capacity.sunday_hours is 'Hours on a Sunday.';
comment on column setting.staff_capacity.target_share is
    'Share of the hours without leave that is to be billable, 0 to 1; null where there is no target.';

create table setting.leave_job (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    job_number text collate "C" not null,
    primary key (connection_id, job_number)
);
comment on table setting.leave_job is
    'Jobs on which people enter leave: their time lowers capacity, and is neither work nor work in progress.';
comment on column setting.leave_job.connection_id is 'Connection, hence organisation.';
comment on column setting.leave_job.job_number is 'Number of the job; joins wfm.job (connection_id, number).';

create table setting.closed_state (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    state text collate "C" not null,
    primary key (connection_id, state)
);
comment on table setting.closed_state is
    'States of jobs in which nothing more is invoiced: a job in one of them is no work in progress.';
comment on column setting.closed_state.connection_id is 'Connection, hence organisation.';
comment on column setting.closed_state.state is
    'State, in the organisation''s own words; joins wfm.job (connection_id, state), whatever the case of its letters.';

create view setting.staff_rate_period with (security_invoker = true) as
select
    connection_id, staff_uuid, cost_rate, charge_rate, valid_from,
    lead(valid_from, 1, 'infinity') over (partition by connection_id, staff_uuid order by valid_from) as valid_until
from setting.staff_rate;
comment on view setting.staff_rate_period is 'setting.staff_rate with the day on which each row ends.';
comment on column setting.staff_rate_period.connection_id is 'Connection, hence organisation.';
comment on column setting.staff_rate_period.staff_uuid is 'Staff member.';
comment on column setting.staff_rate_period.cost_rate is 'What an hour costs the organisation.';
comment on column setting.staff_rate_period.charge_rate is 'What an hour is sold for, excluding tax.';
comment on column setting.staff_rate_period.valid_from is 'First day that the rates hold for.';
comment on column setting.staff_rate_period.valid_until is
    'The day after the last one; infinity for the last row of a person.';

create view setting.staff_capacity_period with (security_invoker = true) as
select
    connection_id, staff_uuid, target_share, valid_from,
    array[
        monday_hours, tuesday_hours, wednesday_hours, thursday_hours, friday_hours, saturday_hours, sunday_hours
    ] as weekday_hours,
    lead(valid_from, 1, 'infinity') over (partition by connection_id, staff_uuid order by valid_from) as valid_until
from setting.staff_capacity;
comment on view setting.staff_capacity_period is 'setting.staff_capacity with the day on which each row ends.';
comment on column setting.staff_capacity_period.connection_id is 'Connection, hence organisation.';
comment on column setting.staff_capacity_period.staff_uuid is 'Staff member.';
comment on column setting.staff_capacity_period.target_share is
    'Share of the hours without leave that is to be billable.';
comment on column setting.staff_capacity_period.valid_from is 'First day that it holds for.';
comment on column setting.staff_capacity_period.weekday_hours is
    'Hours by weekday, from Monday (1) to Sunday (7): weekday_hours[extract(isodow from day)].';
comment on column setting.staff_capacity_period.valid_until is
    'The day after the last one; infinity for the last row of a person.';

-- The fiscal year of a month, named after the calendar year in which it ends.
create function inflow.fiscal_year(month_on date, first_month integer) returns integer
    language sql
    immutable
    parallel safe
    return extract(year from month_on + make_interval(months => (13 - first_month) % 12))::integer;
comment on function inflow.fiscal_year(date, integer) is
    'The fiscal year of a day, named after the calendar year in which it ends; first_month is 1 to 12.';

-- In which column of an ageing an open amount stands, by the days since it was due.
create function inflow.ageing_bucket(days integer) returns text
    language sql
    immutable
    parallel safe
    return case
        when days is null then 'no_due_date'
        when days <= 0 then 'not_due'
        when days <= 30 then 'd1_30'
        when days <= 60 then 'd31_60'
        when days <= 90 then 'd61_90'
        else 'd90_more'
    end;
comment on function inflow.ageing_bucket(integer) is
    'The column of an ageing, by days since the due day; an invoice is not due on the due day itself.';

-- True where an entity of a connection had been loaded by a moment; raises otherwise, since an empty list would look
-- like an organisation that had nothing then.
create function inflow.check_loaded(connection bigint, of_entity text, moment timestamptz) returns boolean
    language plpgsql
    stable
    security invoker
as $$
declare
    first_load timestamptz;
    name text;
begin
    select min(k.ended_at) into first_load
    from inflow.chunk k
    where k.connection_id = connection and k.entity = of_entity and k.status = 'loaded';
    if first_load <= moment then
        return true;
    end if;
    select c.name into name from inflow.connection c where c.id = connection;
    raise exception using
        errcode = 'invalid_parameter_value',
        message = format(
            'Inflow cannot say how wfm.%s of "%s" was at %s: it had loaded nothing of it.', of_entity, name, moment),
        hint = case
            when first_load is null then 'Nothing of it has been loaded yet.'
            else format('The first load of it ended at %s.', first_load)
        end;
end
$$;
comment on function inflow.check_loaded(bigint, text, timestamptz) is
    'True where an entity of a connection had been loaded by a moment; raises otherwise.';
