-- What costs one call for each record: values of custom fields, job costs, payments, and when each record was last
-- asked.

create table inflow.parent_read (
    connection_id bigint not null,
    entity text not null,
    parent_key text collate "C" not null,
    status text not null check (status in ('read', 'unknown', 'failed')),
    asked_at timestamptz,
    run_id bigint not null,
    failed_at timestamptz,
    primary key (connection_id, entity, parent_key)
);
comment on table inflow.parent_read is
    'When each record was last asked for what costs a call of its own. One row per entity and record asked; a record whose '
    'row has changed since is asked again.';
comment on column inflow.parent_read.connection_id is 'The connection.';
comment on column inflow.parent_read.entity is 'What was asked for: job_cost, client_custom_field and so on.';
comment on column inflow.parent_read.parent_key is
    'What the record was asked by: the number of a job or an invoice, the identifier of everything else.';
comment on column inflow.parent_read.status is
    'read; unknown, when the platform did not know the record, which is not asked again until it changes; failed, when it '
    'has never been read and the last try failed.';
comment on column inflow.parent_read.asked_at is 'When the answer was asked for; null where there has been none.';
comment on column inflow.parent_read.run_id is 'The run that asked.';
comment on column inflow.parent_read.failed_at is
    'When it was last asked for in vain; null where the last try succeeded. It is then asked for alone, after the others.';

create table wfm.job_cost (
    connection_id bigint not null,
    job_number text collate "C" not null,
    uuid text collate "C" not null,
    incurred_on date,
    description text,
    code text,
    note text,
    quantity numeric,
    unit_cost numeric,
    unit_price numeric,
    billable boolean,
    supplier_uuid text collate "C",
    supplier_name text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, job_number, uuid)
);
comment on table wfm.job_cost is
    'Costs booked on jobs. One row per cost; read job by job, the newest first, so that older jobs may not be read yet: '
    'inflow.parent_read says which have been.';
comment on column wfm.job_cost.job_number is 'Job the cost is booked on; joins wfm.job.number, not its uuid.';
comment on column wfm.job_cost.uuid is 'Identifier of the cost; # and its place where the platform sent none.';
comment on column wfm.job_cost.incurred_on is 'Date of the cost.';
comment on column wfm.job_cost.description is 'What it is.';
comment on column wfm.job_cost.code is 'Code from the price list; text, with its leading zeros.';
comment on column wfm.job_cost.note is 'Note on it.';
comment on column wfm.job_cost.quantity is 'How many.';
comment on column wfm.job_cost.unit_cost is 'What one costs the organisation, in its currency.';
comment on column wfm.job_cost.unit_price is 'What one costs the client, in the organisation''s currency.';
comment on column wfm.job_cost.billable is 'Whether it is charged to the client.';
comment on column wfm.job_cost.supplier_uuid is
    'Supplier; joins wfm.supplier (connection_id, uuid). May point to a supplier that is not loaded.';
comment on column wfm.job_cost.supplier_name is 'Name of the supplier when the cost was read.';

create table wfm.invoice_payment (
    connection_id bigint not null,
    invoice_number text collate "C" not null,
    position integer not null,
    paid_on date,
    amount numeric,
    reference text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, invoice_number, position)
);
comment on table wfm.invoice_payment is
    'Payments of invoices. One row per payment; they have no identifier, so a payment that is taken out moves those after it '
    'up. Read invoice by invoice, the newest first: inflow.parent_read says which have been.';
comment on column wfm.invoice_payment.invoice_number is 'Invoice paid; joins wfm.invoice.number, not its uuid.';
comment on column wfm.invoice_payment.position is
    '1-based place among the payments of the invoice, in the order the platform sent them.';
comment on column wfm.invoice_payment.paid_on is 'Day of the payment.';
comment on column wfm.invoice_payment.amount is 'Amount, in the organisation''s currency.';
comment on column wfm.invoice_payment.reference is 'Reference given with it.';

-- Values of custom fields: one table for each kind of record that can have them, all made from one text.
do $$
declare
    kind record;
begin
    for kind in
        select *
        from (values
            ('job_custom_field', 'job_number', 'jobs', 'wfm.job.number, not its uuid'),
            ('client_custom_field', 'client_uuid', 'clients', 'wfm.client.uuid'),
            ('contact_custom_field', 'contact_uuid', 'contacts of clients',
             'wfm.client_contact.uuid, which may stand at several clients'),
            ('supplier_custom_field', 'supplier_uuid', 'suppliers', 'wfm.supplier.uuid'),
            ('supplier_contact_custom_field', 'supplier_contact_uuid', 'contacts of suppliers',
             'wfm.supplier_contact.uuid'),
            ('lead_custom_field', 'lead_uuid', 'leads', 'wfm.lead.uuid'),
            ('job_task_custom_field', 'job_task_uuid', 'tasks of jobs', 'wfm.job_task.uuid'),
            ('job_cost_custom_field', 'job_cost_uuid', 'costs of jobs', 'wfm.job_cost.uuid'),
            ('timesheet_custom_field', 'timesheet_uuid', 'time entries', 'wfm.timesheet.uuid')
        ) known (name, owner, words, joins)
    loop
        execute format(
            $make$
            create table wfm.%1$I (
                connection_id bigint not null,
                %2$I text collate "C" not null,
                custom_field_uuid text collate "C" not null,
                name text,
                date_value date,
                number_value numeric,
                decimal_value numeric,
                boolean_value boolean,
                text_value text,
                extra jsonb,
                deleted_at timestamptz,
                first_run_id bigint not null,
                changed_run_id bigint not null,
                changed_at timestamptz not null,
                asked_at timestamptz not null,
                content_hash bytea not null,
                children_hash bytea,
                primary key (connection_id, %2$I, custom_field_uuid)
            );
            comment on column wfm.%1$I.custom_field_uuid is 'The field; joins wfm.custom_field (connection_id, uuid).';
            comment on column wfm.%1$I.name is 'Name of the field when the value was read.';
            comment on column wfm.%1$I.date_value is 'The value, where the field is a date.';
            comment on column wfm.%1$I.number_value is 'The value, where the field is a number.';
            comment on column wfm.%1$I.decimal_value is 'The value, where the field is a decimal.';
            comment on column wfm.%1$I.boolean_value is 'The value, where the field is a checkbox.';
            comment on column wfm.%1$I.text_value is
                'The value, where the field is a text of any kind, a choice or a link.';
            $make$,
            kind.name, kind.owner);
        execute format(
            'comment on table wfm.%I is %L', kind.name,
            format(
                'Values of custom fields on %s. One row per record and field that has a value; a value that was cleared is '
                'marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.',
                kind.words));
        execute format(
            'comment on column wfm.%I.%I is %L', kind.name, kind.owner, format('The record; joins %s.', kind.joins));
    end loop;
end
$$;
comment on table wfm.custom_field is
    'Definitions of the organisation''s own fields. One row per field; the values are in wfm.job_custom_field and the other '
    'tables of that name, and all of them in report.custom_field_value.';

-- The columns that all tables of records share, in the words they have everywhere.
do $$
declare
    shared record;
begin
    for shared in
        select relation.relname as table_name, attribute.attname as column_name,
            col_description('wfm.custom_field'::regclass, model.attnum) as text
        from pg_class relation
        join pg_attribute attribute on attribute.attrelid = relation.oid and not attribute.attisdropped
        join pg_attribute model on model.attrelid = 'wfm.custom_field'::regclass and model.attname = attribute.attname
        where relation.relnamespace = 'wfm'::regnamespace
            and (relation.relname in ('job_cost', 'invoice_payment') or relation.relname like '%\_custom\_field')
            and attribute.attname in (
                'connection_id', 'extra', 'deleted_at', 'first_run_id', 'changed_run_id', 'changed_at', 'asked_at',
                'content_hash', 'children_hash')
    loop
        execute format('comment on column wfm.%I.%I is %L', shared.table_name, shared.column_name, shared.text);
    end loop;
end
$$;
