-- Question: which amounts, dates and states changed when, from what to what?
--
-- Grain:    one row per record, run that changed it, and column that changed.
-- Units:    values are texts, as in the table; difference is of numbers: money in the organisation's currency, time in
--           minutes.
-- Dates:    changed_at is when Inflow saw the change; changed_on is that day in the connection's zone.
-- Included: money, day and state columns of clients, invoices, jobs, leads, quotes, orders, time entries and job costs;
--           deletions and returns, as the column deleted_at.
-- Left out: other columns and lines: "inflow why" shows all; versions that history-days has deleted.
-- Caveats:  what changed and changed back between two readings was never seen. It goes by when Inflow saw it, not by
--           when it was done.

create or replace view report.changes with (security_invoker = true) as
with watched (entity, label, names) as (
    values
        ('client', 'name', '{is_archived,is_deleted,is_prospect,billing_client_name}'::text[]),
        ('invoice', 'number',
            '{status,issued_on,due_on,amount,amount_tax,amount_including_tax,amount_paid,amount_outstanding}'),
        ('job', 'number', '{state,budget,start_on,due_on,completed_on}'),
        ('job_cost', 'description', '{incurred_on,quantity,unit_cost,unit_price}'),
        ('lead', 'name', '{state,issued_on,won_lost_on}'),
        ('purchase_order', 'number', '{state,issued_on,amount,amount_tax,amount_including_tax}'),
        ('quote', 'number', '{state,issued_on,valid_on,budget,amount,amount_tax,amount_including_tax,estimated_cost}'),
        ('timesheet', 'worked_on', '{worked_on,minutes,billable,invoice_task_uuid}')
),
version as (
    select
        old.connection_id, old.entity, old.key, old.run_id, old.change, old.valid_until, old.record as old_record,
        coalesce(next.record, present.record) as new_record
    from inflow.history old
    left join lateral (
        select h.record
        from inflow.history h
        where h.connection_id = old.connection_id and h.entity = old.entity and h.key = old.key and h.id > old.id
        order by h.id
        limit 1
    ) next on true
    left join lateral (
        select to_jsonb(r) as record from wfm.client r
        where old.entity = 'client' and r.connection_id = old.connection_id and r.uuid = old.key
        union all
        select to_jsonb(r) from wfm.invoice r
        where old.entity = 'invoice' and r.connection_id = old.connection_id and r.uuid = old.key
        union all
        select to_jsonb(r) from wfm.job r
        where old.entity = 'job' and r.connection_id = old.connection_id and r.uuid = old.key
        union all
        select to_jsonb(r) from wfm.job_cost r
        where old.entity = 'job_cost' and r.connection_id = old.connection_id
            and r.job_number = old.record ->> 'job_number' and r.uuid = old.record ->> 'uuid'
        union all
        select to_jsonb(r) from wfm.lead r
        where old.entity = 'lead' and r.connection_id = old.connection_id and r.uuid = old.key
        union all
        select to_jsonb(r) from wfm.purchase_order r
        where old.entity = 'purchase_order' and r.connection_id = old.connection_id and r.number = old.key
        union all
        select to_jsonb(r) from wfm.quote r
        where old.entity = 'quote' and r.connection_id = old.connection_id and r.uuid = old.key
        union all
        select to_jsonb(r) from wfm.timesheet r
        where old.entity = 'timesheet' and r.connection_id = old.connection_id and r.uuid = old.key
    ) present on true
)
select
    version.connection_id,
    connection.name as connection_name,
    version.run_id,
    version.valid_until as changed_at,
    (version.valid_until at time zone connection.time_zone)::date as changed_on,
    version.entity,
    version.key as record_key,
    coalesce(version.new_record ->> watched.label, version.old_record ->> watched.label) as label,
    version.change,
    name.name as column_name,
    version.old_record ->> name.name as old_value,
    version.new_record ->> name.name as new_value,
    inflow.money(case
        when jsonb_typeof(version.old_record -> name.name) = 'number'
            and jsonb_typeof(version.new_record -> name.name) = 'number'
        then (version.new_record ->> name.name)::numeric - (version.old_record ->> name.name)::numeric
    end)::numeric(19, 4) as difference
from version
join watched on watched.entity = version.entity
cross join lateral unnest(watched.names || 'deleted_at'::text) name (name)
left join inflow.connection on connection.id = version.connection_id
where version.old_record -> name.name is distinct from version.new_record -> name.name
    and version.new_record ? name.name;

comment on view report.changes is 'Amounts, days and states that changed, with the value before and after, by run.';
comment on column report.changes.connection_id is 'Connection, hence organisation.';
comment on column report.changes.connection_name is 'Name of the connection.';
comment on column report.changes.run_id is 'The run that saw the change; joins report.run.';
comment on column report.changes.changed_at is 'When Inflow saw the change.';
comment on column report.changes.changed_on is 'That day in the connection''s zone.';
comment on column report.changes.entity is 'Kind of record: the table is wfm.<entity>.';
comment on column report.changes.record_key is 'Key of the record in its table.';
comment on column report.changes.label is 'What people call it: number or name; of a time entry the day worked.';
comment on column report.changes.change is 'updated, marked_deleted (no longer listed) or revived (listed again).';
comment on column report.changes.column_name is 'The column that changed.';
comment on column report.changes.old_value is 'Its value before; null where it had none.';
comment on column report.changes.new_value is 'Its value after; null where it has none.';
comment on column report.changes.difference is 'New less old, of numbers; null of days, states and unknown values.';
