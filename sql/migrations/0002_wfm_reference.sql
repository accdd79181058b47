-- Reference entities of WorkflowMax: the lists an organisation keeps.
--
-- Every table begins with connection_id, first in every key: one warehouse keeps all organisations. Rows of an entity
-- end with the system columns; lines live and die with the row they stand in and have only the connection and its key.
-- No foreign keys between records: a reference may point to something never loaded, so views join left.
-- Keys and whatever joins to them are collate "C": compared as bytes, equal on every machine, and the fastest to merge.
-- What the loader does not know of a record is kept in extra. Words for the columns all tables share: 0004.

-- Clients. `is_deleted` is what the platform says of the client; `deleted_at` says only that the platform no longer
-- lists it.
create table wfm.client (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    title text,
    gender text,
    first_name text,
    last_name text,
    other_name text,
    email text,
    born_on date,
    address text,
    city text,
    region text,
    post_code text,
    country text,
    postal_address text,
    postal_city text,
    postal_region text,
    postal_post_code text,
    postal_country text,
    phone text,
    fax text,
    website text,
    referral_source text,
    export_code text,
    is_prospect boolean,
    is_archived boolean,
    is_deleted boolean,
    account_manager_uuid text collate "C",
    account_manager_name text,
    job_manager_uuid text collate "C",
    job_manager_name text,
    billing_client_uuid text collate "C",
    billing_client_name text,
    type_name text,
    type_cost_markup numeric,
    type_payment_term text,
    type_payment_day integer,
    web_url text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.client is
    'Clients: people and companies the organisation works for. One row per client, archived and deleted ones '
    'included as long as the platform lists them.';
comment on column wfm.client.uuid is 'Identifier of the client; never changes.';
comment on column wfm.client.name is 'Name of the client.';
comment on column wfm.client.title is 'Title of an individual; Australian tax practices only.';
comment on column wfm.client.gender is 'Gender of an individual; Australian tax practices only.';
comment on column wfm.client.first_name is 'First name of an individual; Australian tax practices only.';
comment on column wfm.client.last_name is 'Last name of an individual; Australian tax practices only.';
comment on column wfm.client.other_name is 'Other names of an individual; Australian tax practices only.';
comment on column wfm.client.email is 'E-mail address of the client itself; contacts have their own.';
comment on column wfm.client.born_on is 'Date of birth of an individual.';
comment on column wfm.client.address is 'Street address; several lines.';
comment on column wfm.client.city is 'City of the street address.';
comment on column wfm.client.region is 'Region or state of the street address.';
comment on column wfm.client.post_code is 'Post code of the street address, as text: leading zeros count.';
comment on column wfm.client.country is 'Country of the street address, as typed.';
comment on column wfm.client.postal_address is 'Postal address; several lines.';
comment on column wfm.client.postal_city is 'City of the postal address.';
comment on column wfm.client.postal_region is 'Region or state of the postal address.';
comment on column wfm.client.postal_post_code is 'Post code of the postal address, as text: leading zeros count.';
comment on column wfm.client.postal_country is 'Country of the postal address, as typed.';
comment on column wfm.client.phone is 'Telephone number, as typed.';
comment on column wfm.client.fax is 'Fax number, as typed.';
comment on column wfm.client.website is 'Website, as typed.';
comment on column wfm.client.referral_source is 'How the client came to the organisation, as typed.';
comment on column wfm.client.export_code is 'Code of the client in the accounting system.';
comment on column wfm.client.is_prospect is 'Whether the client is only a prospect so far.';
comment on column wfm.client.is_archived is 'Whether the platform calls the client archived.';
comment on column wfm.client.is_deleted is
    'Whether the platform calls the client deleted while it still lists it. deleted_at is another thing: the '
    'platform no longer lists the client at all.';
comment on column wfm.client.account_manager_uuid is
    'Staff member who looks after the client; joins wfm.staff (connection_id, uuid).';
comment on column wfm.client.account_manager_name is 'Name of the account manager when the client was read.';
comment on column wfm.client.job_manager_uuid is
    'Staff member who manages the client''s jobs; joins wfm.staff (connection_id, uuid).';
comment on column wfm.client.job_manager_name is 'Name of the job manager when the client was read.';
comment on column wfm.client.billing_client_uuid is
    'Client who gets the invoices instead; joins wfm.client (connection_id, uuid). Null where the client pays '
    'itself.';
comment on column wfm.client.billing_client_name is 'Name of the billing client when the client was read.';
comment on column wfm.client.type_name is 'Name of the client type, which carries the organisation''s terms.';
comment on column wfm.client.type_cost_markup is
    'Markup on costs of the client type, in percent as the platform shows it.';
comment on column wfm.client.type_payment_term is 'How payment_day of the type is meant: DayOfMonth or WithinDays.';
comment on column wfm.client.type_payment_day is 'Day of the month, or number of days, according to type_payment_term.';
comment on column wfm.client.web_url is 'Link to the client in the product.';

create table wfm.client_contact (
    connection_id bigint not null,
    client_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    name text,
    salutation text,
    addressee text,
    mobile text,
    email text,
    phone text,
    contact_position text,
    is_primary boolean,
    is_deleted boolean,
    extra jsonb,
    primary key (connection_id, client_uuid, uuid)
);
comment on table wfm.client_contact is
    'Contact persons of clients. One row per client and person: the same person may stand at several clients.';
comment on column wfm.client_contact.client_uuid is
    'Client the contact stands at; joins wfm.client (connection_id, uuid).';
comment on column wfm.client_contact.uuid is
    'Identifier of the person, the same at every client; # and the position where the platform sends none.';
comment on column wfm.client_contact.position is
    '1-based place among the contacts of the client, in the order the platform sent them.';
comment on column wfm.client_contact.name is 'Name of the person.';
comment on column wfm.client_contact.salutation is 'How the person is greeted.';
comment on column wfm.client_contact.addressee is 'How the person is addressed on envelopes.';
comment on column wfm.client_contact.mobile is 'Mobile number, as typed.';
comment on column wfm.client_contact.email is 'E-mail address.';
comment on column wfm.client_contact.phone is 'Telephone number, as typed.';
comment on column wfm.client_contact.contact_position is
    'The person''s position at this client, e.g. Director; element Position, renamed because position is the place '
    'in the list.';
comment on column wfm.client_contact.is_primary is
    'Whether this is the client''s primary contact; most clients have none.';
comment on column wfm.client_contact.is_deleted is
    'Whether the platform calls the contact deleted while it still lists it.';

create table wfm.client_note (
    connection_id bigint not null,
    client_uuid text collate "C" not null,
    position integer not null,
    title text,
    text text,
    folder text,
    written_at timestamp,
    created_by text,
    extra jsonb,
    primary key (connection_id, client_uuid, position)
);
comment on table wfm.client_note is
    'Notes on clients. One row per note; notes have no identifier, so a note is known by its place.';
comment on column wfm.client_note.client_uuid is 'Client the note is on; joins wfm.client (connection_id, uuid).';
comment on column wfm.client_note.position is
    '1-based place among the notes of the client, in the order the platform sent them.';
comment on column wfm.client_note.title is 'Title of the note.';
comment on column wfm.client_note.text is 'The note itself; free text of several lines.';
comment on column wfm.client_note.folder is 'Folder the note is filed in; usually empty.';
comment on column wfm.client_note.written_at is
    'When it was written: date and time of day as they stood on the writer''s wall, without a zone.';
comment on column wfm.client_note.created_by is 'Name of who wrote it; the platform gives no identifier.';

-- Groups of clients and who is in them.
create table wfm.client_group (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    taxable boolean,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.client_group is 'Groups of clients, as the organisation keeps them. One row per group.';
comment on column wfm.client_group.uuid is 'Identifier of the group; never changes.';
comment on column wfm.client_group.name is 'Name of the group.';
comment on column wfm.client_group.taxable is 'Whether the group is taxed as one.';

create table wfm.client_group_member (
    connection_id bigint not null,
    client_group_uuid text collate "C" not null,
    client_uuid text collate "C" not null,
    position integer not null,
    client_name text,
    extra jsonb,
    primary key (connection_id, client_group_uuid, client_uuid)
);
comment on table wfm.client_group_member is
    'Which client is in which group. One row per group and client; a client may be in several groups.';
comment on column wfm.client_group_member.client_group_uuid is 'Group; joins wfm.client_group (connection_id, uuid).';
comment on column wfm.client_group_member.client_uuid is 'Client in the group; joins wfm.client (connection_id, uuid).';
comment on column wfm.client_group_member.position is
    '1-based place among the members of the group, in the order the platform sent them.';
comment on column wfm.client_group_member.client_name is 'Name of the client when the group was read.';

-- Staff. No role, rate or active flag comes with them.
create table wfm.staff (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    email text,
    phone text,
    mobile text,
    address text,
    payroll_code text,
    web_url text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.staff is
    'Staff members. One row per person the platform lists; former staff may be missing while time entries still '
    'name them, so join left.';
comment on column wfm.staff.uuid is 'Identifier of the staff member; never changes.';
comment on column wfm.staff.name is 'Name; may carry a trailing blank, as the platform sends it.';
comment on column wfm.staff.email is 'E-mail address.';
comment on column wfm.staff.phone is 'Telephone number, as typed.';
comment on column wfm.staff.mobile is 'Mobile number, as typed.';
comment on column wfm.staff.address is 'Address; several lines.';
comment on column wfm.staff.payroll_code is 'Code of the person in the payroll system.';
comment on column wfm.staff.web_url is 'Link to the staff member in the product.';

-- Suppliers, whom purchase orders and price-list items name.
create table wfm.supplier (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    address text,
    city text,
    region text,
    post_code text,
    country text,
    postal_address text,
    postal_city text,
    postal_region text,
    postal_post_code text,
    postal_country text,
    phone text,
    fax text,
    website text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.supplier is 'Suppliers. One row per supplier the platform lists; an archived one may be missing.';
comment on column wfm.supplier.uuid is 'Identifier of the supplier; never changes.';
comment on column wfm.supplier.name is 'Name of the supplier.';
comment on column wfm.supplier.address is 'Street address; several lines.';
comment on column wfm.supplier.city is 'City of the street address.';
comment on column wfm.supplier.region is 'Region or state of the street address.';
comment on column wfm.supplier.post_code is 'Post code of the street address, as text: leading zeros count.';
comment on column wfm.supplier.country is 'Country of the street address, as typed.';
comment on column wfm.supplier.postal_address is 'Postal address; several lines.';
comment on column wfm.supplier.postal_city is 'City of the postal address.';
comment on column wfm.supplier.postal_region is 'Region or state of the postal address.';
comment on column wfm.supplier.postal_post_code is 'Post code of the postal address, as text: leading zeros count.';
comment on column wfm.supplier.postal_country is 'Country of the postal address, as typed.';
comment on column wfm.supplier.phone is 'Telephone number, as typed.';
comment on column wfm.supplier.fax is 'Fax number, as typed.';
comment on column wfm.supplier.website is 'Website, as typed.';

create table wfm.supplier_contact (
    connection_id bigint not null,
    supplier_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    name text,
    mobile text,
    email text,
    phone text,
    contact_position text,
    extra jsonb,
    primary key (connection_id, supplier_uuid, uuid)
);
comment on table wfm.supplier_contact is 'Contact persons of suppliers. One row per supplier and person.';
comment on column wfm.supplier_contact.supplier_uuid is
    'Supplier the contact stands at; joins wfm.supplier (connection_id, uuid).';
comment on column wfm.supplier_contact.uuid is
    'Identifier of the person; # and the position where the platform sends none.';
comment on column wfm.supplier_contact.position is
    '1-based place among the contacts of the supplier, in the order the platform sent them.';
comment on column wfm.supplier_contact.name is 'Name of the person.';
comment on column wfm.supplier_contact.mobile is 'Mobile number, as typed.';
comment on column wfm.supplier_contact.email is 'E-mail address.';
comment on column wfm.supplier_contact.phone is 'Telephone number, as typed.';
comment on column wfm.supplier_contact.contact_position is
    'The person''s position at this supplier; element Position, renamed because position is the place in the list.';

create table wfm.supplier_note (
    connection_id bigint not null,
    supplier_uuid text collate "C" not null,
    position integer not null,
    title text,
    text text,
    folder text,
    written_at timestamp,
    created_by text,
    extra jsonb,
    primary key (connection_id, supplier_uuid, position)
);
comment on table wfm.supplier_note is
    'Notes on suppliers. One row per note; notes have no identifier, so a note is known by its place.';
comment on column wfm.supplier_note.supplier_uuid is
    'Supplier the note is on; joins wfm.supplier (connection_id, uuid).';
comment on column wfm.supplier_note.position is
    '1-based place among the notes of the supplier, in the order the platform sent them.';
comment on column wfm.supplier_note.title is 'Title of the note.';
comment on column wfm.supplier_note.text is 'The note itself; free text of several lines.';
comment on column wfm.supplier_note.folder is 'Folder the note is filed in; usually empty.';
comment on column wfm.supplier_note.written_at is
    'When it was written: date and time of day as they stood on the writer''s wall, without a zone.';
comment on column wfm.supplier_note.created_by is 'Name of who wrote it; the platform gives no identifier.';

-- The task catalogue: what `wfm.job_task.task_uuid` names.
create table wfm.task (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    description text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.task is
    'The catalogue of tasks. One row per task that jobs can be planned with; the task on a job is wfm.job_task.';
comment on column wfm.task.uuid is
    'Identifier of the catalogue task; joined by wfm.job_task.task_uuid, never by a time entry.';
comment on column wfm.task.name is 'Name of the task.';
comment on column wfm.task.description is 'What the task is; free text.';

-- The price list. Not what was spent: that stands on purchase orders, quotes and invoices.
create table wfm.cost (
    connection_id bigint not null,
    uuid text collate "C" not null,
    description text,
    code text,
    note text,
    unit_cost numeric,
    unit_price numeric,
    supplier_uuid text collate "C",
    supplier_name text,
    income_account text,
    cost_of_sale_account text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.cost is
    'The price list of costs. One row per item; what was booked on a job or charged to a client is elsewhere.';
comment on column wfm.cost.uuid is 'Identifier of the price-list item; never changes.';
comment on column wfm.cost.description is 'What the item is.';
comment on column wfm.cost.code is 'Code of the item; text that may look like a number, leading zeros kept.';
comment on column wfm.cost.note is 'Note on the item.';
comment on column wfm.cost.unit_cost is 'What one unit costs the organisation, excluding tax.';
comment on column wfm.cost.unit_price is 'What one unit is sold for, excluding tax.';
comment on column wfm.cost.supplier_uuid is 'Supplier of the item; joins wfm.supplier (connection_id, uuid).';
comment on column wfm.cost.supplier_name is 'Name of the supplier when the item was read.';
comment on column wfm.cost.income_account is 'Account that sales of the item are booked on.';
comment on column wfm.cost.cost_of_sale_account is 'Account that purchases of the item are booked on.';

-- Job categories. Jobs refer to them by name, so a renamed category no longer joins its older jobs.
create table wfm.job_category (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text collate "C",
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.job_category is
    'Categories of jobs. One row per category. Jobs name their category by name: wfm.job.type.';
comment on column wfm.job_category.uuid is 'Identifier of the category; no other record uses it.';
comment on column wfm.job_category.name is 'Name of the category; what wfm.job.type holds. May repeat.';

-- Definitions of custom fields; their values would cost one call per record.
create table wfm.custom_field (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    type text,
    link_url text,
    options text,
    use_client boolean,
    use_contact boolean,
    use_supplier boolean,
    use_job boolean,
    use_lead boolean,
    use_job_task boolean,
    use_job_cost boolean,
    use_job_time boolean,
    use_quote boolean,
    mandatory boolean,
    value_element text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.custom_field is
    'Definitions of the organisation''s own fields. One row per field; the values are not loaded.';
comment on column wfm.custom_field.uuid is 'Identifier of the definition; values name it.';
comment on column wfm.custom_field.name is 'Name of the field.';
comment on column wfm.custom_field.type is
    'Kind of field as the product names it: Text, Decimal, Date, Dropdown List, Value Link and others.';
comment on column wfm.custom_field.link_url is 'Address a value link leads to.';
comment on column wfm.custom_field.options is
    'Choices of a dropdown list, as one text; the separator is not documented.';
comment on column wfm.custom_field.use_client is 'Whether clients can have the field.';
comment on column wfm.custom_field.use_contact is 'Whether contacts can have the field.';
comment on column wfm.custom_field.use_supplier is 'Whether suppliers can have the field.';
comment on column wfm.custom_field.use_job is 'Whether jobs can have the field.';
comment on column wfm.custom_field.use_lead is 'Whether leads can have the field.';
comment on column wfm.custom_field.use_job_task is 'Whether tasks of jobs can have the field.';
comment on column wfm.custom_field.use_job_cost is 'Whether costs of jobs can have the field.';
comment on column wfm.custom_field.use_job_time is 'Whether time entries can have the field.';
comment on column wfm.custom_field.use_quote is 'Whether quotes can have the field.';
comment on column wfm.custom_field.mandatory is 'Whether the product insists on a value.';
comment on column wfm.custom_field.value_element is
    'Element that carries a value: Text, Decimal, Number, Boolean or Date.';

-- Leads, won and lost ones included.
create table wfm.lead (
    connection_id bigint not null,
    uuid text collate "C" not null,
    name text,
    description text,
    state text,
    estimated_value numeric,
    issued_on date,
    won_lost_on date,
    category text,
    client_uuid text collate "C",
    client_name text,
    contact_uuid text collate "C",
    contact_name text,
    owner_uuid text collate "C",
    owner_name text,
    dropbox text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, uuid)
);
comment on table wfm.lead is 'Sales leads. One row per lead, whatever became of it.';
comment on column wfm.lead.uuid is 'Identifier of the lead; joined by wfm.quote.lead_uuid.';
comment on column wfm.lead.name is 'Name of the lead.';
comment on column wfm.lead.description is 'What it is about; free text of several lines.';
comment on column wfm.lead.state is 'Current, Won or Lost.';
comment on column wfm.lead.estimated_value is
    'What the lead may bring, excluding tax, in the organisation''s currency; an estimate.';
comment on column wfm.lead.issued_on is 'Date of the lead, in the organisation''s own calendar.';
comment on column wfm.lead.won_lost_on is 'Date the lead was won or lost; null while it is current.';
comment on column wfm.lead.category is 'Name of the lead''s category, as the organisation defines them, e.g. Hot.';
comment on column wfm.lead.client_uuid is
    'Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.';
comment on column wfm.lead.client_name is
    'Name of the client when the record was read; the client''s own record may say otherwise later.';
comment on column wfm.lead.contact_uuid is
    'Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none '
    'is named.';
comment on column wfm.lead.contact_name is 'Name of the contact person when the record was read.';
comment on column wfm.lead.owner_uuid is 'Staff member who owns the lead; joins wfm.staff (connection_id, uuid).';
comment on column wfm.lead.owner_name is 'Name of the owner when the lead was read.';
comment on column wfm.lead.dropbox is 'E-mail address that files mail with this lead.';
create index lead_issued_on on wfm.lead (connection_id, issued_on);

create table wfm.lead_activity (
    connection_id bigint not null,
    lead_uuid text collate "C" not null,
    position integer not null,
    activity_on date,
    subject text,
    completed boolean,
    responsible_uuid text collate "C",
    responsible_name text,
    extra jsonb,
    primary key (connection_id, lead_uuid, position)
);
comment on table wfm.lead_activity is
    'What is planned or was done about leads. One row per activity; activities have no identifier, so one is '
    'known by its place.';
comment on column wfm.lead_activity.lead_uuid is 'Lead; joins wfm.lead (connection_id, uuid).';
comment on column wfm.lead_activity.position is
    '1-based place among the activities of the lead, in the order the platform sent them.';
comment on column wfm.lead_activity.activity_on is 'Date of the activity.';
comment on column wfm.lead_activity.subject is 'What it is.';
comment on column wfm.lead_activity.completed is 'Whether it is done.';
comment on column wfm.lead_activity.responsible_uuid is
    'Staff member responsible; joins wfm.staff (connection_id, uuid).';
comment on column wfm.lead_activity.responsible_name is 'Name of the responsible when the lead was read.';

create table wfm.lead_history (
    connection_id bigint not null,
    lead_uuid text collate "C" not null,
    position integer not null,
    detail text,
    written_at timestamp,
    staff text,
    type text,
    extra jsonb,
    primary key (connection_id, lead_uuid, position)
);
comment on table wfm.lead_history is
    'History of leads. One row per entry; entries have no identifier, so one is known by its place.';
comment on column wfm.lead_history.lead_uuid is 'Lead; joins wfm.lead (connection_id, uuid).';
comment on column wfm.lead_history.position is
    '1-based place among the entries of the lead, in the order the platform sent them.';
comment on column wfm.lead_history.detail is 'What happened; free text.';
comment on column wfm.lead_history.written_at is
    'When: date and time of day as they stood on the writer''s wall, without a zone.';
comment on column wfm.lead_history.staff is 'Name of who did it; the platform gives no identifier.';
comment on column wfm.lead_history.type is 'Kind of entry: Lead, Note and others.';
