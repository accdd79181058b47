-- Question: who owed how much at the end of each month that was signed off, as it stood when it was closed?
--
-- Grain:    one row per invoice or credit note of the month or earlier that was open when the month was closed.
-- Units:    all money is in the organisation's currency and includes tax.
-- Dates:    days past due_on at as_of_on, the last day of the month; month_on is the month.
-- Included: months that are closed now; invoices dated up to the month's end, also those that Inflow read after it.
-- Left out: months that are not closed, and months that were reopened: they have no row; invoices dated after the
--           month's end. Otherwise as report.receivables_ageing.
-- Caveats:  amounts are what was outstanding at closed_at: what was paid between the month's end and the closing is
--           out. report.receivables_ageing_as_of(day) says what Inflow knew at the month's end itself. A column
--           that the open view got after a closing is null.

create or replace view report.receivables_ageing_as_closed with (security_invoker = true) as
select
    closing.connection_id,
    connection.name as connection_name,
    figure.as_of_on,
    figure.invoice_uuid,
    figure.invoice_number,
    figure.is_credit_note,
    figure.client_uuid,
    figure.client_name,
    figure.issued_on,
    figure.due_on,
    figure.days_overdue,
    figure.bucket,
    figure.outstanding_including_tax,
    case when figure.bucket = 'no_due_date' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as no_due_date,
    case when figure.bucket = 'not_due' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as not_due,
    case when figure.bucket = 'd1_30' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as d1_30,
    case when figure.bucket = 'd31_60' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as d31_60,
    case when figure.bucket = 'd61_90' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as d61_90,
    case when figure.bucket = 'd90_more' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as d90_more,
    case when figure.bucket = 'unapplied_credit' then figure.outstanding_including_tax else 0 end::numeric(19, 4)
        as unapplied_credit,
    closing.month_on,
    closing.closed_at
from inflow.closing
join inflow.closed_row on closed_row.connection_id = closing.connection_id and closed_row.closing_id = closing.id
cross join lateral jsonb_to_record(closed_row.figures) as figure (
        as_of_on date, invoice_uuid text, invoice_number text, is_credit_note boolean, client_uuid text,
        client_name text, issued_on date, due_on date, days_overdue integer, bucket text,
        outstanding_including_tax numeric(19, 4))
left join inflow.connection on connection.id = closing.connection_id
where closing.reopened_at is null and closed_row.report = 'receivables_ageing';

comment on view report.receivables_ageing_as_closed is
    'Open invoices at the end of the months that are closed, as they were known when each was closed. Including tax.';
comment on column report.receivables_ageing_as_closed.connection_id is 'Connection, hence organisation.';
comment on column report.receivables_ageing_as_closed.connection_name is 'Name of the connection.';
comment on column report.receivables_ageing_as_closed.as_of_on is
    'The day at which it is: the last day of the month.';
comment on column report.receivables_ageing_as_closed.invoice_uuid is
    'Invoice; joins wfm.invoice (connection_id, uuid).';
comment on column report.receivables_ageing_as_closed.invoice_number is 'Printed number of the invoice.';
comment on column report.receivables_ageing_as_closed.is_credit_note is
    'Whether it is a credit note: its number begins with CN-, or what is outstanding is negative.';
comment on column report.receivables_ageing_as_closed.client_uuid is
    'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.receivables_ageing_as_closed.client_name is
    'Name of the client when the month was closed; of a client that is not loaded, the name on the invoice.';
comment on column report.receivables_ageing_as_closed.issued_on is 'Date of the invoice.';
comment on column report.receivables_ageing_as_closed.due_on is
    'Day payment is due; null where the invoice has none.';
comment on column report.receivables_ageing_as_closed.days_overdue is
    'Days from due_on to as_of_on; negative before it is due.';
comment on column report.receivables_ageing_as_closed.bucket is
    'Name of the column that the amount stands in: no_due_date, not_due, d1_30, d31_60, d61_90, d90_more or '
    'unapplied_credit.';
comment on column report.receivables_ageing_as_closed.outstanding_including_tax is
    'What was still to be paid when the month was closed, including tax.';
comment on column report.receivables_ageing_as_closed.no_due_date is
    'The amount where the invoice has no due day, including tax.';
comment on column report.receivables_ageing_as_closed.not_due is 'The amount where it is not due yet, including tax.';
comment on column report.receivables_ageing_as_closed.d1_30 is
    'The amount where it is 1 to 30 days overdue, including tax.';
comment on column report.receivables_ageing_as_closed.d31_60 is
    'The amount where it is 31 to 60 days overdue, including tax.';
comment on column report.receivables_ageing_as_closed.d61_90 is
    'The amount where it is 61 to 90 days overdue, including tax.';
comment on column report.receivables_ageing_as_closed.d90_more is
    'The amount where it is more than 90 days overdue, including tax.';
comment on column report.receivables_ageing_as_closed.unapplied_credit is
    'The amount of an open credit note, including tax; negative. It has no age.';
comment on column report.receivables_ageing_as_closed.month_on is 'First day of the month that was closed.';
comment on column report.receivables_ageing_as_closed.closed_at is
    'When the month was closed: the moment that the row is of.';
