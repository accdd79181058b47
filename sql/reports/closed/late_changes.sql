-- Question: what changed in months that were signed off, record by record, and by how many hours and how much
--           money?
--
-- Grain:    one row per closed month and record that counts otherwise than at the closing.
-- Units:    hours are minutes / 60; money is in the organisation's currency. amount excludes tax: of an invoice
--           what was invoiced, of a job cost what it cost. Sum them by entity, never together.
-- Dates:    month_on is the closed month; changed_on is the day, in the connection's zone, since which the record
--           counts as it does now, as Inflow saw it. report.changes has each step.
-- Included: time entries, invoices and credit notes, and job costs where Inflow read them at the closing: new ones,
--           changed ones, those that moved into the month or out of it, deleted ones, and deleted ones that came
--           back. An invoice that was approved or cancelled counts as changed. The columns closed_… are of the
--           closing, the others of now; the differences of a month add up to what its totals differ by now.
-- Left out: months that are not closed, and months that were reopened; payments, drafts, notes, and a day that
--           moved within the month: no total depends on them. Whether hours are invoiced, capacity and the other
--           settings, quotes and orders, and names.
-- Caveats:  of a month that was closed while it was incomplete, what a first reading brought later is in it as new.
--           A record that changed and changed back is not in it. Where history-days has deleted the version of the
--           closing, a record that came back is called moved_in.

create or replace view report.late_changes with (security_invoker = true) as
with pair as (
    select
        closing.connection_id, closing.id as closing_id, closing.month_on, closing.closed_at, closing.next_run_id,
        compared.*
    from inflow.closing
    cross join lateral (
        select
            coalesce(held.entity, listed.entity) as entity,
            coalesce(held.parent_key, listed.parent_key) as parent_key,
            coalesce(held.key, listed.key) as key,
            held.key is not null as was_there,
            listed.key is not null as is_there,
            held.dated_on as closed_dated_on,
            held.status as closed_status,
            held.staff_uuid as closed_staff_uuid,
            held.job_number as closed_job_number,
            held.client_uuid as closed_client_uuid,
            case when held.key is null then 0 else held.minutes end as closed_minutes,
            case when held.key is null then 0 else held.billable_minutes end as closed_billable_minutes,
            case when held.key is null then 0 else held.amount end as closed_amount,
            case when held.key is null then 0 else held.amount_tax end as closed_amount_tax,
            held.is_counted is distinct from listed.is_counted as has_other_status,
            held.staff_uuid is distinct from listed.staff_uuid as has_other_person,
            held.job_number is distinct from listed.job_number as has_other_job,
            held.client_uuid is distinct from listed.client_uuid as has_other_client,
            listed.dated_on, listed.status, listed.staff_uuid, listed.staff_name, listed.job_number, listed.client_uuid,
            listed.client_name, listed.label, listed.minutes, listed.billable_minutes, listed.amount,
            listed.amount_tax, listed.first_run_id, listed.changed_run_id, listed.changed_at
        from (
            select
                record.entity, record.parent_key, record.key, record.dated_on, record.is_counted, record.status,
                record.staff_uuid, record.job_number, record.client_uuid, record.minutes, record.billable_minutes,
                record.amount, record.amount_tax
            from inflow.closed_record record
            where record.connection_id = closing.connection_id and record.closing_id = closing.id
        ) held
        full join (
            select
                record.entity, record.parent_key, record.key, record.dated_on, record.is_counted, record.status,
                record.staff_uuid, record.staff_name, record.job_number, record.client_uuid, record.client_name,
                record.label, record.minutes, record.billable_minutes, record.amount, record.amount_tax,
                record.first_run_id, record.changed_run_id, record.changed_at
            from inflow.month_record(closing.connection_id) record
            where record.dated_on >= closing.month_on and record.dated_on < closing.next_month_on
                and record.is_listed and record.entity = any (closing.entities)
        ) listed
            on listed.entity = held.entity and listed.parent_key = held.parent_key and listed.key = held.key
        where (held.is_counted or listed.is_counted)
            and (
                held.is_counted, held.staff_uuid, held.job_number, held.client_uuid, held.minutes,
                held.billable_minutes, held.amount, held.amount_tax
            ) is distinct from (
                listed.is_counted, listed.staff_uuid, listed.job_number, listed.client_uuid, listed.minutes,
                listed.billable_minutes, listed.amount, listed.amount_tax
            )
    ) compared
    where closing.reopened_at is null
),
judged as (
    select
        pair.connection_id, pair.closing_id, pair.month_on, pair.closed_at, pair.entity,
        concat_ws('/', nullif(pair.parent_key, ''), pair.key) as record_key,
        case
            when pair.was_there and pair.is_there then 'changed'
            when pair.was_there and elsewhere.is_listed then 'moved_out'
            when pair.was_there then 'deleted'
            when earlier.deleted_at is not null then 'returned'
            when earlier.was_known or pair.first_run_id < pair.next_run_id then 'moved_in'
            else 'new'
        end as change,
        pair.was_there and pair.is_there as is_same_month,
        pair.closed_dated_on, pair.closed_status, pair.closed_minutes, pair.closed_billable_minutes,
        pair.closed_amount, pair.closed_amount_tax,
        pair.has_other_status, pair.has_other_person, pair.has_other_job, pair.has_other_client,
        case when pair.is_there then pair.dated_on else elsewhere.dated_on end as dated_on,
        case when pair.is_there then pair.status else elsewhere.status end as status,
        -- What is not in the month any more counts nothing there.
        case when pair.is_there then pair.minutes else 0 end as minutes,
        case when pair.is_there then pair.billable_minutes else 0 end as billable_minutes,
        case when pair.is_there then pair.amount else 0 end as amount,
        case when pair.is_there then pair.amount_tax else 0 end as amount_tax,
        coalesce(pair.staff_uuid, elsewhere.staff_uuid, pair.closed_staff_uuid) as staff_uuid,
        coalesce(pair.staff_name, elsewhere.staff_name) as staff_name,
        coalesce(pair.job_number, elsewhere.job_number, pair.closed_job_number) as job_number,
        coalesce(pair.client_uuid, elsewhere.client_uuid, pair.closed_client_uuid) as client_uuid,
        coalesce(pair.client_name, elsewhere.client_name) as client_name,
        coalesce(pair.label, elsewhere.label) as label,
        pair.first_run_id, seen.first_at, seen.run_id as seen_run_id, seen.seen_at,
        coalesce(pair.changed_run_id, elsewhere.changed_run_id) as changed_run_id,
        coalesce(pair.changed_at, elsewhere.changed_at) as changed_at
    from pair
    -- A record that is not in the month any more: marked, or of another day. The limit makes PostgreSQL look it up.
    left join lateral (
        select
            record.is_listed, record.dated_on, record.status, record.staff_uuid, record.staff_name, record.job_number,
            record.client_uuid, record.client_name, record.label, record.changed_run_id, record.changed_at
        from inflow.month_record(pair.connection_id) record
        where not pair.is_there and record.entity = pair.entity
            and record.parent_key = pair.parent_key collate "C" and record.key = pair.key collate "C"
        limit 1
    ) elsewhere on true
    -- The version of the closing of one that was not in the month then.
    left join lateral (
        select true as was_known, history.record ->> 'deleted_at' as deleted_at
        from inflow.history
        where not pair.was_there and history.connection_id = pair.connection_id and history.entity = pair.entity
            and history.key = concat_ws('/', nullif(pair.parent_key, ''), pair.key)
            and history.valid_from <= pair.closed_at and history.valid_until > pair.closed_at
        order by history.id
        limit 1
    ) earlier on true
    left join lateral (
        select to_jsonb(entry) as record
        from wfm.timesheet entry
        where pair.entity = 'timesheet' and entry.connection_id = pair.connection_id
            and entry.uuid = pair.key collate "C"
        union all
        select to_jsonb(invoice)
        from wfm.invoice
        where pair.entity = 'invoice' and invoice.connection_id = pair.connection_id
            and invoice.uuid = pair.key collate "C"
        union all
        select to_jsonb(cost)
        from wfm.job_cost cost
        where pair.entity = 'job_cost' and cost.connection_id = pair.connection_id
            and cost.job_number = pair.parent_key collate "C" and cost.uuid = pair.key collate "C"
        limit 1
    ) present on true
    -- The last version that counted otherwise than the present one: what replaced it, Inflow saw then.
    left join lateral (
        select
            min(history.valid_from) as first_at,
            max(history.valid_until) filter (where other.counts) as seen_at,
            (array_agg(history.run_id order by history.id desc) filter (where other.counts))[1] as run_id
        from inflow.history
        cross join lateral (
            select inflow.counts_as(pair.entity, history.record)
                <> inflow.counts_as(pair.entity, present.record) as counts
        ) other
        where history.connection_id = pair.connection_id and history.entity = pair.entity
            and history.key = concat_ws('/', nullif(pair.parent_key, ''), pair.key)
    ) seen on true
)
select
    judged.connection_id,
    connection.name as connection_name,
    judged.month_on,
    judged.closing_id,
    judged.closed_at,
    judged.entity,
    judged.record_key,
    coalesce(nullif(judged.label, ''), judged.record_key) as label,
    judged.change,
    case when judged.is_same_month then concat_ws(
        ', ',
        case when judged.has_other_status then 'status' end,
        case when judged.minutes is distinct from judged.closed_minutes then 'hours' end,
        case when judged.billable_minutes is distinct from judged.closed_billable_minutes then 'billable_hours' end,
        case when judged.amount is distinct from judged.closed_amount then 'amount' end,
        case when judged.amount_tax is distinct from judged.closed_amount_tax then 'amount_tax' end,
        case when judged.has_other_client then 'client_uuid' end,
        case when judged.has_other_job then 'job_number' end,
        case when judged.has_other_person then 'staff_uuid' end
    ) end as changed_columns,
    judged.closed_dated_on,
    judged.dated_on,
    judged.closed_status,
    judged.status,
    judged.client_uuid,
    coalesce(client.name, judged.client_name) as client_name,
    judged.job_number,
    judged.staff_uuid,
    btrim(coalesce(staff.name, judged.staff_name)) as staff_name,
    inflow.hours(case when judged.entity = 'timesheet' then judged.closed_minutes / 60.0 end)::numeric(12, 4)
        as closed_hours,
    inflow.hours(case when judged.entity = 'timesheet' then judged.minutes / 60.0 end)::numeric(12, 4) as hours,
    inflow.hours(
        case when judged.entity = 'timesheet' then (judged.minutes - judged.closed_minutes) / 60.0 end)::numeric(12, 4)
        as hours_difference,
    inflow.hours(case when judged.entity = 'timesheet' then judged.closed_billable_minutes / 60.0 end)::numeric(12, 4)
        as closed_billable_hours,
    inflow.hours(case when judged.entity = 'timesheet' then judged.billable_minutes / 60.0 end)::numeric(12, 4)
        as billable_hours,
    inflow.hours(case
        when judged.entity = 'timesheet' then (judged.billable_minutes - judged.closed_billable_minutes) / 60.0
    end)::numeric(12, 4) as billable_hours_difference,
    inflow.money(case when judged.entity <> 'timesheet' then judged.closed_amount end)::numeric(19, 4) as closed_amount,
    inflow.money(case when judged.entity <> 'timesheet' then judged.amount end)::numeric(19, 4) as amount,
    inflow.money(case when judged.entity <> 'timesheet' then judged.amount - judged.closed_amount end)::numeric(19, 4)
        as amount_difference,
    inflow.money(case when judged.entity = 'invoice' then judged.closed_amount_tax end)::numeric(19, 4)
        as closed_amount_tax,
    inflow.money(case when judged.entity = 'invoice' then judged.amount_tax end)::numeric(19, 4) as amount_tax,
    inflow.money(
        case when judged.entity = 'invoice' then judged.amount_tax - judged.closed_amount_tax end)::numeric(19, 4)
        as amount_tax_difference,
    seen.run_id,
    seen.changed_at,
    (seen.changed_at at time zone connection.time_zone)::date as changed_on
from judged
cross join lateral (
    select
        coalesce(
            judged.seen_run_id, case when judged.change = 'new' then judged.first_run_id else judged.changed_run_id end
        ) as run_id,
        coalesce(
            judged.seen_at, case when judged.change = 'new' then judged.first_at end, judged.changed_at
        ) as changed_at
) seen
left join inflow.connection on connection.id = judged.connection_id
left join wfm.client on client.connection_id = judged.connection_id and client.uuid = judged.client_uuid
left join wfm.staff on staff.connection_id = judged.connection_id and staff.uuid = judged.staff_uuid;

comment on view report.late_changes is
    'What changed in closed months after they were closed, by record, with the differences in hours and money.';
comment on column report.late_changes.connection_id is 'Connection, hence organisation.';
comment on column report.late_changes.connection_name is 'Name of the connection.';
comment on column report.late_changes.month_on is 'First day of the closed month.';
comment on column report.late_changes.closing_id is 'The closing; joins report.closed_period.';
comment on column report.late_changes.closed_at is 'When the month was closed.';
comment on column report.late_changes.entity is
    'timesheet, invoice or job_cost: the table is wfm.<entity>.';
comment on column report.late_changes.record_key is
    'Key of the record in its table: "inflow why" takes it. Of a job cost, the job''s number, a slash and the '
    'identifier.';
comment on column report.late_changes.label is
    'What people call it: an invoice''s number, a time entry''s person and job, a cost''s description.';
comment on column report.late_changes.change is
    'new, changed, moved_in, moved_out, deleted (no longer listed) or returned (listed again).';
comment on column report.late_changes.changed_columns is
    'Which columns of a changed record differ, with commas between them; null of the other kinds of change.';
comment on column report.late_changes.closed_dated_on is
    'Its day at the closing; null where it was not in the month.';
comment on column report.late_changes.dated_on is 'Its day now; of a deleted one its last.';
comment on column report.late_changes.closed_status is 'Status of an invoice at the closing.';
comment on column report.late_changes.status is 'Status of an invoice now.';
comment on column report.late_changes.client_uuid is 'Client of an invoice; joins wfm.client (connection_id, uuid).';
comment on column report.late_changes.client_name is
    'Name of that client today; of a client that is not loaded, the name on the invoice.';
comment on column report.late_changes.job_number is
    'Job of a time entry or cost; joins wfm.job (connection_id, number).';
comment on column report.late_changes.staff_uuid is 'Person of a time entry; joins wfm.staff (connection_id, uuid).';
comment on column report.late_changes.staff_name is 'Name of that person, also of a former one.';
comment on column report.late_changes.closed_hours is
    'Hours of a time entry at the closing; 0 where it was not in the month, null of other records.';
comment on column report.late_changes.hours is 'Hours now; 0 where it is not in the month any more.';
comment on column report.late_changes.hours_difference is 'hours less closed_hours.';
comment on column report.late_changes.closed_billable_hours is 'Billable hours at the closing.';
comment on column report.late_changes.billable_hours is 'Billable hours now.';
comment on column report.late_changes.billable_hours_difference is 'billable_hours less closed_billable_hours.';
comment on column report.late_changes.closed_amount is
    'What an invoice or a job cost counted for at the closing, excluding tax; 0 where it did not count or was not in '
    'the month, null where unknown and of time entries.';
comment on column report.late_changes.amount is
    'What it counts for now, excluding tax; 0 where it does not count or is not in the month any more.';
comment on column report.late_changes.amount_difference is
    'amount less closed_amount, excluding tax; null where one of them is not known.';
comment on column report.late_changes.closed_amount_tax is 'Tax on an invoice at the closing.';
comment on column report.late_changes.amount_tax is 'Tax on it now.';
comment on column report.late_changes.amount_tax_difference is 'amount_tax less closed_amount_tax.';
comment on column report.late_changes.run_id is
    'The run that saw the change: since it the record counts as it does now; joins report.run. Where that version was '
    'deleted (history-days), the run that changed the record last. Null where the table does not hold it any more.';
comment on column report.late_changes.changed_at is 'When Inflow saw it.';
comment on column report.late_changes.changed_on is 'That day in the connection''s zone.';
