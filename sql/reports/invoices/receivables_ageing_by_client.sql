-- Question: how much does each client owe, by the time it has been due?
--
-- Grain:    one row per connection and client with an open invoice or credit note.
-- Units:    all money is in the organisation's currency and includes tax.
-- Dates:    days past due_on, today in the connection's zone.
-- Included: as report.receivables_ageing, of which it is the sum.
-- Left out: as there.
-- Caveats:  as there. Invoices without a client stand in one row whose client_uuid is null.

create or replace view report.receivables_ageing_by_client with (security_invoker = true) as
select
    connection_id,
    connection_name,
    as_of_on,
    client_uuid,
    max(client_name) as client_name,
    count(*) filter (where not is_credit_note) as invoices,
    count(*) filter (where is_credit_note) as credit_notes,
    min(due_on) filter (where not is_credit_note) as oldest_due_on,
    inflow.money(sum(outstanding_including_tax))::numeric(19, 4) as outstanding_including_tax,
    inflow.money(sum(no_due_date))::numeric(19, 4) as no_due_date,
    inflow.money(sum(not_due))::numeric(19, 4) as not_due,
    inflow.money(sum(d1_30))::numeric(19, 4) as d1_30,
    inflow.money(sum(d31_60))::numeric(19, 4) as d31_60,
    inflow.money(sum(d61_90))::numeric(19, 4) as d61_90,
    inflow.money(sum(d90_more))::numeric(19, 4) as d90_more,
    inflow.money(sum(unapplied_credit))::numeric(19, 4) as unapplied_credit
from report.receivables_ageing
group by connection_id, connection_name, as_of_on, client_uuid;

comment on view report.receivables_ageing_by_client is
    'What each client owes, by the days past the due day; the sum of report.receivables_ageing. Including tax.';
comment on column report.receivables_ageing_by_client.connection_id is 'Connection, hence organisation.';
comment on column report.receivables_ageing_by_client.connection_name is 'Name of the connection.';
comment on column report.receivables_ageing_by_client.as_of_on is
    'The day at which it is: today in the connection''s zone.';
comment on column report.receivables_ageing_by_client.client_uuid is
    'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.receivables_ageing_by_client.client_name is
    'Name of the client today; of a client that is not loaded, the name on its invoices.';
comment on column report.receivables_ageing_by_client.invoices is 'Open invoices.';
comment on column report.receivables_ageing_by_client.credit_notes is 'Open credit notes.';
comment on column report.receivables_ageing_by_client.oldest_due_on is 'Earliest due day of an open invoice.';
comment on column report.receivables_ageing_by_client.outstanding_including_tax is
    'What is still to be paid less open credit notes, including tax.';
comment on column report.receivables_ageing_by_client.no_due_date is
    'Of it on invoices without a due day, including tax.';
comment on column report.receivables_ageing_by_client.not_due is 'Of it not due yet, including tax.';
comment on column report.receivables_ageing_by_client.d1_30 is 'Of it 1 to 30 days overdue, including tax.';
comment on column report.receivables_ageing_by_client.d31_60 is 'Of it 31 to 60 days overdue, including tax.';
comment on column report.receivables_ageing_by_client.d61_90 is 'Of it 61 to 90 days overdue, including tax.';
comment on column report.receivables_ageing_by_client.d90_more is 'Of it more than 90 days overdue, including tax.';
comment on column report.receivables_ageing_by_client.unapplied_credit is
    'Open credit notes, including tax; negative. They have no age.';
