-- Reports that go out by mail on their own days, with a file.

create table inflow.report_mail (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    id bigint generated always as identity,
    report text not null,
    columns text[] not null default '{}',
    condition text,
    first_day text,
    last_day text,
    format text not null check (format in ('csv', 'xlsx')),
    recipients text[] not null check (cardinality(recipients) > 0),
    rhythm text not null,
    set_at timestamptz not null default clock_timestamp(),
    written_on date,
    written_at timestamptz,
    problem text,
    primary key (connection_id, id)
);
comment on table inflow.report_mail is 'Reports that go out by mail on their own days.';
comment on column inflow.report_mail.connection_id is 'The connection whose rows they have.';
comment on column inflow.report_mail.id is 'Number of the mail.';
comment on column inflow.report_mail.report is 'The report, with its schema: report.invoices_by_month.';
comment on column inflow.report_mail.columns is 'The columns that it has, in order; empty: all.';
comment on column inflow.report_mail.condition is 'A condition in SQL that a reader evaluates. Null: none.';
comment on column inflow.report_mail.first_day is
    'First day of its span, as a person wrote it: last-month is read again each time. Null: open.';
comment on column inflow.report_mail.last_day is 'Last day of its span, included, as a person wrote it. Null: open.';
comment on column inflow.report_mail.format is 'csv or xlsx.';
comment on column inflow.report_mail.recipients is 'Addresses that it goes to.';
comment on column inflow.report_mail.rhythm is
    'When it goes out, on the clock of the connection''s zone: day 08:00, workday 08:00, monday 08:00 or month 08:00.';
comment on column inflow.report_mail.set_at is 'When it was set up: it is not due for a moment before.';
comment on column inflow.report_mail.written_on is 'The local day that it was last written for. Null: never.';
comment on column inflow.report_mail.written_at is 'When it was last written.';
comment on column inflow.report_mail.problem is 'Why the last one has no rows, in words. Null: it has them.';

alter table inflow.outbox
    add column recipients text[],
    add column attachment_name text,
    add column attachment_type text,
    add column attachment bytea,
    add constraint outbox_attachment_check check (attachment is null or attachment_name is not null and attachment_type is not null),
    drop constraint outbox_event_check,
    add constraint outbox_event_check check (event in ('opened', 'closed', 'digest', 'success', 'report'));
comment on column inflow.outbox.event is
    'opened or closed, of incidents; digest or success, of what runs did; report, of a report with its file.';
comment on column inflow.outbox.incidents is 'Numbers of the incidents it is about; empty for every other event.';
comment on column inflow.outbox.recipients is 'Addresses that it goes to. Null: those of the channel.';
comment on column inflow.outbox.attachment_name is 'Name of the file that it carries. Null: none.';
comment on column inflow.outbox.attachment_type is 'Media type of the file.';
comment on column inflow.outbox.attachment is 'The file; forgotten once the mail is delivered.';
