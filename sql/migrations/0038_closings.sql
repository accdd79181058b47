-- Months that people sign off: what the reports said of them at one moment, and each record that they were made of.
--
-- Nothing here holds up a load. No table refers to the connection: what was signed off stays where a connection is
-- removed and its records are kept, and goes in batches otherwise.

create table inflow.closing (
    connection_id bigint not null,
    id bigint generated always as identity,
    month_on date not null check (month_on = date_trunc('month', month_on::timestamp)::date),
    next_month_on date not null generated always as ((month_on + interval '1 month')::date) stored,
    closed_at timestamptz not null default now(),
    closed_by text not null,
    note text,
    was_complete boolean not null,
    missing text,
    data_as_of timestamptz,
    entities text[] not null default '{}',
    next_run_id bigint not null,
    entries bigint not null,
    hours numeric(12, 4) not null,
    billable_hours numeric(12, 4) not null,
    invoices bigint not null,
    credit_notes bigint not null,
    amount numeric(19, 4),
    credit_amount numeric(19, 4),
    amount_tax numeric(19, 4),
    job_costs numeric(19, 4),
    reopened_at timestamptz,
    reopened_by text,
    reopening_note text,
    primary key (connection_id, id),
    check ((reopened_at is null) = (reopened_by is null))
);
create unique index closing_month on inflow.closing (connection_id, month_on) where reopened_at is null;
comment on table inflow.closing is
    'Months that people signed off, with their totals at that moment. A month that was reopened and closed again has a '
    'row for each closing.';
comment on column inflow.closing.connection_id is 'The connection.';
comment on column inflow.closing.id is 'Number of the closing.';
comment on column inflow.closing.month_on is 'First day of the calendar month.';
comment on column inflow.closing.next_month_on is
    'First day after it. A column, because an index serves a reader only where the bound takes no computing.';
comment on column inflow.closing.closed_at is 'When it was closed: the moment that all its figures are of.';
comment on column inflow.closing.closed_by is 'Who closed it, in that person''s own words or as the account''s name.';
comment on column inflow.closing.note is 'What that person noted.';
comment on column inflow.closing.was_complete is 'Whether the records of the month were complete then.';
comment on column inflow.closing.missing is 'What was missing of them, in words; null where nothing was.';
comment on column inflow.closing.data_as_of is
    'When the oldest of the answers was asked for that held all records of the month; null where there was none '
    'of one kind.';
comment on column inflow.closing.entities is
    'The records signed off: timesheet and invoice, and job_cost where Inflow reads job costs.';
comment on column inflow.closing.next_run_id is
    'Runs with a smaller number had ended: a record that one of them brought first was known at the closing.';
comment on column inflow.closing.entries is 'Time entries.';
comment on column inflow.closing.hours is 'Hours worked.';
comment on column inflow.closing.billable_hours is 'The billable part of hours.';
comment on column inflow.closing.invoices is 'Approved and paid invoices, credit notes not counted.';
comment on column inflow.closing.credit_notes is 'Approved and paid credit notes.';
comment on column inflow.closing.amount is 'Amount of both excluding tax.';
comment on column inflow.closing.credit_amount is 'The part of amount that comes from credit notes.';
comment on column inflow.closing.amount_tax is 'Tax on amount.';
comment on column inflow.closing.job_costs is
    'Quantity times unit cost of the costs booked; null where Inflow did not read them.';
comment on column inflow.closing.reopened_at is 'When it was reopened; null while the month is closed.';
comment on column inflow.closing.reopened_by is 'Who reopened it.';
comment on column inflow.closing.reopening_note is 'What that person noted.';

create table inflow.closed_row (
    connection_id bigint not null,
    closing_id bigint not null,
    report text not null,
    number integer not null,
    figures jsonb not null,
    primary key (connection_id, closing_id, report, number)
);
comment on table inflow.closed_row is
    'Rows that the reports had of a month when it was closed, with the names of that moment.';
comment on column inflow.closed_row.connection_id is 'The connection.';
comment on column inflow.closed_row.closing_id is 'The closing.';
comment on column inflow.closed_row.report is 'The view of schema report.';
comment on column inflow.closed_row.number is 'Number of the row, from 1.';
comment on column inflow.closed_row.figures is 'The row, column by column; columns that were null are left out.';

create table inflow.closed_record (
    connection_id bigint not null,
    closing_id bigint not null,
    entity text not null,
    parent_key text collate "C" not null,
    key text collate "C" not null,
    dated_on date not null,
    is_counted boolean not null,
    status text,
    staff_uuid text collate "C",
    job_number text collate "C",
    client_uuid text collate "C",
    minutes integer,
    billable_minutes integer,
    amount numeric,
    amount_tax numeric,
    primary key (connection_id, closing_id, entity, parent_key, key)
);
comment on table inflow.closed_record is
    'Each record of a month when it was closed, with what it counted for: what later changes are found by.';
comment on column inflow.closed_record.connection_id is 'The connection.';
comment on column inflow.closed_record.closing_id is 'The closing.';
comment on column inflow.closed_record.entity is 'timesheet, invoice or job_cost.';
comment on column inflow.closed_record.parent_key is 'Job of a job cost; empty for the others.';
comment on column inflow.closed_record.key is 'Identifier of the record, of a job cost within its job.';
comment on column inflow.closed_record.dated_on is 'The record''s day.';
comment on column inflow.closed_record.is_counted is
    'Whether it was in the month''s totals: invoices where they were approved or paid, the others always.';
comment on column inflow.closed_record.status is 'Status of an invoice, as the platform wrote it.';
comment on column inflow.closed_record.staff_uuid is 'Person of a time entry.';
comment on column inflow.closed_record.job_number is 'Job of a time entry or cost.';
comment on column inflow.closed_record.client_uuid is 'Client of an invoice.';
comment on column inflow.closed_record.minutes is 'Minutes of a time entry.';
comment on column inflow.closed_record.billable_minutes is 'The same where the entry was billable, else 0.';
comment on column inflow.closed_record.amount is
    'Amount of an invoice excluding tax, 0 where it did not count; quantity times unit cost of a job cost; null '
    'where not known.';
comment on column inflow.closed_record.amount_tax is 'Tax on an invoice, 0 where it did not count.';

do $$
begin
    -- The tests of the merge have a warehouse without the platform's tables.
    if to_regclass('wfm.job_cost') is not null then
        create index job_cost_incurred_on on wfm.job_cost (connection_id, incurred_on);
    end if;
end
$$;
