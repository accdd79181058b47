-- What reports join by: the number of a job, and the invoice line that time hangs on.

create index job_number on wfm.job (connection_id, number);
create index timesheet_invoice_task on wfm.timesheet (connection_id, invoice_task_uuid) where invoice_task_uuid is not null;

-- How many invoices are of which status, whatever the case of its letters: without it PostgreSQL takes approved and paid
-- invoices for a handful, and looks up each one's lines in turn.
create statistics wfm.invoice_status_lower on (lower(status)) from wfm.invoice;
