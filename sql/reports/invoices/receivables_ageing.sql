-- Question: who owes how much, and how long has it been due?
--
-- Grain:    one row per open invoice or credit note. report.receivables_ageing_by_client sums it by client.
-- Units:    all money is in the organisation's currency and includes tax, as outstanding amounts do at the platform.
-- Dates:    days past due_on, at as_of_on: today in the connection's zone, or the day asked for.
-- Included: approved invoices with something outstanding; open credit notes, in a column of their own and in no age.
-- Left out: drafts, which have an outstanding amount too; paid and cancelled invoices; what the platform no longer
--           lists.
-- Caveats:  this is the platform's view: credit notes and payments that exist in the accounting system only are
--           missing, so it need not equal the ledger. Invoices without a due day are in no_due_date.
--           report.receivables_ageing_as_of(day) says how it was at the end of a day.

create or replace view report.receivables_ageing with (security_invoker = true) as
with open_invoice as (
    select
        invoice.connection_id, invoice.uuid, invoice.number, invoice.client_uuid, invoice.client_name, invoice.issued_on,
        invoice.due_on, invoice.amount_outstanding,
        -- Records whose connection was removed with --keep-data have no zone any more.
        (now() at time zone coalesce(connection.time_zone, 'UTC'))::date as as_of_on,
        connection.name as connection_name,
        lower(invoice.number) like 'cn-%' or invoice.amount_outstanding < 0 as is_credit_note
    from wfm.invoice
    left join inflow.connection on connection.id = invoice.connection_id
    where invoice.deleted_at is null and lower(invoice.status) = 'approved'
        and invoice.amount_outstanding is distinct from 0
),
aged as (
    select
        *, as_of_on - due_on as days_overdue,
        case when is_credit_note then 'unapplied_credit' else inflow.ageing_bucket(as_of_on - due_on) end as bucket
    from open_invoice
)
select
    aged.connection_id,
    aged.connection_name,
    aged.as_of_on,
    aged.uuid as invoice_uuid,
    aged.number as invoice_number,
    aged.is_credit_note,
    aged.client_uuid,
    coalesce(client.name, aged.client_name) as client_name,
    aged.issued_on,
    aged.due_on,
    aged.days_overdue,
    aged.bucket,
    aged.amount_outstanding::numeric(19, 4) as outstanding_including_tax,
    case when aged.bucket = 'no_due_date' then aged.amount_outstanding else 0 end::numeric(19, 4) as no_due_date,
    case when aged.bucket = 'not_due' then aged.amount_outstanding else 0 end::numeric(19, 4) as not_due,
    case when aged.bucket = 'd1_30' then aged.amount_outstanding else 0 end::numeric(19, 4) as d1_30,
    case when aged.bucket = 'd31_60' then aged.amount_outstanding else 0 end::numeric(19, 4) as d31_60,
    case when aged.bucket = 'd61_90' then aged.amount_outstanding else 0 end::numeric(19, 4) as d61_90,
    case when aged.bucket = 'd90_more' then aged.amount_outstanding else 0 end::numeric(19, 4) as d90_more,
    case when aged.bucket = 'unapplied_credit' then aged.amount_outstanding else 0 end::numeric(19, 4) as unapplied_credit
from aged
left join wfm.client on client.connection_id = aged.connection_id and client.uuid = aged.client_uuid;

comment on view report.receivables_ageing is
    'Approved invoices with something outstanding, by the days past their due day; open credit notes apart. Including '
    'tax.';
comment on column report.receivables_ageing.connection_id is 'Connection, hence organisation.';
comment on column report.receivables_ageing.connection_name is 'Name of the connection.';
comment on column report.receivables_ageing.as_of_on is 'The day at which it is: today in the connection''s zone.';
comment on column report.receivables_ageing.invoice_uuid is 'Invoice; joins wfm.invoice (connection_id, uuid).';
comment on column report.receivables_ageing.invoice_number is 'Printed number of the invoice.';
comment on column report.receivables_ageing.is_credit_note is
    'Whether it is a credit note: its number begins with CN-, or what is outstanding is negative.';
comment on column report.receivables_ageing.client_uuid is 'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.receivables_ageing.client_name is
    'Name of the client today; of a client that is not loaded, the name on the invoice.';
comment on column report.receivables_ageing.issued_on is 'Date of the invoice.';
comment on column report.receivables_ageing.due_on is 'Day payment is due; null where the invoice has none.';
comment on column report.receivables_ageing.days_overdue is 'Days from due_on to as_of_on; negative before it is due.';
comment on column report.receivables_ageing.bucket is
    'Name of the column that the amount stands in: no_due_date, not_due, d1_30, d31_60, d61_90, d90_more or '
    'unapplied_credit.';
comment on column report.receivables_ageing.outstanding_including_tax is 'What is still to be paid, including tax.';
comment on column report.receivables_ageing.no_due_date is
    'The amount where the invoice has no due day, including tax.';
comment on column report.receivables_ageing.not_due is 'The amount where it is not due yet, including tax.';
comment on column report.receivables_ageing.d1_30 is 'The amount where it is 1 to 30 days overdue, including tax.';
comment on column report.receivables_ageing.d31_60 is 'The amount where it is 31 to 60 days overdue, including tax.';
comment on column report.receivables_ageing.d61_90 is 'The amount where it is 61 to 90 days overdue, including tax.';
comment on column report.receivables_ageing.d90_more is
    'The amount where it is more than 90 days overdue, including tax.';
comment on column report.receivables_ageing.unapplied_credit is
    'The amount of an open credit note, including tax; negative. It has no age.';
