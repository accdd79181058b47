-- Question: what was invoiced, with one key for each job and client?
--
-- Grain:    one row per row of report.invoice_line.
-- Units:    money is in the organisation's currency; amount excludes tax.
-- Dates:    day is issued_on, the organisation's own calendar.
-- Included: as report.invoice_line.
-- Left out: as there.
-- Caveats:  as there; each key has a row in its dimension. The client is the one invoiced.

create or replace view bi.fact_invoice_line with (security_invoker = true) as
select
    line.connection_id,
    line.connection_name,
    line.issued_on as day,
    line.connection_id || ':' || coalesce(line.job_uuid, '') as job_key,
    line.connection_id || ':' || coalesce(client.uuid, '') as client_key,
    line.kind,
    line.invoice_number,
    line.status,
    line.is_credit_note,
    line.item,
    line.hours,
    line.amount,
    line.amount_tax
from report.invoice_line line
left join wfm.client on client.connection_id = line.connection_id and client.uuid = line.client_uuid;

comment on view bi.fact_invoice_line is
    'Invoice lines with one key for each dimension, for tools that relate single columns.';
comment on column bi.fact_invoice_line.connection_id is 'Connection, hence organisation.';
comment on column bi.fact_invoice_line.connection_name is 'Name of the connection.';
comment on column bi.fact_invoice_line.day is 'Date of the invoice; relates to bi.dim_day.';
comment on column bi.fact_invoice_line.job_key is 'Job of the line; relates to bi.dim_job.';
comment on column bi.fact_invoice_line.client_key is 'Client invoiced; relates to bi.dim_client.';
comment on column bi.fact_invoice_line.kind is 'time, cost or header, as in report.invoice_line.';
comment on column bi.fact_invoice_line.invoice_number is 'Printed number of the invoice.';
comment on column bi.fact_invoice_line.status is 'Approved or Paid.';
comment on column bi.fact_invoice_line.is_credit_note is 'Whether it is a credit note.';
comment on column bi.fact_invoice_line.item is
    'Name of the task, description of the cost, or description of the invoice.';
comment on column bi.fact_invoice_line.hours is 'Hours charged on a task line.';
comment on column bi.fact_invoice_line.amount is 'Amount excluding tax, negative on credit notes.';
comment on column bi.fact_invoice_line.amount_tax is 'Tax on amount.';
