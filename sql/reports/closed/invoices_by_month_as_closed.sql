-- Question: what was invoiced to each client in each month that was signed off, as it stood then?
--
-- Grain:    one row per connection, calendar month and client, as report.invoices_by_month had them when the month
--           was closed.
-- Units:    money is in the organisation's currency; amount and credit_amount exclude tax.
-- Dates:    issued_on, the invoice's date; month_on is its month.
-- Included: months that are closed now, with the names of that moment: a client that was renamed since has its
--           earlier name.
-- Left out: months that are not closed, and months that were reopened: they have no row. Otherwise as the open
--           view.
-- Caveats:  paid and outstanding are as of closed_at. report.late_changes says what came later. A column that the
--           open view got after a closing is null.

create or replace view report.invoices_by_month_as_closed with (security_invoker = true) as
select
    closing.connection_id,
    connection.name as connection_name,
    closing.month_on,
    figure.fiscal_year,
    figure.client_uuid,
    figure.client_name,
    figure.invoices,
    figure.credit_notes,
    figure.amount,
    figure.credit_amount,
    figure.amount_tax,
    figure.amount_including_tax,
    figure.paid_including_tax,
    figure.outstanding_including_tax,
    figure.drafts,
    figure.drafts_amount,
    figure.data_as_of,
    figure.is_complete,
    closing.closed_at
from inflow.closing
join inflow.closed_row on closed_row.connection_id = closing.connection_id and closed_row.closing_id = closing.id
cross join lateral jsonb_to_record(closed_row.figures) as figure (
        fiscal_year integer, client_uuid text, client_name text, invoices bigint, credit_notes bigint,
        amount numeric(19, 4), credit_amount numeric(19, 4), amount_tax numeric(19, 4),
        amount_including_tax numeric(19, 4), paid_including_tax numeric(19, 4),
        outstanding_including_tax numeric(19, 4), drafts bigint, drafts_amount numeric(19, 4),
        data_as_of timestamptz, is_complete boolean)
left join inflow.connection on connection.id = closing.connection_id
where closing.reopened_at is null and closed_row.report = 'invoices_by_month';

comment on view report.invoices_by_month_as_closed is
    'report.invoices_by_month of the months that are closed, as it was when each was closed.';
comment on column report.invoices_by_month_as_closed.connection_id is 'Connection, hence organisation.';
comment on column report.invoices_by_month_as_closed.connection_name is 'Name of the connection.';
comment on column report.invoices_by_month_as_closed.month_on is
    'First day of the calendar month of the invoice''s date.';
comment on column report.invoices_by_month_as_closed.fiscal_year is
    'Fiscal year of the month, named after the calendar year in which it ends.';
comment on column report.invoices_by_month_as_closed.client_uuid is
    'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.invoices_by_month_as_closed.client_name is
    'Name of the client when the month was closed; of a client that is not loaded, the name on its invoices.';
comment on column report.invoices_by_month_as_closed.invoices is
    'Approved and paid invoices, credit notes not counted.';
comment on column report.invoices_by_month_as_closed.credit_notes is
    'Approved and paid credit notes: the number begins with CN-, or the amount is negative.';
comment on column report.invoices_by_month_as_closed.amount is
    'Amount of both excluding tax: invoices less credit notes.';
comment on column report.invoices_by_month_as_closed.credit_amount is
    'The part of amount that comes from credit notes; negative or 0.';
comment on column report.invoices_by_month_as_closed.amount_tax is 'Tax on amount.';
comment on column report.invoices_by_month_as_closed.amount_including_tax is 'Amount including tax.';
comment on column report.invoices_by_month_as_closed.paid_including_tax is
    'What had been paid of these documents when the month was closed, including tax.';
comment on column report.invoices_by_month_as_closed.outstanding_including_tax is
    'What was still to be paid of them when the month was closed, including tax; open credit notes are negative.';
comment on column report.invoices_by_month_as_closed.drafts is 'Drafts dated in the month.';
comment on column report.invoices_by_month_as_closed.drafts_amount is
    'Amount of the drafts excluding tax; not part of amount.';
comment on column report.invoices_by_month_as_closed.data_as_of is
    'When the last answer that held all invoices of the month was asked for; null where none has been.';
comment on column report.invoices_by_month_as_closed.is_complete is
    'Whether invoices of the whole month were complete when it was closed, as report.is_complete says.';
comment on column report.invoices_by_month_as_closed.closed_at is
    'When the month was closed: the moment that the row is of.';
