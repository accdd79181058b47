-- Question: what did each job bring in, what did it cost, and how does that compare with budget, quote and estimate?
--
-- Grain:    one row per job, over its whole life.
-- Units:    money is in the organisation's currency and excludes tax; hours are minutes / 60.
-- Dates:    none of its own: filter by start_on as the platform's report does, or by completed_on.
-- Included: approved and paid invoice lines that name the job, credit notes with them; all time and costs of the job.
-- Left out: drafts and cancelled invoices; draft and cancelled orders; records the platform no longer lists.
-- Caveats:  only the approved quote is linked to a job, variations are not. Costs are read job by job: until they have
--           been (costs_read_at) they are null, and with them margin and write_up. So are time_cost, time_value and
--           what follows from them of a job that began before the months from which on time and invoices were read
--           without a gap (is_life_read): worked_hours and invoiced have then only what was read. Time has a cost or a value only
--           where every hour of the job has a rate in setting.staff_rate; time_cost_source and time_value_source say
--           so. Orders and booked costs overlap: ordered_not_booked is what was ordered from a supplier beyond the
--           costs booked of it. Of jobs that bear one number only one has the time and lines of that number
--           (report.document_job).

create or replace view report.job_profitability with (security_invoker = true) as
with month as (
    select connection.id as connection_id, entity.name, state.month, connection.time_zone,
        row_number() over (partition by connection.id, entity.name order by state.month desc) as place
    from inflow.connection
    cross join (values ('timesheet'), ('invoice')) entity (name)
    cross join lateral inflow.coverage_state(connection.id, entity.name) state
    -- Complete, or not over yet: a month whose last reading failed, or that lacks a record, is not read.
    where state.month <= (now() at time zone connection.time_zone)::date and (state.is_complete
        or state.reason = 'early'
            and state.last_day >= (now() at time zone connection.time_zone)::date - 3 - connection.late_entry_days)
),
since as (
    -- The first of the months that were read without a gap up to this one.
    select connection_id, name, min(month) as month
    from month
    where month = (date_trunc('month', now() at time zone time_zone) - make_interval(months => place::integer - 1))::date
    group by connection_id, name
),
life as (
    select connection_id, case when count(*) = 2 then max(month) end as since
    from since
    group by connection_id
),
figure as (
    select
        job.connection_id, job.uuid, job.number, job.name, job.type, job.state, job.client_uuid, job.client_name,
        job.manager_uuid, job.manager_name, job.start_on, job.due_on, job.completed_on, job.budget,
        quote.amount as quoted, quote.estimated_cost as quoted_cost,
        coalesce(estimate.minutes, 0) as estimated_minutes,
        coalesce(sums.minutes, 0) as worked_minutes,
        coalesce(sums.billable_minutes, 0) as billable_minutes,
        least(job.start_on, (job.created_at at time zone 'UTC')::date) >= life.since is true as is_life_read,
        case when sums.job_number is null then 0 else sums.time_cost end as time_cost,
        case when sums.job_number is null then 0 else sums.time_value end as time_value,
        read.asked_at as costs_read_at,
        -- A job whose costs were read and that has none costs nothing; one that was not read, nobody knows.
        case when sums.has_costs then sums.costs when read.asked_at is not null then 0 end as job_costs,
        case when sums.has_costs then coalesce(sums.costs_price, 0) when read.asked_at is not null then 0 end
            as costs_price,
        case
            when sums.has_orders is not true then 0 when read.asked_at is not null then sums.ordered_not_booked
        end as ordered_not_booked,
        coalesce(sums.invoiced, 0) as invoiced,
        coalesce(sums.invoiced_time, 0) as invoiced_time,
        coalesce(sums.invoiced_costs, 0) as invoiced_costs,
        sums.last_invoiced_on
    from wfm.job
    left join life on life.connection_id = job.connection_id
    -- Sums that are kept while loading (decision 0030): of the one job that has the number.
    left join inflow.job_sum_now sums
        on sums.connection_id = job.connection_id and sums.job_number = job.number and sums.job_uuid = job.uuid
    left join wfm.quote
        on quote.connection_id = job.connection_id and quote.uuid = job.approved_quote_uuid and quote.deleted_at is null
    -- Looked up by job, so that a span of days looks at its own jobs only.
    left join lateral (
        select sum(task.estimated_minutes) as minutes
        from wfm.job_task task
        where task.connection_id = job.connection_id and task.job_uuid = job.uuid
    ) estimate on true
    left join inflow.parent_read read
        on read.connection_id = job.connection_id and read.entity = 'job_cost' and read.parent_key = sums.job_number
        and read.status = 'read'
    where job.deleted_at is null
),
known as (
    select
        figure.*,
        case when is_life_read then time_cost end as known_time_cost,
        case when is_life_read then time_value end as known_time_value
    from figure
)
select
    figure.connection_id,
    connection.name as connection_name,
    figure.uuid as job_uuid,
    figure.number as job_number,
    figure.name as job_name,
    figure.type as job_category,
    figure.state as job_state,
    figure.client_uuid,
    coalesce(client.name, figure.client_name) as client_name,
    figure.manager_uuid,
    btrim(coalesce(manager.name, figure.manager_name)) as manager_name,
    figure.start_on,
    figure.due_on,
    figure.completed_on,
    figure.last_invoiced_on,
    figure.budget::numeric(19, 4) as budget,
    figure.quoted::numeric(19, 4) as quoted,
    figure.quoted_cost::numeric(19, 4) as quoted_cost,
    inflow.hours(figure.estimated_minutes / 60.0)::numeric(12, 4) as estimated_hours,
    inflow.hours(figure.worked_minutes / 60.0)::numeric(12, 4) as worked_hours,
    inflow.hours(figure.billable_minutes / 60.0)::numeric(12, 4) as billable_hours,
    inflow.money(figure.known_time_cost)::numeric(19, 4) as time_cost,
    case
        when figure.known_time_cost is null then 'none'
        when inflow.money(figure.known_time_cost) is null then 'too large'
        else 'set'
    end as time_cost_source,
    inflow.money(figure.known_time_value)::numeric(19, 4) as time_value,
    case
        when figure.known_time_value is null then 'none'
        when inflow.money(figure.known_time_value) is null then 'too large'
        else 'set'
    end as time_value_source,
    inflow.money(figure.job_costs)::numeric(19, 4) as job_costs,
    inflow.money(figure.costs_price)::numeric(19, 4) as costs_price,
    figure.costs_read_at,
    inflow.money(figure.ordered_not_booked)::numeric(19, 4) as ordered_not_booked,
    inflow.money(figure.invoiced_time)::numeric(19, 4) as invoiced_time,
    inflow.money(figure.invoiced_costs)::numeric(19, 4) as invoiced_costs,
    inflow.money(figure.invoiced)::numeric(19, 4) as invoiced,
    inflow.money(figure.invoiced - figure.known_time_cost - figure.job_costs)::numeric(19, 4) as margin,
    inflow.money(
        (figure.invoiced - figure.known_time_cost - figure.job_costs) / nullif(figure.invoiced, 0))::numeric(19, 4)
        as margin_share,
    inflow.money(figure.invoiced - figure.known_time_value - figure.costs_price)::numeric(19, 4) as write_up,
    figure.is_life_read
from known figure
left join wfm.client on client.connection_id = figure.connection_id and client.uuid = figure.client_uuid
left join wfm.staff manager on manager.connection_id = figure.connection_id and manager.uuid = figure.manager_uuid
left join inflow.connection on connection.id = figure.connection_id;

comment on view report.job_profitability is
    'Budget, quote, estimate, time, costs and invoices of each job over its whole life, and the margin where all is '
    'known.';
comment on column report.job_profitability.connection_id is 'Connection, hence organisation.';
comment on column report.job_profitability.connection_name is 'Name of the connection.';
comment on column report.job_profitability.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column report.job_profitability.job_number is 'Number of the job.';
comment on column report.job_profitability.job_name is 'Name of the job.';
comment on column report.job_profitability.job_category is 'Category of the job.';
comment on column report.job_profitability.job_state is 'State of the job, in the organisation''s own words.';
comment on column report.job_profitability.client_uuid is 'Client; joins wfm.client (connection_id, uuid).';
comment on column report.job_profitability.client_name is
    'Name of the client today; of a client that is not loaded, the name on the job.';
comment on column report.job_profitability.manager_uuid is 'Job manager; joins wfm.staff (connection_id, uuid).';
comment on column report.job_profitability.manager_name is 'Name of the job manager, also of a former one.';
comment on column report.job_profitability.start_on is 'First day planned.';
comment on column report.job_profitability.due_on is 'Day the job is due.';
comment on column report.job_profitability.completed_on is 'Day the job was completed; null while it is open.';
comment on column report.job_profitability.last_invoiced_on is 'Date of the latest invoice with a line of the job.';
comment on column report.job_profitability.budget is 'Budget of the job; null where none was set.';
comment on column report.job_profitability.quoted is 'Amount of the approved quote; null without one.';
comment on column report.job_profitability.quoted_cost is 'Estimated cost in the approved quote; null without one.';
comment on column report.job_profitability.estimated_hours is 'Hours planned on the job''s tasks.';
comment on column report.job_profitability.worked_hours is 'Hours worked on the job, corrections subtracted.';
comment on column report.job_profitability.billable_hours is 'The billable part of worked_hours.';
comment on column report.job_profitability.time_cost is
    'Worked hours at the cost rates of setting.staff_rate; null where an entry has no rate, or not is_life_read.';
comment on column report.job_profitability.time_cost_source is
    'set (from setting.staff_rate), none (not known) or too large (for the column, which is null then).';
comment on column report.job_profitability.time_value is
    'Billable hours at the charge rates of setting.staff_rate; null where a billable entry has no rate, or not '
    'is_life_read.';
comment on column report.job_profitability.time_value_source is
    'set (from setting.staff_rate), none (not known) or too large (for the column, which is null then).';
comment on column report.job_profitability.job_costs is
    'Costs booked on the job: quantity times unit cost; null until they have been read.';
comment on column report.job_profitability.costs_price is
    'Billable costs at their unit price; null until they have been read.';
comment on column report.job_profitability.costs_read_at is
    'When the job''s costs were last asked for; null where they never were.';
comment on column report.job_profitability.ordered_not_booked is
    'What was ordered for the job beyond the costs booked from the same supplier; null until costs have been read.';
comment on column report.job_profitability.invoiced_time is 'Invoiced on task lines.';
comment on column report.job_profitability.invoiced_costs is 'Invoiced on cost lines.';
comment on column report.job_profitability.invoiced is
    'Invoiced for the job on all lines, what an invoice holds beyond its lines included.';
comment on column report.job_profitability.margin is
    'Invoiced less time_cost and job_costs; null where one is not known.';
comment on column report.job_profitability.margin_share is 'Margin / invoiced; null where nothing is invoiced.';
comment on column report.job_profitability.write_up is
    'Invoiced less time_value and costs_price: what was charged above (or, negative, below) the rates; null where not '
    'known.';
comment on column report.job_profitability.is_life_read is
    'Whether the months from the job''s beginning on were all read, of time and of invoices; false where nobody knows when it '
    'began.';
