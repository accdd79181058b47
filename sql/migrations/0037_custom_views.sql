-- The organisation's own fields as columns: what the views of each connection's own schema are made from.

create table inflow.custom_schema (
    connection_id bigint primary key references inflow.connection (id) on delete cascade,
    name text collate "C" not null unique
);
comment on table inflow.custom_schema is 'The schema with the views of a connection''s own fields; none before it has fields.';
comment on column inflow.custom_schema.connection_id is 'The connection.';
comment on column inflow.custom_schema.name is 'The schema: custom_ and the connection''s name, in letters that need no quotes.';

create table inflow.custom_column (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    kind text not null,
    custom_field_uuid text collate "C" not null,
    value_type text not null check (value_type in ('text', 'date', 'number', 'decimal', 'boolean')),
    column_name text collate "C" not null,
    position integer not null,
    is_current boolean not null default true,
    created_at timestamptz not null default now(),
    primary key (connection_id, kind, custom_field_uuid, value_type),
    unique (connection_id, kind, column_name)
);
comment on table inflow.custom_column is
    'Columns of the views of own fields. A column is never renamed, retyped or taken away: people''s reports use it.';
comment on column inflow.custom_column.connection_id is 'The connection.';
comment on column inflow.custom_column.kind is
    'What the records are: job, client, contact, supplier, supplier_contact, lead, job_task, job_cost or timesheet.';
comment on column inflow.custom_column.custom_field_uuid is 'The field; joins wfm.custom_field (connection_id, uuid).';
comment on column inflow.custom_column.value_type is 'The type of its values: text, date, number, decimal or boolean.';
comment on column inflow.custom_column.column_name is 'The column, named after the field as it was called when the column was made.';
comment on column inflow.custom_column.position is 'The place among the columns of the view, from 1.';
comment on column inflow.custom_column.is_current is
    'Whether the field is defined now for such records and of this type; false of columns that stay for people''s reports.';
comment on column inflow.custom_column.created_at is 'When the column was made.';

create table inflow.custom_view (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    kind text not null,
    checksum text not null,
    primary key (connection_id, kind)
);
comment on table inflow.custom_view is 'The text of each view of own fields as it was made last, so that it is made again only when it differs.';
comment on column inflow.custom_view.connection_id is 'The connection.';
comment on column inflow.custom_view.kind is 'The view''s name.';
comment on column inflow.custom_view.checksum is 'SHA-256 of the statements that made the view.';
