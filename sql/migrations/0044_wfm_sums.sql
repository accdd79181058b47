-- Sums that are kept while loading, so that a report of whole jobs, tasks or people's days need not add up every time entry.
--
-- What is kept can never be wrong, only due: whoever writes a record that a sum depends on marks the jobs and months
-- it touches, in the same transaction and by triggers; a view takes what is due from the records themselves, by the same function
-- that fills the kept sums, and the rest from what is kept. inflow.keep_sums, after a run, settles what is due. Of a connection
-- without a row in inflow.sums_kept all is due, and nothing is marked: a first load pays for no sum.
-- (Decision 0030.)

create table inflow.job_sum (
    connection_id bigint not null,
    job_number text collate "C" not null,
    job_uuid text collate "C",
    minutes bigint not null,
    billable_minutes bigint not null,
    time_cost numeric,
    time_value numeric,
    invoiced numeric not null,
    invoiced_time numeric not null,
    invoiced_costs numeric not null,
    last_invoiced_on date,
    final_on date,
    interim_invoiced numeric not null,
    has_costs boolean not null,
    costs numeric,
    costs_price numeric,
    has_orders boolean not null,
    ordered_not_booked numeric,
    open_minutes bigint not null,
    open_billable_minutes bigint not null,
    written_off_minutes bigint not null,
    open_entries bigint not null,
    open_valued bigint not null,
    open_valued_by_setting bigint not null,
    open_value numeric,
    oldest_on date,
    latest_on date,
    value_days date[] not null,
    day_values numeric[] not null,
    open_costs_price numeric,
    open_costs_invoiced numeric not null,
    primary key (connection_id, job_number)
);
comment on table inflow.job_sum is
    'What time, invoices, costs and orders of a job come to; report.job_profitability and work_in_progress are made of it. '
    'Not to be read where inflow.job_due has the job: inflow.job_sum_now is right always.';
comment on column inflow.job_sum.connection_id is 'Connection, hence organisation.';
comment on column inflow.job_sum.job_number is 'Number of the job, as time entries and lines name it.';
comment on column inflow.job_sum.job_uuid is 'The job with the number (report.document_job); null where none is loaded.';
comment on column inflow.job_sum.minutes is 'Minutes of its time entries.';
comment on column inflow.job_sum.billable_minutes is 'The billable part of minutes.';
comment on column inflow.job_sum.time_cost is 'What its time cost at the rates of setting.staff_rate; null where an entry has none.';
comment on column inflow.job_sum.time_value is
    'What its billable time is worth at the rates of setting.staff_rate; null where an entry has none.';
comment on column inflow.job_sum.invoiced is 'Invoiced on all lines, excluding tax.';
comment on column inflow.job_sum.invoiced_time is 'Invoiced on task lines.';
comment on column inflow.job_sum.invoiced_costs is 'Invoiced on cost lines.';
comment on column inflow.job_sum.last_invoiced_on is 'Date of its latest invoice.';
comment on column inflow.job_sum.final_on is 'Date of its latest final invoice; null without one.';
comment on column inflow.job_sum.interim_invoiced is 'The part of invoiced_time on lines that no time hangs on.';
comment on column inflow.job_sum.has_costs is 'Whether costs are booked.';
comment on column inflow.job_sum.costs is 'What they cost.';
comment on column inflow.job_sum.costs_price is 'The price of the billable ones.';
comment on column inflow.job_sum.has_orders is 'Whether anything is ordered.';
comment on column inflow.job_sum.ordered_not_booked is 'What is ordered beyond the costs of the same supplier.';
comment on column inflow.job_sum.open_minutes is
    'Minutes that hang on no line, or on one of a cancelled invoice, and are later than final_on; so all that begins with open.';
comment on column inflow.job_sum.open_billable_minutes is 'The billable part of open_minutes.';
comment on column inflow.job_sum.written_off_minutes is 'Billable minutes on no line that are not later than final_on.';
comment on column inflow.job_sum.open_entries is 'Billable open time entries.';
comment on column inflow.job_sum.open_valued is 'Those of them that have a rate: one that is set, or what an hour of the job was invoiced for.';
comment on column inflow.job_sum.open_valued_by_setting is 'Those of them whose rate is set.';
comment on column inflow.job_sum.open_value is 'Minutes times the rate of an hour of those that have one.';
comment on column inflow.job_sum.oldest_on is 'Earliest day of billable open time.';
comment on column inflow.job_sum.latest_on is 'Latest day of billable open time.';
comment on column inflow.job_sum.value_days is 'The days of the entries of open_value, an entry each, in no order.';
comment on column inflow.job_sum.day_values is 'The part of open_value of each of these entries.';
comment on column inflow.job_sum.open_costs_price is 'Price of the billable costs later than final_on.';
comment on column inflow.job_sum.open_costs_invoiced is 'Invoiced on cost lines later than final_on.';

create table inflow.task_sum (
    connection_id bigint not null,
    task_uuid text collate "C" not null,
    job_number text collate "C" not null,
    minutes bigint not null,
    billable_minutes bigint not null,
    last_on date not null,
    primary key (connection_id, task_uuid, job_number)
);
create index task_sum_job_number on inflow.task_sum (connection_id, job_number);
comment on table inflow.task_sum is
    'What was worked on each task of a job; report.estimate_accuracy is made of it. Not to be read where inflow.job_due has '
    'the job.';
comment on column inflow.task_sum.connection_id is 'Connection, hence organisation.';
comment on column inflow.task_sum.task_uuid is 'Task of the job; joins wfm.job_task (connection_id, uuid).';
comment on column inflow.task_sum.job_number is 'Job that the time entries name; empty where they name none.';
comment on column inflow.task_sum.minutes is 'Minutes worked.';
comment on column inflow.task_sum.billable_minutes is 'The billable part of minutes.';
comment on column inflow.task_sum.last_on is 'Latest day worked.';

create table inflow.day_sum (
    connection_id bigint not null,
    day_on date not null,
    person text collate "C" not null,
    staff_uuid text collate "C",
    staff_name text,
    minutes bigint not null,
    billable_minutes bigint not null,
    leave_minutes bigint not null,
    invoiced_minutes bigint not null,
    invoiced_amount numeric not null,
    is_amount_unknown boolean not null,
    primary key (connection_id, day_on, person)
);
comment on table inflow.day_sum is
    'What each person worked on each day; report.staff_day is made of it. Not to be read where inflow.month_due has the '
    'month: inflow.day_sum_now is right always.';
comment on column inflow.day_sum.connection_id is 'Connection, hence organisation.';
comment on column inflow.day_sum.day_on is 'Day worked.';
comment on column inflow.day_sum.person is 'The person: identifier:…, or name:… of entries without an identifier.';
comment on column inflow.day_sum.staff_uuid is 'Person; joins wfm.staff (connection_id, uuid).';
comment on column inflow.day_sum.staff_name is 'Name on the time entries.';
comment on column inflow.day_sum.minutes is 'Minutes entered.';
comment on column inflow.day_sum.billable_minutes is 'The billable part of minutes, without leave.';
comment on column inflow.day_sum.leave_minutes is 'Minutes on the jobs of setting.leave_job.';
comment on column inflow.day_sum.invoiced_minutes is 'Minutes that hang on a line of an approved or paid invoice.';
comment on column inflow.day_sum.invoiced_amount is 'What these lines charge for the minutes, excluding tax.';
comment on column inflow.day_sum.is_amount_unknown is 'Whether one of these lines says no minutes.';

create table inflow.sums_kept (
    connection_id bigint primary key,
    kept_at timestamptz not null default now()
);
comment on table inflow.sums_kept is
    'Connections whose sums are kept: those of a connection that is not here are all computed from the records.';
comment on column inflow.sums_kept.connection_id is 'Connection, hence organisation.';
comment on column inflow.sums_kept.kept_at is 'When all of them were computed.';

-- Marks are only added, and taken away when they are settled: two transactions that mark one job do not wait for each other.
create table inflow.job_due (
    connection_id bigint not null,
    job_number text collate "C" not null,
    id bigint generated always as identity,
    primary key (connection_id, job_number, id)
);
comment on table inflow.job_due is
    'Jobs whose sums (inflow.job_sum, inflow.task_sum) do not hold any more: views compute theirs from the records.';
comment on column inflow.job_due.connection_id is 'Connection, hence organisation.';
comment on column inflow.job_due.job_number is 'Number of the job; empty for time on no job.';
comment on column inflow.job_due.id is 'Number of the mark; a job may have several.';

create table inflow.month_due (
    connection_id bigint not null,
    month_on date not null,
    id bigint generated always as identity,
    primary key (connection_id, month_on, id)
);
comment on table inflow.month_due is
    'Months whose days (inflow.day_sum) do not hold any more: views compute theirs from the records.';
comment on column inflow.month_due.connection_id is 'Connection, hence organisation.';
comment on column inflow.month_due.month_on is 'First day of the month.';
comment on column inflow.month_due.id is 'Number of the mark; a month may have several.';

-- What the sums of a few jobs are found by.
create index invoice_task_job_number on wfm.invoice_task (connection_id, job_number);
create index invoice_cost_job_number on wfm.invoice_cost (connection_id, job_number);
create index invoice_job_text on wfm.invoice (connection_id, job_text);

-- The sums of some jobs, from the records.
create function inflow.job_sums(connection bigint, numbers text[]) returns setof inflow.job_sum
    language plpgsql
    stable
    security invoker
    rows 1000
    set plan_cache_mode = force_custom_plan
as $$
declare
    invoices text[];
begin
    -- The invoices that may have a line of these jobs, so that few jobs look at few invoices.
    invoices := array(
        select t.invoice_uuid from wfm.invoice_task t where t.connection_id = connection and t.job_number = any (numbers)
        union
        select c.invoice_uuid from wfm.invoice_cost c where c.connection_id = connection and c.job_number = any (numbers)
        union
        select i.uuid from wfm.invoice i where i.connection_id = connection and i.job_text = any (numbers)
    );
    return query
    with released as materialized (
        -- Lines that only cancelled or deleted invoices have. From the few such invoices on, and not from every line.
        select distinct task.uuid
        from wfm.invoice
        join wfm.invoice_task task on task.connection_id = invoice.connection_id and task.invoice_uuid = invoice.uuid
        where invoice.connection_id = connection
            and (invoice.deleted_at is not null or lower(invoice.status) = 'cancelled')
            and not exists (
                select from wfm.invoice_task other
                join wfm.invoice kept on kept.connection_id = other.connection_id and kept.uuid = other.invoice_uuid
                where other.connection_id = task.connection_id and other.uuid = task.uuid
                    and other.invoice_uuid <> task.invoice_uuid
                    and kept.deleted_at is null and lower(kept.status) is distinct from 'cancelled'
            )
    ),
    line as materialized (
        select l.kind, l.line_key, l.job_number, l.amount, l.minutes, l.billable, l.issued_on, l.invoice_type
        from report.invoice_line l
        where l.connection_id = connection and l.invoice_uuid = any (invoices) and l.job_number = any (numbers)
    ),
    charged as materialized (
        select
            line.job_number,
            sum(line.amount) as amount,
            sum(line.amount) filter (where line.kind = 'time') as time_amount,
            sum(line.amount) filter (where line.kind = 'cost') as cost_amount,
            sum(line.amount) filter (where line.kind = 'time' and entry.invoice_task_uuid is null) as interim,
            sum(line.amount) filter (where line.kind = 'time' and line.billable)
                / nullif(greatest(sum(line.minutes) filter (where line.billable), 0), 0) * 60 as rate,
            max(line.issued_on) as last_on,
            max(line.issued_on) filter (where lower(line.invoice_type) = 'final invoice') as final_on
        from line
        -- One entry of a line is enough; a list of the lines of all entries would be long.
        left join lateral (
            select t.invoice_task_uuid
            from wfm.timesheet t
            where t.connection_id = connection and t.invoice_task_uuid = line.line_key
                and t.deleted_at is null and line.kind = 'time'
            limit 1
        ) entry on true
        group by line.job_number
    ),
    entry as (
        select
            t.job_number, t.worked_on, t.minutes, t.billable, rate.cost_rate, rate.charge_rate,
            -- Not a join: PostgreSQL would make a table of all entries to look the few lines up in.
            t.billable and is_unbilled.is_unbilled and is_open.is_open as is_open_billable,
            is_unbilled.is_unbilled, is_open.is_open,
            -- Worth times 60: one division for each sum, and not one for each entry.
            coalesce(rate.charge_rate, charged.rate) * t.minutes as value
        from wfm.timesheet t
        left join charged on charged.job_number = t.job_number
        left join setting.staff_rate_period rate
            on rate.connection_id = connection and rate.staff_uuid = t.staff_uuid
            and t.worked_on >= rate.valid_from and t.worked_on < rate.valid_until
        cross join lateral (
            select t.invoice_task_uuid is null or t.invoice_task_uuid in (select r.uuid from released r) as is_unbilled
        ) is_unbilled
        cross join lateral (select not coalesce(t.worked_on <= charged.final_on, false) as is_open) is_open
        where t.connection_id = connection and t.job_number = any (numbers) and t.deleted_at is null
        -- So that the worth of an entry is computed once, and not in each of the sums.
        offset 0
    ),
    worked as (
        select
            entry.job_number,
            sum(entry.minutes)::bigint as minutes,
            coalesce(sum(entry.minutes) filter (where entry.billable), 0)::bigint as billable_minutes,
            case when bool_and(entry.cost_rate is not null) then sum(entry.minutes * entry.cost_rate) / 60 end as cost,
            case
                when coalesce(bool_and(entry.charge_rate is not null) filter (where entry.billable), true)
                then coalesce(sum(entry.minutes * entry.charge_rate) filter (where entry.billable) / 60, 0)
            end as value,
            coalesce(sum(entry.minutes) filter (where entry.is_unbilled and entry.is_open), 0)::bigint as open_minutes,
            coalesce(sum(entry.minutes) filter (where entry.is_open_billable), 0)::bigint as open_billable_minutes,
            coalesce(sum(entry.minutes) filter (where entry.billable and entry.is_unbilled and not entry.is_open), 0)::bigint
                as written_off_minutes,
            count(*) filter (where entry.is_open_billable) as open_entries,
            count(entry.value) filter (where entry.is_open_billable) as open_valued,
            count(entry.charge_rate) filter (where entry.is_open_billable) as open_valued_by_setting,
            sum(entry.value) filter (where entry.is_open_billable) as open_value,
            min(entry.worked_on) filter (where entry.is_open_billable) as oldest_on,
            max(entry.worked_on) filter (where entry.is_open_billable) as latest_on,
            array_agg(entry.worked_on) filter (where entry.is_open_billable and entry.value is not null) as value_days,
            array_agg(entry.value) filter (where entry.is_open_billable and entry.value is not null) as day_values
        from entry
        group by entry.job_number
    ),
    cost as (
        select
            c.job_number,
            sum(c.quantity * c.unit_cost) as cost,
            sum(c.quantity * c.unit_price) filter (where c.billable) as price,
            sum(c.quantity * c.unit_price) filter (
                where c.billable and (charged.final_on is null or c.incurred_on > charged.final_on)) as open_price
        from wfm.job_cost c
        left join charged on charged.job_number = c.job_number
        where c.connection_id = connection and c.job_number = any (numbers) and c.deleted_at is null
        group by c.job_number
    ),
    ordered as (
        select o.job_number, sum(case when o.amount is not null then greatest(o.amount - coalesce(c.cost, 0), 0) end)
            as not_booked
        from (
            select p.job_number, p.supplier_uuid, sum(p.amount) as amount
            from wfm.purchase_order p
            where p.connection_id = connection and p.job_number = any (numbers) and p.deleted_at is null
                and coalesce(lower(p.state), '') not in ('draft', 'cancelled')
            group by p.job_number, p.supplier_uuid
        ) o
        left join lateral (
            select sum(k.quantity * k.unit_cost) as cost
            from wfm.job_cost k
            where k.connection_id = connection and k.job_number = o.job_number and k.supplier_uuid = o.supplier_uuid
                and k.deleted_at is null
        ) c on true
        group by o.job_number
    ),
    charged_cost as (
        select line.job_number, sum(line.amount) as amount
        from line
        join charged on charged.job_number = line.job_number
        where line.kind = 'cost' and (charged.final_on is null or line.issued_on > charged.final_on)
        group by line.job_number
    ),
    named as (
        select n.job_number, n.job_uuid
        from report.document_job n
        where n.connection_id = connection and n.job_number = any (numbers)
    )
    select
        connection, number.job_number, named.job_uuid,
        coalesce(worked.minutes, 0), coalesce(worked.billable_minutes, 0),
        case when worked.job_number is null then 0 else worked.cost end,
        case when worked.job_number is null then 0 else worked.value end,
        coalesce(charged.amount, 0), coalesce(charged.time_amount, 0), coalesce(charged.cost_amount, 0),
        charged.last_on, charged.final_on, coalesce(charged.interim, 0),
        cost.job_number is not null, cost.cost, cost.price,
        ordered.job_number is not null, ordered.not_booked,
        coalesce(worked.open_minutes, 0), coalesce(worked.open_billable_minutes, 0),
        coalesce(worked.written_off_minutes, 0), coalesce(worked.open_entries, 0), coalesce(worked.open_valued, 0),
        coalesce(worked.open_valued_by_setting, 0), worked.open_value, worked.oldest_on, worked.latest_on,
        coalesce(worked.value_days, '{}'), coalesce(worked.day_values, '{}'), cost.open_price,
        coalesce(charged_cost.amount, 0)
    from (
        select w.job_number from worked w union select c.job_number from charged c union select c.job_number from cost c
        union select o.job_number from ordered o union select n.job_number from named n
    ) number
    left join named on named.job_number = number.job_number
    left join worked on worked.job_number = number.job_number
    left join charged on charged.job_number = number.job_number
    left join cost on cost.job_number = number.job_number
    left join ordered on ordered.job_number = number.job_number
    left join charged_cost on charged_cost.job_number = number.job_number;
end
$$;
comment on function inflow.job_sums(bigint, text[]) is
    'What inflow.job_sum is to hold of some jobs, from the records.';

-- What was worked on the tasks of some jobs, from the records; an empty number means time on no job.
create function inflow.task_sums(connection bigint, numbers text[]) returns setof inflow.task_sum
    language plpgsql
    stable
    security invoker
    rows 1000
    set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select
        connection, t.task_uuid, coalesce(t.job_number, ''), sum(t.minutes)::bigint,
        coalesce(sum(t.minutes) filter (where t.billable), 0)::bigint, max(t.worked_on)
    from wfm.timesheet t
    where t.connection_id = connection and (t.job_number = any (numbers) or t.job_number is null and '' = any (numbers))
        and t.deleted_at is null and t.task_uuid is not null
    group by t.task_uuid, coalesce(t.job_number, '');
end
$$;
comment on function inflow.task_sums(bigint, text[]) is
    'What inflow.task_sum is to hold of the tasks of some jobs, from the records.';

-- What people worked on the days of some months, from the records.
create function inflow.day_sums(connection bigint, months date[]) returns setof inflow.day_sum
    language plpgsql
    stable
    security invoker
    rows 1000
    set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    with entry as materialized (
        select
            t.staff_uuid, btrim(t.staff_name) as staff_name, t.worked_on, t.minutes, t.invoice_task_uuid, t.billable,
            t.job_number
        from unnest(months) m (month_on)
        join wfm.timesheet t
            on t.worked_on >= m.month_on and t.worked_on < (m.month_on + interval '1 month')::date
        where t.connection_id = connection and t.deleted_at is null
    ),
    line as materialized (
        select distinct on (task.uuid)
            task.uuid, task.amount / nullif(task.minutes, 0) as rate_per_minute
        from (select distinct e.invoice_task_uuid as uuid from entry e where e.invoice_task_uuid is not null) link
        join wfm.invoice_task task on task.connection_id = connection and task.uuid = link.uuid
        join wfm.invoice on invoice.connection_id = connection and invoice.uuid = task.invoice_uuid
        where invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid')
        order by task.uuid, invoice.issued_on desc, invoice.uuid
    )
    select
        connection, entry.worked_on,
        coalesce('identifier:' || entry.staff_uuid, 'name:' || entry.staff_name, ''),
        entry.staff_uuid, max(entry.staff_name), sum(entry.minutes)::bigint,
        coalesce(sum(entry.minutes) filter (where entry.billable and leave.job_number is null), 0)::bigint,
        coalesce(sum(entry.minutes) filter (where leave.job_number is not null), 0)::bigint,
        coalesce(sum(entry.minutes) filter (where line.uuid is not null), 0)::bigint,
        coalesce(sum(entry.minutes * line.rate_per_minute), 0),
        bool_or(line.uuid is not null and line.rate_per_minute is null)
    from entry
    left join line on line.uuid = entry.invoice_task_uuid
    left join setting.leave_job leave on leave.connection_id = connection and leave.job_number = entry.job_number
    group by entry.worked_on, entry.staff_uuid, case when entry.staff_uuid is null then entry.staff_name end,
        coalesce('identifier:' || entry.staff_uuid, 'name:' || entry.staff_name, '');
end
$$;
comment on function inflow.day_sums(bigint, date[]) is
    'What inflow.day_sum is to hold of some months, from the records.';

-- All job numbers that records of a connection have, and all months with time.
create function inflow.all_jobs(connection bigint) returns text[]
    language sql
    stable
as $$
    select array(
        select number.number
        from (
            select distinct coalesce(t.job_number, '') from wfm.timesheet t where t.connection_id = connection
            union
            select t.job_number from wfm.invoice_task t where t.connection_id = connection
            union
            select c.job_number from wfm.invoice_cost c where c.connection_id = connection
            union
            select i.job_text from wfm.invoice i where i.connection_id = connection
            union
            select j.number from wfm.job j where j.connection_id = connection
            union
            select c.job_number from wfm.job_cost c where c.connection_id = connection
            union
            select p.job_number from wfm.purchase_order p where p.connection_id = connection
        ) number (number)
        where number.number is not null
    )
$$;
comment on function inflow.all_jobs(bigint) is
    'All job numbers that records of a connection have; an empty one where time is on no job.';

create function inflow.all_months(connection bigint) returns date[]
    language sql
    stable
as $$
    select array(
        select distinct date_trunc('month', day.worked_on::timestamp)::date
        from (select distinct t.worked_on from wfm.timesheet t where t.connection_id = connection) day
    )
$$;
comment on function inflow.all_months(bigint) is 'All months with time of a connection.';

create view inflow.jobs_due with (security_invoker = true) as
select due.connection_id, array_agg(distinct due.job_number) as numbers
from inflow.job_due due
join inflow.sums_kept state on state.connection_id = due.connection_id
group by due.connection_id
union all
select connection.id, inflow.all_jobs(connection.id)
from inflow.connection
where not exists (select from inflow.sums_kept state where state.connection_id = connection.id);
comment on view inflow.jobs_due is 'The jobs of each connection whose sums are to be computed from the records.';

create view inflow.months_due with (security_invoker = true) as
select due.connection_id, array_agg(distinct due.month_on) as months
from inflow.month_due due
join inflow.sums_kept state on state.connection_id = due.connection_id
group by due.connection_id
union all
select connection.id, inflow.all_months(connection.id)
from inflow.connection
where not exists (select from inflow.sums_kept state where state.connection_id = connection.id);
comment on view inflow.months_due is 'The months of each connection whose days are to be computed from the records.';

create view inflow.job_sum_now with (security_invoker = true) as
select kept.*
from inflow.job_sum kept
where exists (select from inflow.sums_kept state where state.connection_id = kept.connection_id)
    and not exists (
        select from inflow.job_due due
        where due.connection_id = kept.connection_id and due.job_number = kept.job_number
    )
union all
select computed.*
from inflow.jobs_due due
cross join lateral inflow.job_sums(due.connection_id, due.numbers) computed;
comment on view inflow.job_sum_now is 'The sums of inflow.job_sum as they are: kept, or computed where they are due.';

create view inflow.day_sum_now with (security_invoker = true) as
select kept.*
from inflow.day_sum kept
where exists (select from inflow.sums_kept state where state.connection_id = kept.connection_id)
    and not exists (
        select from inflow.month_due due
        where due.connection_id = kept.connection_id
            and kept.day_on >= due.month_on and kept.day_on < (due.month_on + interval '1 month')::date
    )
union all
select computed.*
from inflow.months_due due
cross join lateral inflow.day_sums(due.connection_id, due.months) computed;
comment on view inflow.day_sum_now is 'The sums of inflow.day_sum as they are: kept, or computed where they are due.';

-- The columns of these views are those of the tables.
comment on column inflow.day_sum_now.connection_id is 'Connection, hence organisation.';
comment on column inflow.day_sum_now.day_on is 'Day worked.';
comment on column inflow.day_sum_now.person is 'The person: identifier:…, or name:… of entries without an identifier.';
comment on column inflow.day_sum_now.staff_uuid is 'Person; joins wfm.staff (connection_id, uuid).';
comment on column inflow.day_sum_now.staff_name is 'Name on the time entries.';
comment on column inflow.day_sum_now.minutes is 'Minutes entered.';
comment on column inflow.day_sum_now.billable_minutes is 'The billable part of minutes, without leave.';
comment on column inflow.day_sum_now.leave_minutes is 'Minutes on the jobs of setting.leave_job.';
comment on column inflow.day_sum_now.invoiced_minutes is 'Minutes that hang on a line of an approved or paid invoice.';
comment on column inflow.day_sum_now.invoiced_amount is 'What these lines charge for the minutes, excluding tax.';
comment on column inflow.day_sum_now.is_amount_unknown is 'Whether one of these lines says no minutes.';
comment on column inflow.job_sum_now.connection_id is 'Connection, hence organisation.';
comment on column inflow.job_sum_now.job_number is 'Number of the job, as time entries and lines name it.';
comment on column inflow.job_sum_now.job_uuid is 'The job with the number (report.document_job); null where none is loaded.';
comment on column inflow.job_sum_now.minutes is 'Minutes of its time entries.';
comment on column inflow.job_sum_now.billable_minutes is 'The billable part of minutes.';
comment on column inflow.job_sum_now.time_cost is 'What its time cost at the rates of setting.staff_rate; null where an entry has none.';
comment on column inflow.job_sum_now.time_value is 'What its billable time is worth at the rates of setting.staff_rate; null where an entry has none.';
comment on column inflow.job_sum_now.invoiced is 'Invoiced on all lines, excluding tax.';
comment on column inflow.job_sum_now.invoiced_time is 'Invoiced on task lines.';
comment on column inflow.job_sum_now.invoiced_costs is 'Invoiced on cost lines.';
comment on column inflow.job_sum_now.last_invoiced_on is 'Date of its latest invoice.';
comment on column inflow.job_sum_now.final_on is 'Date of its latest final invoice; null without one.';
comment on column inflow.job_sum_now.interim_invoiced is 'The part of invoiced_time on lines that no time hangs on.';
comment on column inflow.job_sum_now.has_costs is 'Whether costs are booked.';
comment on column inflow.job_sum_now.costs is 'What they cost.';
comment on column inflow.job_sum_now.costs_price is 'The price of the billable ones.';
comment on column inflow.job_sum_now.has_orders is 'Whether anything is ordered.';
comment on column inflow.job_sum_now.ordered_not_booked is 'What is ordered beyond the costs of the same supplier.';
comment on column inflow.job_sum_now.open_minutes is 'Minutes that hang on no line, or on one of a cancelled invoice, and are later than final_on; so all that begins with open.';
comment on column inflow.job_sum_now.open_billable_minutes is 'The billable part of open_minutes.';
comment on column inflow.job_sum_now.written_off_minutes is 'Billable minutes on no line that are not later than final_on.';
comment on column inflow.job_sum_now.open_entries is 'Billable open time entries.';
comment on column inflow.job_sum_now.open_valued is 'Those of them that have a rate: one that is set, or what an hour of the job was invoiced for.';
comment on column inflow.job_sum_now.open_valued_by_setting is 'Those of them whose rate is set.';
comment on column inflow.job_sum_now.open_value is 'Minutes times the rate of an hour of those that have one.';
comment on column inflow.job_sum_now.oldest_on is 'Earliest day of billable open time.';
comment on column inflow.job_sum_now.latest_on is 'Latest day of billable open time.';
comment on column inflow.job_sum_now.value_days is 'The days of the entries of open_value, an entry each, in no order.';
comment on column inflow.job_sum_now.day_values is 'The part of open_value of each of these entries.';
comment on column inflow.job_sum_now.open_costs_price is 'Price of the billable costs later than final_on.';
comment on column inflow.job_sum_now.open_costs_invoiced is 'Invoiced on cost lines later than final_on.';
comment on column inflow.jobs_due.connection_id is 'Connection, hence organisation.';
comment on column inflow.jobs_due.numbers is 'Numbers of the jobs that are due.';
comment on column inflow.months_due.connection_id is 'Connection, hence organisation.';
comment on column inflow.months_due.months is 'First days of the months that are due.';

-- MARKS. Each function is called by triggers for what one statement changed: "before" and "after" are its rows as they were and
-- as they are. All take the lock of inflow.keep_sums, shared: what is settled then was marked by everybody who had read what
-- it depends on. Marks name what a record touches through others, too: an invoice the jobs and months of the time on its lines.

-- Keeps inflow.keep_sums of a connection from settling until the end of the transaction, and waits while it does; false where
-- no sum is kept, and so nothing is to be marked.
create function inflow.hold_sums(connection bigint) returns boolean
    language plpgsql
    volatile
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('inflow.sums ' || connection, 0));
    return exists (select from inflow.sums_kept s where s.connection_id = connection);
end
$$;
comment on function inflow.hold_sums(bigint) is
    'Keeps the sums of a connection from being settled until the transaction ends, and waits while they are; false where '
    'none are kept.';

create function inflow.mark_jobs(connection bigint, numbers text[]) returns void
    language plpgsql
    volatile
as $$
begin
    insert into inflow.job_due (connection_id, job_number)
    select distinct connection, n from unnest(numbers) n where n is not null;
end
$$;
comment on function inflow.mark_jobs(bigint, text[]) is 'Marks jobs whose sums do not hold any more.';

-- What time entries touch: their job, their month, and the jobs of the invoice lines that they hang on.
create function inflow.mark_time(connection bigint, numbers text[], months date[], lines text[]) returns void
    language plpgsql
    volatile
as $$
begin
    insert into inflow.job_due (connection_id, job_number)
    select connection, n from unnest(numbers) n
    union
    select connection, t.job_number
    from unnest(lines) l
    join wfm.invoice_task t on t.connection_id = connection and t.uuid = l
    where t.job_number is not null;
    insert into inflow.month_due (connection_id, month_on) select distinct connection, m from unnest(months) m;
end
$$;
comment on function inflow.mark_time(bigint, text[], date[], text[]) is
    'Marks what time entries touch: their jobs and months, and the jobs of the invoice lines that they hang on.';

-- What invoices touch: the jobs of their lines, of their print, and of the time on their lines, and the months of that time.
-- numbers and lines are those that the invoices may not have any more.
create function inflow.mark_invoices(connection bigint, invoices text[], numbers text[], lines text[]) returns void
    language plpgsql
    volatile
as $$
begin
    lines := array(
        select l from unnest(lines) l
        union
        select t.uuid from wfm.invoice_task t where t.connection_id = connection and t.invoice_uuid = any (invoices)
    );
    insert into inflow.job_due (connection_id, job_number)
    select connection, job.number
    from (
        select n from unnest(numbers) n
        union
        select t.job_number from wfm.invoice_task t where t.connection_id = connection and t.invoice_uuid = any (invoices)
        union
        select c.job_number from wfm.invoice_cost c where c.connection_id = connection and c.invoice_uuid = any (invoices)
        union
        select i.job_text from wfm.invoice i where i.connection_id = connection and i.uuid = any (invoices)
        union
        select t.job_number from wfm.timesheet t where t.connection_id = connection and t.invoice_task_uuid = any (lines)
    ) job (number)
    where job.number is not null;
    insert into inflow.month_due (connection_id, month_on)
    select distinct connection, date_trunc('month', t.worked_on::timestamp)::date
    from wfm.timesheet t
    where t.connection_id = connection and t.invoice_task_uuid = any (lines);
end
$$;
comment on function inflow.mark_invoices(bigint, text[], text[], text[]) is
    'Marks what invoices touch: the jobs of their lines and of the time on them, and the months of that time.';

create function inflow.mark_timesheet() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
    numbers text[];
    months date[];
    lines text[];
begin
    if tg_op = 'INSERT' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_time(
                c, array(select distinct coalesce(a.job_number, '') from after a where a.connection_id = c),
                array(
                    select distinct date_trunc('month', a.worked_on::timestamp)::date from after a where a.connection_id = c
                ), array(
                    select distinct a.invoice_task_uuid from after a
                    where a.connection_id = c and a.invoice_task_uuid is not null
                ));
        end loop;
    elsif tg_op = 'DELETE' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_time(
                c, array(select distinct coalesce(b.job_number, '') from before b where b.connection_id = c),
                array(
                    select distinct date_trunc('month', b.worked_on::timestamp)::date from before b where b.connection_id = c
                ), array(
                    select distinct b.invoice_task_uuid from before b
                    where b.connection_id = c and b.invoice_task_uuid is not null
                ));
        end loop;
    else
        for c, numbers, months, lines in
            select
                s.connection_id, array_agg(distinct coalesce(s.job_number, '')),
                array_agg(distinct date_trunc('month', s.worked_on::timestamp)::date),
                array_agg(distinct s.invoice_task_uuid) filter (where s.invoice_task_uuid is not null)
            from before b
            full join after a on a.connection_id = b.connection_id and a.uuid = b.uuid
            cross join lateral (
                values (b.connection_id, b.job_number, b.worked_on, b.invoice_task_uuid),
                    (a.connection_id, a.job_number, a.worked_on, a.invoice_task_uuid)
            ) s (connection_id, job_number, worked_on, invoice_task_uuid)
            where s.connection_id is not null
                and (b.job_number, b.task_uuid, b.staff_uuid, b.staff_name, b.worked_on, b.minutes, b.billable,
                    b.invoice_task_uuid, b.deleted_at is null)
                is distinct from (a.job_number, a.task_uuid, a.staff_uuid, a.staff_name, a.worked_on, a.minutes, a.billable,
                    a.invoice_task_uuid, a.deleted_at is null)
            group by s.connection_id
        loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_time(c, numbers, months, lines);
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_timesheet() is 'Marks what changed time entries touch.';

create function inflow.mark_invoice() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
    invoices text[];
    numbers text[];
begin
    if tg_op = 'INSERT' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(c, array(select a.uuid from after a where a.connection_id = c), '{}', '{}');
        end loop;
    elsif tg_op = 'DELETE' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(
                c, array(select b.uuid from before b where b.connection_id = c),
                array(select distinct b.job_text from before b where b.connection_id = c), '{}');
        end loop;
    else
        -- Of the states it matters only which count.
        for c, invoices, numbers in
            select s.connection_id, array_agg(distinct s.uuid), array_agg(distinct s.job_text)
            from before b
            full join after a on a.connection_id = b.connection_id and a.uuid = b.uuid
            cross join lateral (
                values (b.connection_id, b.uuid, b.job_text), (a.connection_id, a.uuid, a.job_text)
            ) s (connection_id, uuid, job_text)
            where s.connection_id is not null
                and (b.uuid, b.type, b.job_text, b.issued_on, b.amount, b.amount_tax, b.amount_including_tax,
                    b.deleted_at is null, lower(b.status) in ('approved', 'paid'), lower(b.status) = 'cancelled')
                is distinct from (a.uuid, a.type, a.job_text, a.issued_on, a.amount, a.amount_tax, a.amount_including_tax,
                    a.deleted_at is null, lower(a.status) in ('approved', 'paid'), lower(a.status) = 'cancelled')
            group by s.connection_id
        loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(c, invoices, numbers, '{}');
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_invoice() is 'Marks what changed invoices touch.';

create function inflow.mark_invoice_task() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
begin
    if tg_op <> 'DELETE' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(
                c, array(select distinct a.invoice_uuid from after a where a.connection_id = c), '{}',
                array(select distinct a.uuid from after a where a.connection_id = c));
        end loop;
    end if;
    if tg_op <> 'INSERT' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(
                c, array(select distinct b.invoice_uuid from before b where b.connection_id = c),
                array(select distinct b.job_number from before b where b.connection_id = c),
                array(select distinct b.uuid from before b where b.connection_id = c));
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_invoice_task() is 'Marks what changed task lines of invoices touch.';

create function inflow.mark_invoice_cost() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
begin
    if tg_op <> 'DELETE' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(
                c, array(select distinct a.invoice_uuid from after a where a.connection_id = c), '{}', '{}');
        end loop;
    end if;
    if tg_op <> 'INSERT' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_invoices(
                c, array(select distinct b.invoice_uuid from before b where b.connection_id = c),
                array(select distinct b.job_number from before b where b.connection_id = c), '{}');
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_invoice_cost() is 'Marks what changed cost lines of invoices touch.';

-- Job costs and orders: the job that they name.
create function inflow.mark_job_number() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
begin
    if tg_op <> 'DELETE' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_jobs(c, array(select distinct a.job_number from after a where a.connection_id = c));
        end loop;
    end if;
    if tg_op <> 'INSERT' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_jobs(c, array(select distinct b.job_number from before b where b.connection_id = c));
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_job_number() is 'Marks the jobs that changed costs or orders name.';

-- Jobs: which of them has a number.
create function inflow.mark_job() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
    numbers text[];
begin
    if tg_op = 'INSERT' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_jobs(c, array(select distinct a.number from after a where a.connection_id = c));
        end loop;
    elsif tg_op = 'DELETE' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_jobs(c, array(select distinct b.number from before b where b.connection_id = c));
        end loop;
    else
        for c, numbers in
            select s.connection_id, array_agg(distinct s.number)
            from before b
            full join after a on a.connection_id = b.connection_id and a.uuid = b.uuid
            cross join lateral (
                values (b.connection_id, b.number), (a.connection_id, a.number)
            ) s (connection_id, number)
            where s.connection_id is not null
                and (b.uuid, b.number, b.created_at, b.deleted_at is null)
                is distinct from (a.uuid, a.number, a.created_at, a.deleted_at is null)
            group by s.connection_id
        loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_jobs(c, numbers);
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_job() is 'Marks the numbers that changed jobs have or had.';

-- Rates: every job, since a person may have worked on any.
create function inflow.mark_staff_rate() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
begin
    if tg_op <> 'DELETE' then
        for c in select distinct a.connection_id from after a loop perform inflow.mark_all(c); end loop;
    end if;
    if tg_op <> 'INSERT' then
        for c in select distinct b.connection_id from before b loop perform inflow.mark_all(c); end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_staff_rate() is 'Marks all jobs of the connections whose rates changed.';

-- Leave: the months in which somebody worked on a job that is or was one.
create function inflow.mark_leave_job() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
begin
    if tg_op <> 'DELETE' then
        for c in select distinct a.connection_id from after a loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_months(c, array(select a.job_number from after a where a.connection_id = c));
        end loop;
    end if;
    if tg_op <> 'INSERT' then
        for c in select distinct b.connection_id from before b loop
            continue when not inflow.hold_sums(c);
            perform inflow.mark_months(c, array(select b.job_number from before b where b.connection_id = c));
        end loop;
    end if;
    return null;
end
$$;
comment on function inflow.mark_leave_job() is 'Marks the months in which somebody worked on a job that is or was leave.';

create function inflow.mark_months(connection bigint, numbers text[]) returns void
    language plpgsql
    volatile
as $$
begin
    insert into inflow.month_due (connection_id, month_on)
    select distinct connection, date_trunc('month', t.worked_on::timestamp)::date
    from wfm.timesheet t
    where t.connection_id = connection and t.job_number = any (numbers);
end
$$;
comment on function inflow.mark_months(bigint, text[]) is 'Marks the months in which somebody worked on some jobs.';

-- All sums of a connection. Records of one that was removed have no row to be looked for by: each of their sums is marked.
create function inflow.mark_all(connection bigint) returns void
    language plpgsql
    volatile
as $$
begin
    if not inflow.hold_sums(connection) then
        return;
    end if;
    if exists (select from inflow.connection c where c.id = connection) then
        delete from inflow.sums_kept where connection_id = connection;
    else
        insert into inflow.job_due (connection_id, job_number)
        select connection, n from unnest(inflow.all_jobs(connection)) n
        union
        select connection, s.job_number from inflow.job_sum s where s.connection_id = connection;
        insert into inflow.month_due (connection_id, month_on)
        select connection, m from unnest(inflow.all_months(connection)) m
        union
        select connection, date_trunc('month', s.day_on::timestamp)::date
        from inflow.day_sum s where s.connection_id = connection;
    end if;
end
$$;
comment on function inflow.mark_all(bigint) is 'Marks all sums of a connection, so that inflow.keep_sums computes them anew.';

create function inflow.mark_truncated() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    c bigint;
begin
    for c in select s.connection_id from inflow.sums_kept s order by 1 loop
        perform inflow.mark_all(c);
    end loop;
    return null;
end
$$;
comment on function inflow.mark_truncated() is 'Marks all sums there are.';

do $$
declare
    place record;
begin
    for place in
        select * from (values
            ('wfm.timesheet', 'inflow.mark_timesheet()'), ('wfm.invoice', 'inflow.mark_invoice()'),
            ('wfm.invoice_task', 'inflow.mark_invoice_task()'), ('wfm.invoice_cost', 'inflow.mark_invoice_cost()'),
            ('wfm.job', 'inflow.mark_job()'), ('wfm.job_cost', 'inflow.mark_job_number()'),
            ('wfm.purchase_order', 'inflow.mark_job_number()'), ('setting.staff_rate', 'inflow.mark_staff_rate()'),
            ('setting.leave_job', 'inflow.mark_leave_job()')
        ) watched (name, mark)
    loop
        execute format(
            'create trigger inflow_sums_insert after insert on %1$s referencing new table as after '
            'for each statement execute function %2$s', place.name, place.mark);
        execute format(
            'create trigger inflow_sums_update after update on %1$s referencing old table as before new table as after '
            'for each statement execute function %2$s', place.name, place.mark);
        execute format(
            'create trigger inflow_sums_delete after delete on %1$s referencing old table as before '
            'for each statement execute function %2$s', place.name, place.mark);
        execute format(
            'create trigger inflow_sums_truncate after truncate on %1$s '
            'for each statement execute function inflow.mark_truncated()', place.name);
    end loop;
end
$$;

-- Computes what is due anew. Waits for the transactions that mark sums of the connection, and they wait for it.
create function inflow.keep_sums(connection bigint) returns void
    language plpgsql
    volatile
    set work_mem = '64MB'
    set jit = off
as $$
declare
    numbers text[];
    months date[];
begin
    perform pg_advisory_xact_lock(hashtextextended('inflow.sums ' || connection, 0));
    if not exists (select from inflow.sums_kept s where s.connection_id = connection) then
        delete from inflow.job_due where connection_id = connection;
        delete from inflow.month_due where connection_id = connection;
        delete from inflow.job_sum where connection_id = connection;
        delete from inflow.task_sum where connection_id = connection;
        delete from inflow.day_sum where connection_id = connection;
        numbers := inflow.all_jobs(connection);
        insert into inflow.job_sum select * from inflow.job_sums(connection, numbers);
        insert into inflow.task_sum select * from inflow.task_sums(connection, numbers);
        insert into inflow.day_sum select * from inflow.day_sums(connection, inflow.all_months(connection));
        insert into inflow.sums_kept (connection_id) values (connection);
        return;
    end if;
    with settled as (
        delete from inflow.job_due where connection_id = connection returning job_number
    )
    select array_agg(distinct s.job_number) into numbers from settled s;
    if numbers is not null then
        delete from inflow.job_sum where connection_id = connection and job_number = any (numbers);
        insert into inflow.job_sum select * from inflow.job_sums(connection, numbers);
        delete from inflow.task_sum where connection_id = connection and job_number = any (numbers);
        insert into inflow.task_sum select * from inflow.task_sums(connection, numbers);
    end if;
    with settled as (
        delete from inflow.month_due where connection_id = connection returning month_on
    )
    select array_agg(distinct s.month_on) into months from settled s;
    if months is not null then
        delete from inflow.day_sum kept
        using unnest(months) m (month_on)
        where kept.connection_id = connection and kept.day_on >= m.month_on
            and kept.day_on < (m.month_on + interval '1 month')::date;
        insert into inflow.day_sum select * from inflow.day_sums(connection, months);
    end if;
end
$$;
comment on function inflow.keep_sums(bigint) is 'Computes the sums of a connection that are due, and takes their marks away.';

-- The sums that are kept, are not due, and are not what the records come to: none, unless something is wrong.
create function inflow.wrong_sums(connection bigint) returns table (kind text, key text)
    language plpgsql
    stable
    set jit = off
as $$
declare
    numbers text[];
    months date[];
begin
    if not exists (select from inflow.sums_kept s where s.connection_id = connection) then
        return;
    end if;
    numbers := array(
        select number.number
        from (
            select s.job_number from inflow.job_sum s where s.connection_id = connection
            union
            select s.job_number from inflow.task_sum s where s.connection_id = connection
            union
            select n from unnest(inflow.all_jobs(connection)) n
        ) number (number)
        where not exists (
            select from inflow.job_due d where d.connection_id = connection and d.job_number = number.number
        )
    );
    months := array(
        select month.month_on
        from (
            select date_trunc('month', s.day_on::timestamp)::date from inflow.day_sum s where s.connection_id = connection
            union
            select m from unnest(inflow.all_months(connection)) m
        ) month (month_on)
        where not exists (
            select from inflow.month_due d where d.connection_id = connection and d.month_on = month.month_on
        )
    );
    return query
    select 'job'::text, coalesce(kept.job_number, computed.job_number)
    from (select s.* from inflow.job_sum s where s.connection_id = connection and s.job_number = any (numbers)) kept
    full join inflow.job_sums(connection, numbers) computed on computed.job_number = kept.job_number
    where to_jsonb(kept) - 'value_days' - 'day_values' is distinct from to_jsonb(computed) - 'value_days' - 'day_values'
        or array(select row (d, v) from unnest(kept.value_days, kept.day_values) e (d, v) order by d, v)
            is distinct from
            array(select row (d, v) from unnest(computed.value_days, computed.day_values) e (d, v) order by d, v)
    union all
    select 'task', coalesce(kept.task_uuid, computed.task_uuid)
    from (select s.* from inflow.task_sum s where s.connection_id = connection and s.job_number = any (numbers)) kept
    full join inflow.task_sums(connection, numbers) computed
        on computed.task_uuid = kept.task_uuid and computed.job_number = kept.job_number
    where kept is distinct from computed
    union all
    select 'day', coalesce(kept.day_on, computed.day_on) || ' ' || coalesce(kept.person, computed.person)
    from (
        select s.*
        from unnest(months) m (month_on)
        join inflow.day_sum s on s.day_on >= m.month_on and s.day_on < (m.month_on + interval '1 month')::date
        where s.connection_id = connection
    ) kept
    full join inflow.day_sums(connection, months) computed
        on computed.day_on = kept.day_on and computed.person = kept.person
    where kept is distinct from computed;
end
$$;
comment on function inflow.wrong_sums(bigint) is
    'The sums of a connection that are kept and are not what the records come to; none, unless something is wrong.';

-- Records that were kept when their connection was removed: no run comes after which their sums would be computed.
select inflow.keep_sums(gone.connection_id)
from (
    select connection_id from wfm.timesheet union select connection_id from wfm.job
    union select connection_id from wfm.invoice union select connection_id from wfm.job_cost
) gone
where not exists (select from inflow.connection c where c.id = gone.connection_id);
