-- Question: how many hours were worked for each client in each month, and what was invoiced to it?
--
-- Grain:    one row per connection, calendar month and client; a client with only hours or only invoices has a row too.
-- Units:    hours are minutes / 60, not rounded; money is in the organisation's currency, excluding tax.
-- Months:   hours count in the month of the day worked, amounts in the month of the invoice's date. Both are the
--           organisation's own calendar dates: no time zone is involved.
-- Included: approved and paid invoices; credit notes, whose amounts are negative.
-- Left out: drafts and cancelled invoices; records the platform no longer lists (deleted_at).
-- Caveats:  a time entry names its job by number only, and the job names the client. Hours whose job is not loaded, or
--           has no client, stand in a row whose client_uuid is null, as do invoices without a client. If two jobs bear
--           one number, the one created last counts. Hours of a month need not be invoiced in that month.

create or replace view report.hours_and_invoiced_by_client with (security_invoker = true) as
with
-- One job per number, so that no time entry is counted twice.
numbered_job as materialized (
    select distinct on (connection_id, number)
        connection_id, number, client_uuid, client_name
    from wfm.job
    where deleted_at is null and number is not null
    order by connection_id, number, created_at desc nulls last, uuid
),
-- '' stands for "no client": a full join does not match null with null.
worked as (
    -- Month by month: a span of months looks at its own entries only.
    select span.connection_id, span.month_on, month.*
    from inflow.timesheet_months() span
    cross join lateral (
        select
            coalesce(numbered_job.client_uuid, '') as client_uuid,
            max(numbered_job.client_name) as client_name,
            sum(timesheet.minutes) as minutes,
            sum(timesheet.billable_minutes) as billable_minutes
        from (
            -- One row per job, before its client is looked up.
            select
                connection_id, job_number, sum(minutes) as minutes,
                sum(minutes) filter (where billable) as billable_minutes
            from wfm.timesheet
            where connection_id = span.connection_id and worked_on >= span.month_on and worked_on < span.until_on
                and deleted_at is null
            group by connection_id, job_number
        ) timesheet
        left join numbered_job
            on numbered_job.connection_id = timesheet.connection_id
            and numbered_job.number = timesheet.job_number
        group by 1
    ) month
),
part as (
    select
        connection_id, month_on, client_uuid, client_name as worked_name, null::text as invoiced_name, minutes,
        billable_minutes, null::numeric as amount
    from worked
    union all
    select
        connection_id, date_trunc('month', issued_on::timestamp)::date, coalesce(client_uuid, ''), null, client_name,
        null, null, amount
    from wfm.invoice
    where deleted_at is null and lower(status) in ('approved', 'paid')
),
-- Both sides in one, and not joined: a span of months reaches either side.
summed as (
    select
        connection_id, month_on, client_uuid, max(invoiced_name) as invoiced_name, max(worked_name) as worked_name,
        sum(minutes) as minutes, sum(billable_minutes) as billable_minutes, sum(amount) as amount
    from part
    group by connection_id, month_on, client_uuid
)
select
    summed.connection_id,
    summed.month_on,
    nullif(summed.client_uuid, '') as client_uuid,
    coalesce(client.name, summed.invoiced_name, summed.worked_name) as client_name,
    coalesce(summed.minutes, 0) / 60.0 as hours,
    coalesce(summed.billable_minutes, 0) / 60.0 as billable_hours,
    coalesce(summed.amount, 0) as invoiced_amount,
    named.name as connection_name
from summed
join inflow.connection named on named.id = summed.connection_id
left join wfm.client on client.connection_id = summed.connection_id and client.uuid = summed.client_uuid;

comment on view report.hours_and_invoiced_by_client is
    'Hours worked and amount invoiced per connection, calendar month and client; either may be missing.';
comment on column report.hours_and_invoiced_by_client.connection_id is 'Connection, hence organisation.';
comment on column report.hours_and_invoiced_by_client.month_on is 'First day of the calendar month.';
comment on column report.hours_and_invoiced_by_client.client_uuid is
    'Client; joins wfm.client (connection_id, uuid). Null where no client could be found.';
comment on column report.hours_and_invoiced_by_client.client_name is
    'Name of the client; null where none could be found.';
comment on column report.hours_and_invoiced_by_client.hours is
    'Hours worked in the month: minutes / 60, not rounded, corrections subtracted.';
comment on column report.hours_and_invoiced_by_client.billable_hours is 'The billable part of hours.';
comment on column report.hours_and_invoiced_by_client.invoiced_amount is
    'Approved and paid invoices dated in the month less credit notes, excluding tax, in the organisation''s currency.';
comment on column report.hours_and_invoiced_by_client.connection_name is 'Name of the connection.';
