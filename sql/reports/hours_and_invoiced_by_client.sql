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
select
    r.connection_id,
    r.month_on,
    r.client_uuid,
    r.client_name,
    r.hours,
    r.billable_hours,
    r.invoiced_amount,
    n.name as connection_name
from (
    with
    -- One job per number, so that no time entry is counted twice.
    numbered_job as (
        select distinct on (connection_id, number)
            connection_id, number, client_uuid, client_name
        from wfm.job
        where deleted_at is null and number is not null
        order by connection_id, number, created_at desc nulls last, uuid
    ),
    -- '' stands for "no client": a full join does not match null with null.
    worked as (
        select
            timesheet.connection_id,
            date_trunc('month', timesheet.worked_on::timestamp)::date as month_on,
            coalesce(numbered_job.client_uuid, '') as client_uuid,
            max(numbered_job.client_name) as client_name,
            sum(timesheet.minutes) as minutes,
            sum(timesheet.minutes) filter (where timesheet.billable) as billable_minutes
        from wfm.timesheet
        left join numbered_job
            on numbered_job.connection_id = timesheet.connection_id
            and numbered_job.number = timesheet.job_number
        where timesheet.deleted_at is null
        group by 1, 2, 3
    ),
    invoiced as (
        select
            connection_id,
            date_trunc('month', issued_on::timestamp)::date as month_on,
            coalesce(client_uuid, '') as client_uuid,
            max(client_name) as client_name,
            sum(amount) as amount
        from wfm.invoice
        where deleted_at is null and lower(status) in ('approved', 'paid')
        group by 1, 2, 3
    )
    select
        coalesce(worked.connection_id, invoiced.connection_id) as connection_id,
        coalesce(worked.month_on, invoiced.month_on) as month_on,
        nullif(coalesce(worked.client_uuid, invoiced.client_uuid), '') as client_uuid,
        coalesce(client.name, invoiced.client_name, worked.client_name) as client_name,
        coalesce(worked.minutes, 0) / 60.0 as hours,
        coalesce(worked.billable_minutes, 0) / 60.0 as billable_hours,
        coalesce(invoiced.amount, 0) as invoiced_amount
    from worked
    full join invoiced
        on invoiced.connection_id = worked.connection_id
        and invoiced.month_on = worked.month_on
        and invoiced.client_uuid = worked.client_uuid
    -- A client the platform no longer lists still lends its name.
    left join wfm.client
        on client.connection_id = coalesce(worked.connection_id, invoiced.connection_id)
        and client.uuid = coalesce(worked.client_uuid, invoiced.client_uuid)
) r
join inflow.connection n on n.id = r.connection_id;

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
