-- Question: which months were signed off, by whom, with which totals, and which of them were reopened?
--
-- Grain:    one row per closing. A month that was reopened and closed again has a row for each; is_closed is true
--           of the one that holds.
-- Units:    hours are minutes / 60; money is in the organisation's currency and excludes tax, but for amount_tax.
-- Dates:    month_on; closed_on and reopened_on are days in the connection's zone.
-- Included: totals of the moment of the closing: time entries by worked_on, approved and paid invoices and credit
--           notes by issued_on, job costs by incurred_on.
-- Left out: drafts and cancelled invoices; records that the platform no longer listed then; quotes and orders,
--           which are offers and commitments and no figures of a month.
-- Caveats:  where was_complete is false, the month was closed although records could be missing, and missing says
--           which. What a first reading brings later is a late change all the same (report.late_changes). job_costs
--           is null where Inflow did not read job costs then.

-- What each record of a connection counts for in the month of its day: the one rule for closings and for late changes.
-- An invoice counts while it is approved or paid; its payment changes nothing. A query that takes it by a span of days
-- or by key uses the indexes of the tables.
create or replace function inflow.month_record(connection bigint)
returns table (
    connection_id bigint, entity text, parent_key text, key text, dated_on date, is_listed boolean, is_counted boolean,
    is_credit_note boolean, status text, staff_uuid text, staff_name text, job_number text, client_uuid text,
    client_name text, label text, minutes integer, billable_minutes integer, amount numeric, amount_tax numeric,
    first_run_id bigint, changed_run_id bigint, changed_at timestamptz)
language sql
stable
security invoker
as $$
    select
        entry.connection_id, 'timesheet'::text, ''::text, entry.uuid, entry.worked_on, entry.deleted_at is null, true,
        false, null::text, entry.staff_uuid, btrim(entry.staff_name), entry.job_number, null::text, null::text,
        concat_ws(', ', btrim(entry.staff_name), entry.job_number), entry.minutes,
        case when entry.billable then entry.minutes else 0 end, null::numeric, null::numeric, entry.first_run_id,
        entry.changed_run_id, entry.changed_at
    from wfm.timesheet entry
    where entry.connection_id = $1
    union all
    select
        invoice.connection_id, 'invoice', '', invoice.uuid, invoice.issued_on, invoice.deleted_at is null,
        status.is_counted, coalesce(lower(invoice.number) like 'cn-%' or invoice.amount < 0, false), invoice.status,
        null, null, null, invoice.client_uuid, invoice.client_name, invoice.number, null, null,
        case when status.is_counted then invoice.amount else 0 end,
        case when status.is_counted then invoice.amount_tax else 0 end, invoice.first_run_id, invoice.changed_run_id,
        invoice.changed_at
    from wfm.invoice
    cross join lateral (select coalesce(lower(invoice.status) in ('approved', 'paid'), false) as is_counted) status
    where invoice.connection_id = $1
    union all
    select
        cost.connection_id, 'job_cost', cost.job_number, cost.uuid, cost.incurred_on, cost.deleted_at is null, true,
        false, null, null, null, cost.job_number, null, null, cost.description, null, null,
        cost.quantity * cost.unit_cost, null, cost.first_run_id, cost.changed_run_id, cost.changed_at
    from wfm.job_cost cost
    where cost.connection_id = $1
$$;
comment on function inflow.month_record(bigint) is
    'What each record of a connection counts for in the month of its day.';

-- What a version of a record counts for, as far as a closing depends on it: two versions with the same answer count
-- alike.
create or replace function inflow.counts_as(entity text, record jsonb)
returns jsonb
language sql
immutable
security invoker
as $$
    select case
        when record ->> 'deleted_at' is not null then jsonb_build_array('deleted')
        when entity = 'timesheet' then jsonb_build_array(
            left(record ->> 'worked_on', 7), record -> 'minutes', coalesce(record ->> 'billable' = 'true', false),
            record -> 'staff_uuid', record -> 'job_number')
        when entity = 'invoice' and lower(record ->> 'status') in ('approved', 'paid') then jsonb_build_array(
            left(record ->> 'issued_on', 7), record -> 'amount', record -> 'amount_tax', record -> 'client_uuid')
        when entity = 'job_cost' then jsonb_build_array(
            left(record ->> 'incurred_on', 7), record -> 'quantity', record -> 'unit_cost')
        else jsonb_build_array('not counted')
    end
$$;
comment on function inflow.counts_as(text, jsonb) is
    'What a version of a record counts for in the month of its day; two versions with the same answer count alike.';

-- Whether Inflow reads the job costs of a connection, so that they are part of what is signed off.
create or replace function inflow.reads_job_costs(connection bigint)
returns boolean
language sql
stable
security invoker
as $$
    select exists (
        select from inflow.value_state v where v.connection_id = $1 and v.entity = 'job_cost' and v.is_read)
$$;
comment on function inflow.reads_job_costs(bigint) is
    'Whether Inflow reads the job costs of a connection: whether the setting values names them.';

-- The totals of a month as the tables are now; those of a closing are stored.
create or replace function inflow.month_totals(connection bigint, month date)
returns table (
    connection_id bigint, entries bigint, hours numeric, billable_hours numeric, invoices bigint, credit_notes bigint,
    amount numeric, credit_amount numeric, amount_tax numeric, job_costs numeric)
language sql
stable
security invoker
as $$
    select
        $1,
        count(*) filter (where record.entity = 'timesheet'),
        coalesce(sum(record.minutes), 0) / 60.0,
        coalesce(sum(record.billable_minutes), 0) / 60.0,
        count(*) filter (where record.entity = 'invoice' and not record.is_credit_note),
        count(*) filter (where record.entity = 'invoice' and record.is_credit_note),
        case
            when count(*) filter (where record.entity = 'invoice') = 0 then 0
            else sum(record.amount) filter (where record.entity = 'invoice')
        end,
        case
            when count(*) filter (where record.is_credit_note) = 0 then 0
            else sum(record.amount) filter (where record.is_credit_note)
        end,
        case when count(*) filter (where record.entity = 'invoice') = 0 then 0 else sum(record.amount_tax) end,
        case
            when not inflow.reads_job_costs($1) then null
            when count(*) filter (where record.entity = 'job_cost') = 0 then 0
            else sum(record.amount) filter (where record.entity = 'job_cost')
        end
    from inflow.month_record($1) record
    where record.dated_on >= $2 and record.dated_on < ($2 + interval '1 month')::date and record.is_listed
        and record.is_counted
$$;
comment on function inflow.month_totals(bigint, date) is
    'The totals of a month that a closing signs off, as they are now.';

create or replace view report.closed_period with (security_invoker = true) as
select
    closing.connection_id,
    connection.name as connection_name,
    closing.month_on,
    closing.id as closing_id,
    closing.reopened_at is null as is_closed,
    closing.closed_at,
    (closing.closed_at at time zone connection.time_zone)::date as closed_on,
    closing.closed_by,
    closing.note,
    closing.was_complete,
    closing.missing,
    closing.data_as_of,
    closing.reopened_at,
    (closing.reopened_at at time zone connection.time_zone)::date as reopened_on,
    closing.reopened_by,
    closing.reopening_note,
    closing.entries,
    closing.hours,
    closing.billable_hours,
    closing.invoices,
    closing.credit_notes,
    closing.amount,
    closing.credit_amount,
    closing.amount_tax,
    closing.job_costs
from inflow.closing
left join inflow.connection on connection.id = closing.connection_id;

comment on view report.closed_period is
    'Months that were signed off, with their totals at that moment: one row for each closing, reopened ones '
    'included.';
comment on column report.closed_period.connection_id is 'Connection, hence organisation.';
comment on column report.closed_period.connection_name is 'Name of the connection.';
comment on column report.closed_period.month_on is 'First day of the calendar month.';
comment on column report.closed_period.closing_id is 'Number of the closing.';
comment on column report.closed_period.is_closed is 'Whether this closing holds; false once it was reopened.';
comment on column report.closed_period.closed_at is 'When it was closed: the moment that all its figures are of.';
comment on column report.closed_period.closed_on is 'That day in the connection''s zone.';
comment on column report.closed_period.closed_by is 'Who closed it.';
comment on column report.closed_period.note is 'What that person noted.';
comment on column report.closed_period.was_complete is
    'Whether the records of the month were complete then, as report.is_complete says.';
comment on column report.closed_period.missing is 'What was missing of them, in words; null where nothing was.';
comment on column report.closed_period.data_as_of is
    'When the oldest of the answers was asked for that the figures are from; null where none held a whole month '
    'of one kind.';
comment on column report.closed_period.reopened_at is 'When it was reopened; null while the month is closed.';
comment on column report.closed_period.reopened_on is 'That day in the connection''s zone.';
comment on column report.closed_period.reopened_by is 'Who reopened it.';
comment on column report.closed_period.reopening_note is 'What that person noted.';
comment on column report.closed_period.entries is 'Time entries of the month.';
comment on column report.closed_period.hours is 'Hours worked, corrections subtracted, leave included.';
comment on column report.closed_period.billable_hours is 'The billable part of hours.';
comment on column report.closed_period.invoices is 'Approved and paid invoices, credit notes not counted.';
comment on column report.closed_period.credit_notes is 'Approved and paid credit notes.';
comment on column report.closed_period.amount is 'Amount of both excluding tax: invoices less credit notes.';
comment on column report.closed_period.credit_amount is
    'The part of amount that comes from credit notes; negative or 0.';
comment on column report.closed_period.amount_tax is 'Tax on amount.';
comment on column report.closed_period.job_costs is
    'What the costs booked on jobs cost: quantity times unit cost; null where Inflow did not read job costs.';
