-- Question: which fields has the organisation defined for itself, on what, and how well are they filled?
--
-- Grain:    one row per field and kind of record that can have it.
-- Units:    fill_share is between 0 and 1: records with a value among those whose fields were asked for.
-- Dates:    none; last_changed_at is when a value changed last in the tables.
-- Included: fields of quotes, whose values are read where the setting values names quote.
-- Left out: fields that are defined no more. Their columns stay in the views of the connection's own schema.
-- Caveats:  of a checkbox the records count on which it is ticked. The separator of options is not documented: choices
--           has one a line, cut at line feeds, or else at commas and semicolons.

create or replace view report.custom_field with (security_invoker = true) as
with used as (
    select f.connection_id, f.uuid, f.name, f.type, f.options, f.value_element, f.mandatory, u.kind
    from wfm.custom_field f
    cross join lateral (values
        ('job', f.use_job), ('client', f.use_client), ('contact', f.use_contact), ('supplier', f.use_supplier),
        ('supplier_contact', f.use_contact), ('lead', f.use_lead), ('job_task', f.use_job_task),
        ('job_cost', f.use_job_cost), ('timesheet', f.use_job_time), ('quote', f.use_quote)
    ) u (kind, is_used)
    where u.is_used and f.deleted_at is null
),
filled as (
    select
        connection_id, 'job' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.job_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'client' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.client_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'contact' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.contact_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'supplier' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.supplier_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'supplier_contact' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.supplier_contact_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'lead' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.lead_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'quote' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.quote_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'job_task' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.job_task_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'job_cost' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.job_cost_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
    union all
    select
        connection_id, 'timesheet' as kind, custom_field_uuid, count(*) as records, max(changed_at) as last_changed_at
    from wfm.timesheet_custom_field
    where deleted_at is null and boolean_value is not false
    group by connection_id, custom_field_uuid
),
asked as (
    select connection_id, entity, count(*) as records
    from inflow.parent_read
    where status = 'read'
    group by connection_id, entity
)
select
    u.connection_id,
    c.name as connection_name,
    u.kind,
    u.uuid as custom_field_uuid,
    u.name,
    u.type,
    col.column_name,
    col.value_type,
    u.mandatory as is_mandatory,
    u.options,
    regexp_replace(btrim(u.options, E' \t\r\n'),
        case when u.options ~ E'\n' then E'\\s*[\r\n]+\\s*' else E'\\s*[,;]\\s*' end, E'\n', 'g') as choices,
    coalesce(filled.records, 0) as records_with_value,
    coalesce(asked.records, 0) as records_asked,
    round(filled.records::numeric / nullif(asked.records, 0), 4)::numeric(19, 4) as fill_share,
    filled.last_changed_at
from used u
join inflow.connection c on c.id = u.connection_id
left join inflow.custom_column col on col.connection_id = u.connection_id and col.kind = u.kind
    and col.custom_field_uuid = u.uuid and col.is_current
left join filled on filled.connection_id = u.connection_id and filled.kind = u.kind
    and filled.custom_field_uuid = u.uuid
left join asked on asked.connection_id = u.connection_id and asked.entity = u.kind || '_custom_field';

comment on view report.custom_field is 'Fields that organisations defined for themselves, with where their values are and how well they are filled.';
comment on column report.custom_field.connection_id is
    'Connection, hence organisation.';
comment on column report.custom_field.connection_name is
    'Name of the connection.';
comment on column report.custom_field.kind is
    'What can have the field: job, client, contact, supplier, supplier_contact, lead, job_task, job_cost, timesheet or quote.';
comment on column report.custom_field.custom_field_uuid is
    'Identifier of the definition; joins wfm.custom_field (connection_id, uuid).';
comment on column report.custom_field.name is
    'Name of the field now.';
comment on column report.custom_field.type is
    'Kind of field as the product names it.';
comment on column report.custom_field.column_name is
    'The column with its values in the view of that kind, in the schema of the connection; null before the view is made.';
comment on column report.custom_field.value_type is
    'Type of the values: text, date, number, decimal or boolean.';
comment on column report.custom_field.is_mandatory is
    'Whether the product insists on a value.';
comment on column report.custom_field.options is
    'Choices of a dropdown list as the platform sent them.';
comment on column report.custom_field.choices is
    'The same, one choice a line.';
comment on column report.custom_field.records_with_value is
    'Records that have a value; of checkboxes, those on which it is ticked.';
comment on column report.custom_field.records_asked is
    'Records whose fields were asked for.';
comment on column report.custom_field.fill_share is
    'Share of the asked records that have a value; null where none was asked.';
comment on column report.custom_field.last_changed_at is
    'When a value changed last; null where there is none.';
