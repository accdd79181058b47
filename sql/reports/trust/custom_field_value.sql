-- Question: which value has which of the organisation's own fields on which record?
--
-- Grain:    one row per record and field that has a value; of checkboxes one row per record that was asked, since one
--           that is not ticked is not sent. owner_kind and owner_key say which record: a job by its number, everything
--           else by its identifier.
-- Values:   exactly one of the five value columns is filled; value has it as text.
-- Caveats:  records are asked one by one, the newest first, so that older ones may not have been asked yet: "inflow
--           status".

-- Each kind of record is built against its own table, so that its costs grow with the number of its values.
create or replace view report.custom_field_value with (security_invoker = true) as
select
    r.connection_id,
    r.owner_kind,
    r.owner_key,
    r.custom_field_uuid,
    r.name,
    r.value,
    r.text_value,
    r.date_value,
    r.number_value,
    r.decimal_value,
    r.boolean_value,
    r.is_sent,
    r.asked_at,
    n.name as connection_name
from (
    with sent as (
        select
            connection_id, 'job' as owner_kind, job_number as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.job_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'client' as owner_kind, client_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.client_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'contact' as owner_kind, contact_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.contact_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'supplier' as owner_kind, supplier_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.supplier_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'supplier_contact' as owner_kind, supplier_contact_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.supplier_contact_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'lead' as owner_kind, lead_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.lead_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'quote' as owner_kind, quote_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.quote_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'job_task' as owner_kind, job_task_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.job_task_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'job_cost' as owner_kind, job_cost_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.job_cost_custom_field
        where deleted_at is null
        union all
        select
            connection_id, 'timesheet' as owner_kind, timesheet_uuid as owner_key, custom_field_uuid, name,
            date_value, number_value, decimal_value, boolean_value, text_value, asked_at, true as is_sent
        from wfm.timesheet_custom_field
        where deleted_at is null
    ), checkbox as (
        select
            connection_id, uuid, name, use_job, use_client, use_contact, use_supplier, use_lead, use_quote, use_job_task, use_job_cost,
            use_job_time
        from wfm.custom_field
        where value_element = 'Boolean' and deleted_at is null
    ), unticked as (
        select r.connection_id, 'job' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_job
        left join wfm.job_custom_field v
            on v.connection_id = r.connection_id and v.job_number = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'job_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'client' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_client
        left join wfm.client_custom_field v
            on v.connection_id = r.connection_id and v.client_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'client_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'contact' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_contact
        left join wfm.contact_custom_field v
            on v.connection_id = r.connection_id and v.contact_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'contact_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'supplier' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_supplier
        left join wfm.supplier_custom_field v
            on v.connection_id = r.connection_id and v.supplier_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'supplier_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'supplier_contact' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_contact
        left join wfm.supplier_contact_custom_field v
            on v.connection_id = r.connection_id and v.supplier_contact_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'supplier_contact_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'lead' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_lead
        left join wfm.lead_custom_field v
            on v.connection_id = r.connection_id and v.lead_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'lead_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'quote' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_quote
        left join wfm.quote_custom_field v
            on v.connection_id = r.connection_id and v.quote_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'quote_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'job_task' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_job_task
        left join wfm.job_task_custom_field v
            on v.connection_id = r.connection_id and v.job_task_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'job_task_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'job_cost' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_job_cost
        left join wfm.job_cost_custom_field v
            on v.connection_id = r.connection_id and v.job_cost_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'job_cost_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
        union all
        select r.connection_id, 'timesheet' as owner_kind, r.parent_key as owner_key, f.uuid, f.name, r.asked_at
        from inflow.parent_read r
        join checkbox f on f.connection_id = r.connection_id and f.use_job_time
        left join wfm.timesheet_custom_field v
            on v.connection_id = r.connection_id and v.timesheet_uuid = r.parent_key and v.custom_field_uuid = f.uuid
                and v.deleted_at is null
        where r.entity = 'timesheet_custom_field' and r.status = 'read' and r.asked_at is not null and v.connection_id is null
    ), value as (
        select * from sent
        union all
        select
            connection_id, owner_kind, owner_key, uuid, name, null::date, null::numeric, null::numeric, false, null::text,
            asked_at, false
        from unticked
    )
    select
        connection_id,
        owner_kind,
        owner_key,
        custom_field_uuid,
        name,
        coalesce(text_value, date_value::text, number_value::text, decimal_value::text, boolean_value::text) as value,
        text_value,
        date_value,
        number_value,
        decimal_value,
        boolean_value,
        is_sent,
        asked_at
    from value
) r
join inflow.connection n on n.id = r.connection_id;

comment on view report.custom_field_value is
    'Values of the organisation''s own fields on all kinds of records; checkboxes that are not ticked are there as false.';
comment on column report.custom_field_value.connection_id is 'Connection, hence organisation.';
comment on column report.custom_field_value.owner_kind is
    'What the record is: job, client, contact, supplier, supplier_contact, lead, job_task, job_cost or timesheet.';
comment on column report.custom_field_value.owner_key is 'The number of a job, the uuid of everything else.';
comment on column report.custom_field_value.custom_field_uuid is 'The field; joins wfm.custom_field (connection_id, uuid).';
comment on column report.custom_field_value.name is 'Name of the field when the value was read.';
comment on column report.custom_field_value.value is 'The value as text, whichever column it is in.';
comment on column report.custom_field_value.text_value is 'A text, a choice or a link.';
comment on column report.custom_field_value.date_value is 'A date.';
comment on column report.custom_field_value.number_value is 'A number.';
comment on column report.custom_field_value.decimal_value is 'A decimal.';
comment on column report.custom_field_value.boolean_value is 'A checkbox.';
comment on column report.custom_field_value.is_sent is
    'Whether the platform sent the value; false of a checkbox that is not ticked.';
comment on column report.custom_field_value.asked_at is 'When the answer was asked for.';
comment on column report.custom_field_value.connection_name is 'Name of the connection.';
