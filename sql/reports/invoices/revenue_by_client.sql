-- Question: which clients brought how much revenue in each month and fiscal year?
--
-- Grain:    one row per connection, calendar month and client invoiced.
-- Units:    money is in the organisation's currency and excludes tax; shares are of 1.
-- Dates:    issued_on, the organisation's own calendar; fiscal_year by the connection's first month.
-- Included: approved and paid invoices less credit notes; deleted and archived clients.
-- Left out: drafts and cancelled invoices; invoices the platform no longer lists.
-- Caveats:  a client goes by its identifier and has the name of today. It is the client on the invoice;
--           billing_client_name says who pays for it, where another client does. A client in several groups has the
--           first by name. Invoices without a client stand in a row whose client_uuid is null. share_of_month and
--           rank_in_month are within the connection and month; sum amount for those of a year.

create or replace view report.revenue_by_client with (security_invoker = true) as
with month as (
    select
        connection_id, connection_name, month_on, client_uuid,
        max(client_name) as client_name,
        sum(amount) as amount,
        sum(amount) filter (where kind = 'time') as time_amount,
        sum(amount) filter (where kind = 'cost') as cost_amount,
        count(distinct invoice_uuid) filter (where not is_credit_note) as invoices,
        count(distinct job_number) as jobs,
        max(issued_on) filter (where not is_credit_note) as last_invoice_on
    from report.invoice_line
    group by connection_id, connection_name, month_on, client_uuid
),
client_group as (
    -- With a key of one column, for the same reason.
    select distinct on (member.connection_id, member.client_uuid)
        member.connection_id || ':' || member.client_uuid as member_key, client_group.name
    from wfm.client_group_member member
    join wfm.client_group
        on client_group.connection_id = member.connection_id and client_group.uuid = member.client_group_uuid
    where client_group.deleted_at is null
    order by member.connection_id, member.client_uuid, client_group.name, client_group.uuid
),
reading as (
    select connection.id || ':' || state.month as month_key, state.verified_at, state.is_complete
    from inflow.connection
    cross join lateral inflow.coverage_state(connection.id, 'invoice') state
)
select
    month.connection_id,
    month.connection_name,
    month.month_on,
    inflow.fiscal_year(month.month_on, connection.fiscal_year_start) as fiscal_year,
    month.client_uuid,
    month.client_name,
    client_group.name as client_group_name,
    coalesce(billing.name, client.billing_client_name) as billing_client_name,
    inflow.money(month.amount)::numeric(19, 4) as amount,
    inflow.money(coalesce(month.time_amount, 0))::numeric(19, 4) as time_amount,
    inflow.money(coalesce(month.cost_amount, 0))::numeric(19, 4) as cost_amount,
    inflow.money(
        month.amount / nullif(sum(month.amount) over (partition by month.connection_id, month.month_on), 0)
    )::numeric(19, 4)
        as share_of_month,
    rank() over (partition by month.connection_id, month.month_on order by month.amount desc nulls last)
        as rank_in_month,
    month.invoices,
    month.jobs,
    month.last_invoice_on,
    reading.verified_at as data_as_of,
    coalesce(reading.is_complete, false) as is_complete
from month
left join reading on reading.month_key = month.connection_id || ':' || month.month_on
-- Looked up for each row: PostgreSQL takes a sum for one of many connections, and would compare each row with every client of
-- its own.
left join lateral (
    select client.billing_client_uuid, client.billing_client_name
    from wfm.client
    where client.connection_id = month.connection_id and client.uuid = month.client_uuid
    offset 0
) client on true
left join lateral (
    select billing.name
    from wfm.client billing
    where billing.connection_id = month.connection_id and billing.uuid = client.billing_client_uuid
    offset 0
) billing on true
left join client_group on client_group.member_key = month.connection_id || ':' || month.client_uuid
left join inflow.connection on connection.id = month.connection_id;

comment on view report.revenue_by_client is
    'Revenue of each client in each month: approved and paid invoices less credit notes.';
comment on column report.revenue_by_client.connection_id is 'Connection, hence organisation.';
comment on column report.revenue_by_client.connection_name is 'Name of the connection.';
comment on column report.revenue_by_client.month_on is 'First day of the calendar month of the invoices'' dates.';
comment on column report.revenue_by_client.fiscal_year is
    'Fiscal year of the month, named after the calendar year in which it ends.';
comment on column report.revenue_by_client.client_uuid is 'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.revenue_by_client.client_name is
    'Name of the client today; of a client that is not loaded, the name on its invoices.';
comment on column report.revenue_by_client.client_group_name is
    'Group of the client, the first by name; null without one.';
comment on column report.revenue_by_client.billing_client_name is
    'Client who gets the invoices instead; null where the client pays itself.';
comment on column report.revenue_by_client.amount is 'Invoiced less credit notes, excluding tax.';
comment on column report.revenue_by_client.time_amount is 'The part of amount on task lines.';
comment on column report.revenue_by_client.cost_amount is 'The part of amount on cost lines.';
comment on column report.revenue_by_client.share_of_month is
    'Amount / the amount of all clients of the connection in the month.';
comment on column report.revenue_by_client.rank_in_month is
    'Rank of the client in the month by amount, 1 the largest; equal amounts share a rank.';
comment on column report.revenue_by_client.invoices is 'Invoices, credit notes not counted.';
comment on column report.revenue_by_client.jobs is 'Jobs invoiced in the month.';
comment on column report.revenue_by_client.last_invoice_on is
    'Date of the latest invoice in the month; null with credit notes only.';
comment on column report.revenue_by_client.data_as_of is
    'When the last answer that held all invoices of the month was asked for; null where none has been.';
comment on column report.revenue_by_client.is_complete is
    'Whether invoices of the whole month are complete, as report.is_complete says.';
