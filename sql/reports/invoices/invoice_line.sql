-- Question: what was invoiced, line by line, for which job and task?
--
-- Grain:    one row per line of an approved or paid invoice, and one of kind "header" for an invoice whose lines do
--           not come to its amount or tax, or that has none: the rows of an invoice always add up to the invoice.
-- Units:    money is in the organisation's currency; amount and rate exclude tax.
-- Dates:    issued_on, the invoice's date, in the organisation's own calendar.
-- Included: credit notes, whose amounts are negative.
-- Left out: drafts and cancelled invoices; invoices the platform no longer lists.
-- Caveats:  never recompute an amount as quantity times price: the platform rounds, and lines that are not billable
--           have 0. A line names its job by number (report.document_job). A row of kind "header" belongs to the job of
--           the invoice's lines, if they have one only, else to the job whose number the invoice prints.

create or replace view report.invoice_line with (security_invoker = true) as
with issued as not materialized (
    select
        invoice.connection_id, invoice.uuid, invoice.number, invoice.type, invoice.status, invoice.issued_on,
        invoice.due_on, invoice.amount, invoice.amount_tax, invoice.amount_including_tax, invoice.description,
        invoice.job_text, invoice.client_uuid, coalesce(client.name, invoice.client_name) as client_name,
        lower(invoice.number) like 'cn-%' or invoice.amount < 0 as is_credit_note
    from wfm.invoice
    left join wfm.client on client.connection_id = invoice.connection_id and client.uuid = invoice.client_uuid
    where invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid')
),
line as (
    select
        issued.*, 'time' as kind, task.uuid as line_key, task.position, task.job_number, task.job_name,
        task.name as item, null::text as code, task.minutes, null::numeric as quantity, task.billable_rate as rate,
        null::numeric as unit_cost, task.billable, task.amount as line_amount, task.amount_tax as line_tax,
        task.amount_including_tax as line_including_tax
    from issued
    join wfm.invoice_task task on task.connection_id = issued.connection_id and task.invoice_uuid = issued.uuid
    union all
    select
        issued.*, 'cost', cost.position::text, cost.position, cost.job_number, cost.job_name, cost.description,
        cost.code, null, cost.quantity, cost.unit_price, cost.unit_cost, cost.billable, cost.amount, cost.amount_tax,
        cost.amount_including_tax
    from issued
    join wfm.invoice_cost cost on cost.connection_id = issued.connection_id and cost.invoice_uuid = issued.uuid
    union all
    -- One pass over an invoice's lines by their key, so that a span of dates looks at its own invoices only.
    select
        issued.*, 'header', null, null, coalesce(lines.only_job_number, issued.job_text), null, issued.description,
        null, null, null, null, null, null, issued.amount - lines.amount, issued.amount_tax - lines.amount_tax,
        issued.amount_including_tax - lines.amount_including_tax
    from issued
    cross join lateral (
        select
            count(*) as lines, coalesce(sum(l.amount), 0) as amount, coalesce(sum(l.amount_tax), 0) as amount_tax,
            coalesce(sum(l.amount_including_tax), 0) as amount_including_tax,
            case when min(l.job_number) = max(l.job_number) then max(l.job_number) end as only_job_number
        from (
            select t.job_number, t.amount, t.amount_tax, t.amount_including_tax
            from wfm.invoice_task t
            where t.connection_id = issued.connection_id and t.invoice_uuid = issued.uuid
            union all
            select c.job_number, c.amount, c.amount_tax, c.amount_including_tax
            from wfm.invoice_cost c
            where c.connection_id = issued.connection_id and c.invoice_uuid = issued.uuid
        ) l
    ) lines
    where lines.lines = 0 or issued.amount <> lines.amount or issued.amount_tax <> lines.amount_tax
        or issued.amount_including_tax <> lines.amount_including_tax
)
select
    line.connection_id,
    connection.name as connection_name,
    line.kind,
    line.uuid as invoice_uuid,
    line.line_key,
    line.position,
    line.number as invoice_number,
    line.type as invoice_type,
    line.status,
    line.is_credit_note,
    line.issued_on,
    line.due_on,
    date_trunc('month', line.issued_on::timestamp)::date as month_on,
    line.client_uuid,
    line.client_name,
    case when line.kind <> 'header' or job.job_uuid is not null then line.job_number end as job_number,
    job.job_uuid,
    coalesce(job.job_name, line.job_name) as job_name,
    job.job_category,
    line.item,
    line.code,
    line.billable,
    line.minutes,
    (line.minutes / 60.0)::numeric(12, 4) as hours,
    line.quantity::numeric(19, 4) as quantity,
    line.rate::numeric(19, 4) as rate,
    line.unit_cost::numeric(19, 4) as unit_cost,
    inflow.money(line.line_amount)::numeric(19, 4) as amount,
    inflow.money(line.line_tax)::numeric(19, 4) as amount_tax,
    inflow.money(line.line_including_tax)::numeric(19, 4) as amount_including_tax
from line
left join report.document_job job on job.connection_id = line.connection_id and job.job_number = line.job_number
left join inflow.connection on connection.id = line.connection_id;

comment on view report.invoice_line is
    'Lines of approved and paid invoices and credit notes; the rows of an invoice always add up to the invoice.';
comment on column report.invoice_line.connection_id is 'Connection, hence organisation.';
comment on column report.invoice_line.connection_name is 'Name of the connection.';
comment on column report.invoice_line.kind is
    'time (a task line), cost (a cost line) or header (what the invoice holds beyond its lines).';
comment on column report.invoice_line.invoice_uuid is 'Invoice; joins wfm.invoice (connection_id, uuid).';
comment on column report.invoice_line.line_key is
    'Key of the line within the invoice and kind: the uuid of a task line, the position of a cost line; null of a '
    'header.';
comment on column report.invoice_line.position is
    '1-based place among the invoice''s lines of that kind; null of a header.';
comment on column report.invoice_line.invoice_number is 'Printed number of the invoice.';
comment on column report.invoice_line.invoice_type is 'Progress Invoice, Final Invoice, Miscellaneous or others.';
comment on column report.invoice_line.status is 'Approved or Paid.';
comment on column report.invoice_line.is_credit_note is
    'Whether it is a credit note: its number begins with CN-, or its amount is negative.';
comment on column report.invoice_line.issued_on is 'Date of the invoice.';
comment on column report.invoice_line.due_on is 'Day payment is due.';
comment on column report.invoice_line.month_on is 'First day of the month of issued_on.';
comment on column report.invoice_line.client_uuid is 'Client invoiced; joins wfm.client (connection_id, uuid).';
comment on column report.invoice_line.client_name is
    'Name of the client today; of a client that is not loaded, the name on the invoice.';
comment on column report.invoice_line.job_number is 'Number of the job the line is for; null where it is for none.';
comment on column report.invoice_line.job_uuid is
    'That job; joins wfm.job (connection_id, uuid). Null where it is not loaded.';
comment on column report.invoice_line.job_name is
    'Name of the job today; of a job that is not loaded, the name on the line.';
comment on column report.invoice_line.job_category is 'Category of the job.';
comment on column report.invoice_line.item is
    'Name of the task, description of the cost, or description of the invoice.';
comment on column report.invoice_line.code is 'Code of the price-list item of a cost line.';
comment on column report.invoice_line.billable is 'Whether the line is charged; null of a header.';
comment on column report.invoice_line.minutes is 'Minutes charged on a task line.';
comment on column report.invoice_line.hours is 'The same in hours.';
comment on column report.invoice_line.quantity is 'Units of a cost line.';
comment on column report.invoice_line.rate is 'Price of an hour, or of a unit of a cost line, excluding tax.';
comment on column report.invoice_line.unit_cost is 'What a unit of a cost line costs the organisation, excluding tax.';
comment on column report.invoice_line.amount is 'Amount excluding tax, negative on credit notes.';
comment on column report.invoice_line.amount_tax is 'Tax on amount.';
comment on column report.invoice_line.amount_including_tax is 'Amount including tax.';
