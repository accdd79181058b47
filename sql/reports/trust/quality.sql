-- Question: which records contradict themselves or each other?
--
-- Grain:    one row per finding; a record may have several, of different kinds. No row means nothing was found.
-- Kinds:    invoice_lines             the amount is not the sum of its task and cost lines
--           invoice_tax               amount and tax do not come to the amount including tax
--           duplicate_client_email    another client has the same e-mail address, whatever its letters' case
--           duplicate_client_name     another client has the same name, whatever its letters' case and outer blanks
--           timesheet_job             the time entry's job number is no job's
--           timesheet_staff           the time entry's staff member is not in the list of staff
--           job_state                 the job's state is not in the list of states
-- Units:    money is in the organisation's currency, compared to the last digit: over 575 invoices measured, header and
--           lines agreed without exception, credit notes included.
-- Left out: records the platform no longer lists (deleted_at); invoices whose lines were never read; purchase orders,
--           whose amounts do not add up at the platform either; references that are empty.
-- Caveats:  a reference is unknown when the connection has no row for it, marked ones included: a job that was never
--           loaded, since it is older than the first load, is as unknown as one that does not exist.

create or replace view report.quality with (security_invoker = true) as
select
    r.connection_id,
    r.kind,
    r.entity,
    r.key,
    r.label,
    r.words,
    r.found,
    r.expected,
    r.difference,
    n.name as connection_name
from (
    with
    line as (
        select connection_id, invoice_uuid, amount
        from wfm.invoice_task
        union all
        select connection_id, invoice_uuid, amount
        from wfm.invoice_cost
    ),
    invoice_line as (
        select connection_id, invoice_uuid, sum(amount) as amount
        from line
        group by connection_id, invoice_uuid
    ),
    checked_invoice as (
        select
            invoice.connection_id,
            invoice.uuid,
            invoice.number,
            invoice.amount,
            invoice.amount_tax,
            invoice.amount_including_tax,
            invoice.children_hash is not null as has_lines_read,
            coalesce(invoice_line.amount, 0) as lines_amount
        from wfm.invoice
        left join invoice_line
            on invoice_line.connection_id = invoice.connection_id
            and invoice_line.invoice_uuid = invoice.uuid
        where invoice.deleted_at is null
    ),
    named_client as (
        select
            connection_id,
            uuid,
            name,
            nullif(lower(btrim(email)), '') as email_folded,
            nullif(lower(btrim(name)), '') as name_folded
        from wfm.client
        where deleted_at is null
    ),
    counted_client as (
        select
            connection_id,
            uuid,
            name,
            email_folded,
            name_folded,
            count(*) over (partition by connection_id, email_folded) as with_email,
            count(*) over (partition by connection_id, name_folded) as with_name
        from named_client
    )
    select
        connection_id,
        'invoice_lines'::text as kind,
        'invoice'::text as entity,
        uuid::text as key,
        number::text as label,
        format('The amount is %s, its lines come to %s.', amount, lines_amount) as words,
        amount::text as found,
        lines_amount::text as expected,
        trim_scale(amount - lines_amount) as difference
    from checked_invoice
    where has_lines_read and amount <> lines_amount
    union all
    select
        connection_id,
        'invoice_tax',
        'invoice',
        uuid,
        number,
        format(
            'The amount including tax is %s, amount and tax come to %s.', amount_including_tax, amount + amount_tax),
        amount_including_tax::text,
        (amount + amount_tax)::text,
        trim_scale(amount_including_tax - (amount + amount_tax))
    from checked_invoice
    where amount_including_tax <> amount + amount_tax
    union all
    select
        connection_id,
        'duplicate_client_email',
        'client',
        uuid,
        name,
        format('%s clients have the e-mail address %s.', with_email, email_folded),
        email_folded,
        null,
        null
    from counted_client
    where with_email > 1 and email_folded is not null
    union all
    select
        connection_id,
        'duplicate_client_name',
        'client',
        uuid,
        name,
        format('%s clients have the name %s.', with_name, name_folded),
        name_folded,
        null,
        null
    from counted_client
    where with_name > 1 and name_folded is not null
    union all
    select
        timesheet.connection_id,
        'timesheet_job',
        'timesheet',
        timesheet.uuid,
        timesheet.worked_on::text,
        format('No job has the number %s.', timesheet.job_number),
        timesheet.job_number,
        null,
        null
    from wfm.timesheet
    where timesheet.deleted_at is null
        and timesheet.job_number is not null
        and not exists (
            select
            from wfm.job
            where job.connection_id = timesheet.connection_id and job.number = timesheet.job_number
        )
    union all
    select
        timesheet.connection_id,
        'timesheet_staff',
        'timesheet',
        timesheet.uuid,
        timesheet.worked_on::text,
        format('There is no staff member %s (%s).', timesheet.staff_uuid, timesheet.staff_name),
        timesheet.staff_uuid,
        null,
        null
    from wfm.timesheet
    where timesheet.deleted_at is null
        and timesheet.staff_uuid is not null
        and not exists (
            select
            from wfm.staff
            where staff.connection_id = timesheet.connection_id and staff.uuid = timesheet.staff_uuid
        )
    union all
    select
        job.connection_id,
        'job_state',
        'job',
        job.uuid,
        job.number,
        format('There is no job state "%s".', job.state),
        job.state,
        null,
        null
    from wfm.job
    where job.deleted_at is null
        and job.state is not null
        and not exists (
            select
            from wfm.job_status
            where job_status.connection_id = job.connection_id and job_status.name = job.state
        )
) r
join inflow.connection n on n.id = r.connection_id;

comment on view report.quality is
    'Records that contradict themselves or each other, one row per finding; empty when nothing was found.';
comment on column report.quality.connection_id is 'Connection, hence organisation.';
comment on column report.quality.kind is
    'What was found: invoice_lines, invoice_tax, duplicate_client_email, duplicate_client_name, timesheet_job, '
    'timesheet_staff or job_state.';
comment on column report.quality.entity is 'Kind of record: the table is wfm.<entity>.';
comment on column report.quality.key is 'Key of the record in its table.';
comment on column report.quality.label is 'What people call it: number or name; of a time entry the day worked.';
comment on column report.quality.words is 'The finding in words.';
comment on column report.quality.found is 'The value that is wrong, shared or unknown.';
comment on column report.quality.expected is 'What it should be, of amounts; else null.';
comment on column report.quality.difference is 'Found less expected, of amounts, in the organisation''s currency.';
comment on column report.quality.connection_name is 'Name of the connection.';
