-- Question: what was invoiced to each client in each month, and what of it is paid?
--
-- Grain:    one row per connection, calendar month and client; a month with only drafts for a client has a row too.
-- Units:    money is in the organisation's currency; amount and credit_amount exclude tax.
-- Dates:    issued_on, the invoice's date, in the organisation's own calendar; fiscal_year by the connection's first
--           month.
-- Included: approved and paid invoices and credit notes. amount is net of credit notes; credit_amount is their part of
--           it.
-- Left out: cancelled invoices; invoices the platform no longer lists; drafts, but for the two columns of their own.
-- Caveats:  paid and outstanding are as of now, not as of the month's end. Invoices without a client stand in a row
--           whose client_uuid is null. An amount is null where the platform gave none, and 0 where there is no invoice.

create or replace view report.invoices_by_month with (security_invoker = true) as
with judged as (
    select
        invoice.connection_id, invoice.client_uuid, invoice.client_name, invoice.amount, invoice.amount_tax,
        invoice.amount_including_tax, invoice.amount_paid, invoice.amount_outstanding,
        date_trunc('month', invoice.issued_on::timestamp)::date as month_on,
        lower(invoice.status) in ('approved', 'paid') as is_final,
        lower(invoice.number) like 'cn-%' or invoice.amount < 0 as is_credit_note
    from wfm.invoice
    where invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid', 'draft')
),
summed as (
    select
        connection_id, month_on, client_uuid,
        max(client_name) as client_name,
        count(*) filter (where is_final) as documents,
        count(*) filter (where is_final and is_credit_note) as credit_notes,
        count(*) filter (where not is_final) as drafts,
        sum(amount) filter (where is_final) as amount,
        sum(amount) filter (where is_final and is_credit_note) as credit_amount,
        sum(amount_tax) filter (where is_final) as amount_tax,
        sum(amount_including_tax) filter (where is_final) as amount_including_tax,
        sum(amount_paid) filter (where is_final) as paid_including_tax,
        sum(amount_outstanding) filter (where is_final) as outstanding_including_tax,
        sum(amount) filter (where not is_final) as drafts_amount
    from judged
    group by connection_id, month_on, client_uuid
),
reading as (
    select connection.id as connection_id, state.month as month_on, state.verified_at, state.is_complete
    from inflow.connection
    cross join lateral inflow.coverage_state(connection.id, 'invoice') state
)
select
    summed.connection_id,
    connection.name as connection_name,
    summed.month_on,
    inflow.fiscal_year(summed.month_on, connection.fiscal_year_start) as fiscal_year,
    summed.client_uuid,
    coalesce(client.name, summed.client_name) as client_name,
    summed.documents - summed.credit_notes as invoices,
    summed.credit_notes,
    inflow.money(case when summed.documents = 0 then 0 else summed.amount end)::numeric(19, 4) as amount,
    inflow.money(case when summed.credit_notes = 0 then 0 else summed.credit_amount end)::numeric(19, 4)
        as credit_amount,
    inflow.money(case when summed.documents = 0 then 0 else summed.amount_tax end)::numeric(19, 4) as amount_tax,
    inflow.money(case when summed.documents = 0 then 0 else summed.amount_including_tax end)::numeric(19, 4)
        as amount_including_tax,
    inflow.money(case when summed.documents = 0 then 0 else summed.paid_including_tax end)::numeric(19, 4)
        as paid_including_tax,
    inflow.money(case when summed.documents = 0 then 0 else summed.outstanding_including_tax end)::numeric(19, 4)
        as outstanding_including_tax,
    summed.drafts,
    inflow.money(case when summed.drafts = 0 then 0 else summed.drafts_amount end)::numeric(19, 4) as drafts_amount,
    reading.verified_at as data_as_of,
    coalesce(reading.is_complete, false) as is_complete
from summed
left join reading on reading.connection_id = summed.connection_id and reading.month_on = summed.month_on
left join wfm.client on client.connection_id = summed.connection_id and client.uuid = summed.client_uuid
left join inflow.connection on connection.id = summed.connection_id;

comment on view report.invoices_by_month is
    'Approved and paid invoices and credit notes per connection, calendar month and client; drafts in columns of '
    'their own.';
comment on column report.invoices_by_month.connection_id is 'Connection, hence organisation.';
comment on column report.invoices_by_month.connection_name is 'Name of the connection.';
comment on column report.invoices_by_month.month_on is 'First day of the calendar month of the invoice''s date.';
comment on column report.invoices_by_month.fiscal_year is
    'Fiscal year of the month, named after the calendar year in which it ends.';
comment on column report.invoices_by_month.client_uuid is 'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.invoices_by_month.client_name is
    'Name of the client today; of a client that is not loaded, the name on its invoices.';
comment on column report.invoices_by_month.invoices is 'Approved and paid invoices, credit notes not counted.';
comment on column report.invoices_by_month.credit_notes is
    'Approved and paid credit notes: the number begins with CN-, or the amount is negative.';
comment on column report.invoices_by_month.amount is 'Amount of both excluding tax: invoices less credit notes.';
comment on column report.invoices_by_month.credit_amount is
    'The part of amount that comes from credit notes; negative or 0.';
comment on column report.invoices_by_month.amount_tax is 'Tax on amount.';
comment on column report.invoices_by_month.amount_including_tax is 'Amount including tax.';
comment on column report.invoices_by_month.paid_including_tax is
    'What was paid of these documents until now, including tax.';
comment on column report.invoices_by_month.outstanding_including_tax is
    'What is still to be paid of them now, including tax; open credit notes are negative.';
comment on column report.invoices_by_month.drafts is 'Drafts dated in the month.';
comment on column report.invoices_by_month.drafts_amount is 'Amount of the drafts excluding tax; not part of amount.';
comment on column report.invoices_by_month.data_as_of is
    'When the last answer that held all invoices of the month was asked for; null where none has been.';
comment on column report.invoices_by_month.is_complete is
    'Whether invoices of the whole month are complete, as report.is_complete says.';
