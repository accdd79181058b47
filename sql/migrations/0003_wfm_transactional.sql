-- Transactional entities of WorkflowMax: documents that pile up by date, with their lines, and the states of jobs.
--
-- The rules of 0002 hold here. Each dated entity has an index on (connection_id, its date): the loader looks up what it
-- holds of a month, and so do reports. Every further index slows each load, so there is only one more.
-- deleted_at says only that the platform no longer lists the record; a cancelled invoice is not deleted.

-- Jobs. Everything else joins them by number, which a person can set by hand: a number may repeat.
create table wfm.job (
    connection_id bigint not null,
    uuid text collate "C" not null,
    number text collate "C",
    name text,
    description text,
    client_uuid text collate "C",
    client_name text,
    client_order_number text,
    budget numeric,
    state text collate "C",
    type text collate "C",
    start_on date,
    due_on date,
    completed_on date,
    contact_uuid text collate "C",
    contact_name text,
    manager_uuid text collate "C",
    manager_name text,
    partner_uuid text collate "C",
    partner_name text,
    approved_quote_number text collate "C",
    approved_quote_uuid text collate "C",
    created_at timestamptz,
    modified_at timestamptz,
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
comment on table wfm.job is
    'Jobs. One row per job. Time entries, invoice lines and purchase orders name a job by its number, not by its '
    'uuid.';
comment on column wfm.job.uuid is 'Identifier of the job; never changes.';
comment on column wfm.job.number is
    'Number of the job, e.g. J000417; what time entries, invoice lines and purchase orders name. Set by hand or '
    'in sequence.';
comment on column wfm.job.name is 'Name of the job.';
comment on column wfm.job.description is 'What the job is; free text of several lines.';
comment on column wfm.job.client_uuid is
    'Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.';
comment on column wfm.job.client_name is
    'Name of the client when the record was read; the client''s own record may say otherwise later.';
comment on column wfm.job.client_order_number is 'The client''s own order number; usually empty.';
comment on column wfm.job.budget is
    'Budget of the job, excluding tax, in the organisation''s currency; null where none was set.';
comment on column wfm.job.state is
    'State of the job, in the organisation''s own words; joins wfm.job_status (connection_id, name).';
comment on column wfm.job.type is
    'Name of the job''s category; joins wfm.job_category (connection_id, name), which may repeat.';
comment on column wfm.job.start_on is 'First day planned.';
comment on column wfm.job.due_on is 'Day the job is due.';
comment on column wfm.job.completed_on is 'Day the job was completed; null while it is open.';
comment on column wfm.job.contact_uuid is
    'Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none '
    'is named.';
comment on column wfm.job.contact_name is 'Name of the contact person when the record was read.';
comment on column wfm.job.manager_uuid is 'Job manager; joins wfm.staff (connection_id, uuid).';
comment on column wfm.job.manager_name is 'Name of the job manager when the job was read.';
comment on column wfm.job.partner_uuid is 'Account manager; joins wfm.staff (connection_id, uuid).';
comment on column wfm.job.partner_name is 'Name of the account manager when the job was read.';
comment on column wfm.job.approved_quote_number is 'Number of the quote the job was made from; joins wfm.quote.number.';
comment on column wfm.job.approved_quote_uuid is
    'Quote the job was made from; joins wfm.quote (connection_id, uuid). The only link between jobs and quotes.';
comment on column wfm.job.created_at is 'When the job was created. Null from the older generation of the platform.';
comment on column wfm.job.modified_at is 'When the job was last modified on the platform; null when it never was.';
comment on column wfm.job.web_url is 'Link to the job in the product.';
create index job_created_at on wfm.job (connection_id, created_at);

create table wfm.job_task (
    connection_id bigint not null,
    job_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    task_uuid text collate "C",
    name text,
    description text,
    estimated_minutes integer,
    actual_minutes integer,
    completed boolean,
    billable boolean,
    folder text,
    start_on date,
    due_on date,
    extra jsonb,
    primary key (connection_id, job_uuid, uuid)
);
comment on table wfm.job_task is 'Tasks on jobs. One row per task of a job; time entries join here by uuid.';
comment on column wfm.job_task.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column wfm.job_task.uuid is
    'Identifier of the task on this job; joined by wfm.timesheet.task_uuid. # and the position where the platform '
    'sends none.';
comment on column wfm.job_task.position is
    '1-based place among the tasks of the job, in the order the platform sent them.';
comment on column wfm.job_task.task_uuid is
    'Catalogue task; joins wfm.task (connection_id, uuid). Never what a time entry names.';
comment on column wfm.job_task.name is 'Name of the task; may be a label of its own.';
comment on column wfm.job_task.description is 'What is to be done; free text.';
comment on column wfm.job_task.estimated_minutes is 'Minutes planned.';
comment on column wfm.job_task.actual_minutes is 'Minutes worked so far, as the platform adds them up.';
comment on column wfm.job_task.completed is 'Whether the task is done.';
comment on column wfm.job_task.billable is 'Whether its time is charged to the client.';
comment on column wfm.job_task.folder is 'Phase the task is filed under.';
comment on column wfm.job_task.start_on is 'First day planned; only where the task is scheduled.';
comment on column wfm.job_task.due_on is 'Day the task is due; only where it is scheduled.';

create table wfm.job_task_assignee (
    connection_id bigint not null,
    job_uuid text collate "C" not null,
    task_uuid text collate "C" not null,
    staff_uuid text collate "C" not null,
    position integer not null,
    staff_name text,
    allocated_minutes integer,
    extra jsonb,
    primary key (connection_id, job_uuid, task_uuid, staff_uuid)
);
comment on table wfm.job_task_assignee is 'Who is assigned to which task. One row per task of a job and staff member.';
comment on column wfm.job_task_assignee.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column wfm.job_task_assignee.task_uuid is
    'Task on the job; joins wfm.job_task (connection_id, job_uuid, uuid).';
comment on column wfm.job_task_assignee.staff_uuid is 'Staff member; joins wfm.staff (connection_id, uuid).';
comment on column wfm.job_task_assignee.position is
    '1-based place among the assignments to tasks of the job, in the order the platform sent them.';
comment on column wfm.job_task_assignee.staff_name is 'Name of the staff member when the job was read.';
comment on column wfm.job_task_assignee.allocated_minutes is
    'Minutes of the task planned for this person; null where they were not split.';

create table wfm.job_assignee (
    connection_id bigint not null,
    job_uuid text collate "C" not null,
    staff_uuid text collate "C" not null,
    position integer not null,
    staff_name text,
    extra jsonb,
    primary key (connection_id, job_uuid, staff_uuid)
);
comment on table wfm.job_assignee is 'Who is assigned to which job. One row per job and staff member.';
comment on column wfm.job_assignee.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column wfm.job_assignee.staff_uuid is 'Staff member; joins wfm.staff (connection_id, uuid).';
comment on column wfm.job_assignee.position is
    '1-based place among the assignees of the job, in the order the platform sent them.';
comment on column wfm.job_assignee.staff_name is 'Name of the staff member when the job was read.';

create table wfm.job_milestone (
    connection_id bigint not null,
    job_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    milestone_on date,
    description text,
    completed boolean,
    folder text,
    extra jsonb,
    primary key (connection_id, job_uuid, uuid)
);
comment on table wfm.job_milestone is 'Milestones of jobs. One row per milestone.';
comment on column wfm.job_milestone.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column wfm.job_milestone.uuid is
    'Identifier of the milestone; # and the position where the platform sends none.';
comment on column wfm.job_milestone.position is
    '1-based place among the milestones of the job, in the order the platform sent them.';
comment on column wfm.job_milestone.milestone_on is 'Date of the milestone.';
comment on column wfm.job_milestone.description is 'What is to be reached.';
comment on column wfm.job_milestone.completed is 'Whether it was reached.';
comment on column wfm.job_milestone.folder is 'Phase the milestone is filed under; usually empty.';

create table wfm.job_note (
    connection_id bigint not null,
    job_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    title text,
    text text,
    folder text,
    written_at timestamp,
    created_by text,
    extra jsonb,
    primary key (connection_id, job_uuid, uuid)
);
comment on table wfm.job_note is 'Notes on jobs. One row per note.';
comment on column wfm.job_note.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column wfm.job_note.uuid is 'Identifier of the note; # and the position where the platform sends none.';
comment on column wfm.job_note.position is
    '1-based place among the notes of the job, in the order the platform sent them.';
comment on column wfm.job_note.title is 'Title of the note.';
comment on column wfm.job_note.text is 'The note itself; free text of several lines.';
comment on column wfm.job_note.folder is 'Folder the note is filed in; usually empty.';
comment on column wfm.job_note.written_at is
    'When it was written: date and time of day as they stood on the writer''s wall, without a zone.';
comment on column wfm.job_note.created_by is 'Name of who wrote it; the platform gives no identifier.';

create table wfm.job_note_comment (
    connection_id bigint not null,
    job_uuid text collate "C" not null,
    note_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    text text,
    written_at timestamp,
    created_by text,
    extra jsonb,
    primary key (connection_id, job_uuid, note_uuid, uuid)
);
comment on table wfm.job_note_comment is 'Comments on notes of jobs. One row per comment.';
comment on column wfm.job_note_comment.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column wfm.job_note_comment.note_uuid is 'Note; joins wfm.job_note (connection_id, job_uuid, uuid).';
comment on column wfm.job_note_comment.uuid is
    'Identifier of the comment; # and the position where the platform sends none.';
comment on column wfm.job_note_comment.position is
    '1-based place among the comments of the job, in the order the platform sent them.';
comment on column wfm.job_note_comment.text is 'The comment itself; free text.';
comment on column wfm.job_note_comment.written_at is
    'When it was written: date and time of day as they stood on the writer''s wall, without a zone.';
comment on column wfm.job_note_comment.created_by is 'Name of who wrote it; the platform gives no identifier.';

-- Job states: the distinct values of `wfm.job.state`, or the list of the JSON generation where a connection is set up
-- for it.
create table wfm.job_status (
    connection_id bigint not null,
    name text collate "C" not null,
    uuid text collate "C",
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, name)
);
comment on table wfm.job_status is
    'States of jobs, in the organisation''s own words. One row per state that a job was seen in, or that the '
    'platform lists.';
comment on column wfm.job_status.name is 'The state as jobs hold it: joined by wfm.job.state.';
comment on column wfm.job_status.uuid is 'Identifier in the JSON generation; null where states are derived from jobs.';

-- Quotes. They name no job: `wfm.job.approved_quote_uuid` names the quote.
create table wfm.quote (
    connection_id bigint not null,
    uuid text collate "C" not null,
    number text collate "C",
    type text,
    state text,
    name text,
    description text,
    budget numeric,
    option_explanation text,
    issued_on date not null,
    valid_on date,
    lead_uuid text collate "C",
    job_uuid text collate "C",
    estimated_cost numeric,
    estimated_cost_tax numeric,
    estimated_cost_including_tax numeric,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    client_uuid text collate "C",
    client_name text,
    contact_uuid text collate "C",
    contact_name text,
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
comment on table wfm.quote is
    'Quotes and estimates. One row per quote; a revision is a quote of its own, numbered Q000512/1.';
comment on column wfm.quote.uuid is
    'Identifier of the quote; its number where the platform sends none. Joined by wfm.job.approved_quote_uuid.';
comment on column wfm.quote.number is 'Number of the quote, e.g. Q000512; a revision carries /1, /2.';
comment on column wfm.quote.type is 'Quote or Estimate.';
comment on column wfm.quote.state is 'Draft, Issued, Accepted, Declined or Archived; others are possible.';
comment on column wfm.quote.name is 'Name of the quote.';
comment on column wfm.quote.description is 'What is quoted; free text of several lines.';
comment on column wfm.quote.budget is
    'What the client wants to spend, excluding tax, in the organisation''s currency; null where nobody said.';
comment on column wfm.quote.option_explanation is 'Text above the options.';
comment on column wfm.quote.issued_on is 'Date of the quote.';
comment on column wfm.quote.valid_on is 'Last day the quote is valid.';
comment on column wfm.quote.lead_uuid is 'Lead the quote came from; joins wfm.lead (connection_id, uuid).';
comment on column wfm.quote.job_uuid is
    'Job of the quote, where the platform sends one; most answers do not. Joins wfm.job (connection_id, uuid).';
comment on column wfm.quote.estimated_cost is
    'Estimated cost to the organisation excluding tax, in the organisation''s currency.';
comment on column wfm.quote.estimated_cost_tax is 'Tax on estimated_cost.';
comment on column wfm.quote.estimated_cost_including_tax is 'Estimated cost including tax.';
comment on column wfm.quote.amount is 'Amount of the quote excluding tax, in the organisation''s currency.';
comment on column wfm.quote.amount_tax is 'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.quote.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';
comment on column wfm.quote.client_uuid is
    'Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.';
comment on column wfm.quote.client_name is
    'Name of the client when the record was read; the client''s own record may say otherwise later.';
comment on column wfm.quote.contact_uuid is
    'Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none '
    'is named.';
comment on column wfm.quote.contact_name is 'Name of the contact person when the record was read.';
create index quote_issued_on on wfm.quote (connection_id, issued_on);

create table wfm.quote_task (
    connection_id bigint not null,
    quote_uuid text collate "C" not null,
    position integer not null,
    name text,
    description text,
    estimated_minutes integer,
    billable_rate numeric,
    billable boolean,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    extra jsonb,
    primary key (connection_id, quote_uuid, position)
);
comment on table wfm.quote_task is
    'Task lines of quotes. One row per line; lines have no identifier, so one is known by its place.';
comment on column wfm.quote_task.quote_uuid is 'Quote; joins wfm.quote (connection_id, uuid).';
comment on column wfm.quote_task.position is
    '1-based place among the task lines of the quote, in the order the platform sent them.';
comment on column wfm.quote_task.name is 'Name of the task.';
comment on column wfm.quote_task.description is 'What will be done; free text of several lines.';
comment on column wfm.quote_task.estimated_minutes is 'Minutes quoted.';
comment on column wfm.quote_task.billable_rate is
    'Price of one hour excluding tax, in the organisation''s currency; null where none was set.';
comment on column wfm.quote_task.billable is 'Whether the line is charged to the client.';
comment on column wfm.quote_task.amount is 'Amount of the line excluding tax, in the organisation''s currency.';
comment on column wfm.quote_task.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.quote_task.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';

create table wfm.quote_cost (
    connection_id bigint not null,
    quote_uuid text collate "C" not null,
    position integer not null,
    description text,
    note text,
    code text,
    billable boolean,
    quantity numeric,
    unit_cost numeric,
    unit_price numeric,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    extra jsonb,
    primary key (connection_id, quote_uuid, position)
);
comment on table wfm.quote_cost is
    'Cost lines of quotes. One row per line; lines have no identifier, so one is known by its place.';
comment on column wfm.quote_cost.quote_uuid is 'Quote; joins wfm.quote (connection_id, uuid).';
comment on column wfm.quote_cost.position is
    '1-based place among the cost lines of the quote, in the order the platform sent them.';
comment on column wfm.quote_cost.description is 'What was bought or charged; free text of several lines.';
comment on column wfm.quote_cost.note is 'Note on the line; often empty.';
comment on column wfm.quote_cost.code is
    'Code of the price-list item; text that may look like a number, leading zeros kept.';
comment on column wfm.quote_cost.billable is 'Whether the line is charged to the client.';
comment on column wfm.quote_cost.quantity is 'Number of units.';
comment on column wfm.quote_cost.unit_cost is 'What one unit costs the organisation, excluding tax.';
comment on column wfm.quote_cost.unit_price is 'What one unit is sold for, excluding tax.';
comment on column wfm.quote_cost.amount is 'Amount of the line excluding tax, in the organisation''s currency.';
comment on column wfm.quote_cost.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.quote_cost.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';

create table wfm.quote_option (
    connection_id bigint not null,
    quote_uuid text collate "C" not null,
    position integer not null,
    description text,
    note text,
    code text,
    quantity numeric,
    unit_cost numeric,
    unit_price numeric,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    extra jsonb,
    primary key (connection_id, quote_uuid, position)
);
comment on table wfm.quote_option is
    'Options of quotes: what the client may add. One row per option; not part of the quote''s amount as far as the '
    'platform says.';
comment on column wfm.quote_option.quote_uuid is 'Quote; joins wfm.quote (connection_id, uuid).';
comment on column wfm.quote_option.position is
    '1-based place among the options of the quote, in the order the platform sent them.';
comment on column wfm.quote_option.description is 'What was bought or charged; free text of several lines.';
comment on column wfm.quote_option.note is 'Note on the line; often empty.';
comment on column wfm.quote_option.code is
    'Code of the price-list item; text that may look like a number, leading zeros kept.';
comment on column wfm.quote_option.quantity is 'Number of units.';
comment on column wfm.quote_option.unit_cost is 'What one unit costs the organisation, excluding tax.';
comment on column wfm.quote_option.unit_price is 'What one unit is sold for, excluding tax.';
comment on column wfm.quote_option.amount is 'Amount of the option excluding tax, in the organisation''s currency.';
comment on column wfm.quote_option.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.quote_option.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';

-- Purchase orders. The number is the key: there is no uuid.
create table wfm.purchase_order (
    connection_id bigint not null,
    number text collate "C" not null,
    state text,
    issued_on date not null,
    description text,
    delivery_address text,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    supplier_uuid text collate "C",
    supplier_name text,
    job_number text collate "C",
    job_name text,
    extra jsonb,
    deleted_at timestamptz,
    first_run_id bigint not null,
    changed_run_id bigint not null,
    changed_at timestamptz not null,
    asked_at timestamptz not null,
    content_hash bytea not null,
    children_hash bytea,
    primary key (connection_id, number)
);
comment on table wfm.purchase_order is
    'Purchase orders to suppliers. One row per order, known by its number: the platform has no other identifier.';
comment on column wfm.purchase_order.number is 'Number of the order, e.g. PO000123; its only identifier.';
comment on column wfm.purchase_order.state is 'State of the order, e.g. Issued or Draft; others are possible.';
comment on column wfm.purchase_order.issued_on is 'Date of the order.';
comment on column wfm.purchase_order.description is 'What is ordered; free text of several lines.';
comment on column wfm.purchase_order.delivery_address is 'Where to deliver; several lines.';
comment on column wfm.purchase_order.amount is 'Amount of the order excluding tax, in the organisation''s currency.';
comment on column wfm.purchase_order.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.purchase_order.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';
comment on column wfm.purchase_order.supplier_uuid is 'Supplier; joins wfm.supplier (connection_id, uuid).';
comment on column wfm.purchase_order.supplier_name is 'Name of the supplier when the order was read.';
comment on column wfm.purchase_order.job_number is 'Job the order is for; joins wfm.job.number, not its uuid.';
comment on column wfm.purchase_order.job_name is 'Name of the job when the order was read.';
create index purchase_order_issued_on on wfm.purchase_order (connection_id, issued_on);

create table wfm.purchase_order_cost (
    connection_id bigint not null,
    purchase_order_number text collate "C" not null,
    position integer not null,
    description text,
    note text,
    code text,
    billable boolean,
    quantity numeric,
    unit_cost numeric,
    unit_price numeric,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    extra jsonb,
    primary key (connection_id, purchase_order_number, position)
);
comment on table wfm.purchase_order_cost is
    'Lines of purchase orders. One row per line; lines have no identifier, so one is known by its place.';
comment on column wfm.purchase_order_cost.purchase_order_number is
    'Order; joins wfm.purchase_order (connection_id, number).';
comment on column wfm.purchase_order_cost.position is
    '1-based place among the lines of the order, in the order the platform sent them.';
comment on column wfm.purchase_order_cost.description is 'What was bought or charged; free text of several lines.';
comment on column wfm.purchase_order_cost.note is 'Note on the line; often empty.';
comment on column wfm.purchase_order_cost.code is
    'Code of the price-list item; text that may look like a number, leading zeros kept.';
comment on column wfm.purchase_order_cost.billable is 'Whether the line is charged to the client.';
comment on column wfm.purchase_order_cost.quantity is 'Number of units.';
comment on column wfm.purchase_order_cost.unit_cost is 'What one unit costs the organisation, excluding tax.';
comment on column wfm.purchase_order_cost.unit_price is 'What one unit is sold for, excluding tax.';
comment on column wfm.purchase_order_cost.amount is
    'Amount of the line excluding tax, in the organisation''s currency.';
comment on column wfm.purchase_order_cost.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.purchase_order_cost.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';

-- Invoices. Sum only what status says was issued: drafts and cancelled ones keep their amounts.
create table wfm.invoice (
    connection_id bigint not null,
    uuid text collate "C" not null,
    number text collate "C",
    type text,
    status text,
    job_text text,
    description text,
    issued_on date not null,
    due_on date,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    amount_paid numeric,
    amount_outstanding numeric,
    client_uuid text collate "C",
    client_name text,
    contact_uuid text collate "C",
    contact_name text,
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
comment on table wfm.invoice is
    'Invoices and credit notes. One row per document; credit notes are rows like any other with negative amounts, '
    'cancelled ones stay with their amounts.';
comment on column wfm.invoice.uuid is 'Identifier of the invoice; never changes.';
comment on column wfm.invoice.number is 'Printed number, e.g. INV-0001; credit notes begin with CN-.';
comment on column wfm.invoice.type is 'Progress Invoice, Final Invoice, Miscellaneous (for no job) or others.';
comment on column wfm.invoice.status is 'Draft, Approved, Paid or Cancelled. A cancelled invoice keeps its amounts.';
comment on column wfm.invoice.job_text is 'The jobs as printed; not a key.';
comment on column wfm.invoice.description is 'What is invoiced; free text of several lines.';
comment on column wfm.invoice.issued_on is 'Date of the invoice.';
comment on column wfm.invoice.due_on is 'Day payment is due.';
comment on column wfm.invoice.amount is
    'Amount of the invoice excluding tax, in the organisation''s currency, negative on credit notes; the sum of '
    'its lines.';
comment on column wfm.invoice.amount_tax is 'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.invoice.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';
comment on column wfm.invoice.amount_paid is 'What was paid so far, including tax, in the organisation''s currency.';
comment on column wfm.invoice.amount_outstanding is 'What is still to be paid, including tax; 0 on cancelled invoices.';
comment on column wfm.invoice.client_uuid is
    'Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.';
comment on column wfm.invoice.client_name is
    'Name of the client when the record was read; the client''s own record may say otherwise later.';
comment on column wfm.invoice.contact_uuid is
    'Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none '
    'is named.';
comment on column wfm.invoice.contact_name is 'Name of the contact person when the record was read.';
create index invoice_issued_on on wfm.invoice (connection_id, issued_on);

create table wfm.invoice_task (
    connection_id bigint not null,
    invoice_uuid text collate "C" not null,
    uuid text collate "C" not null,
    position integer not null,
    job_number text collate "C",
    job_name text,
    job_description text,
    job_client_order_number text,
    name text,
    description text,
    minutes integer,
    billable_rate numeric,
    billable boolean,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    extra jsonb,
    primary key (connection_id, invoice_uuid, uuid)
);
comment on table wfm.invoice_task is
    'Task lines of invoices: time charged. One row per line; time entries join here by invoice_task_uuid.';
comment on column wfm.invoice_task.invoice_uuid is 'Invoice; joins wfm.invoice (connection_id, uuid).';
comment on column wfm.invoice_task.uuid is
    'Identifier of the line; joined by wfm.timesheet.invoice_task_uuid. # and the position where the platform '
    'sends none.';
comment on column wfm.invoice_task.position is
    '1-based place among the task lines of the invoice, in the order the platform sent them.';
comment on column wfm.invoice_task.job_number is
    'Job the line is for; joins wfm.job.number. Null on an invoice that is for no job.';
comment on column wfm.invoice_task.job_name is 'Name of the job as the invoice gives it.';
comment on column wfm.invoice_task.job_description is 'Description of the job as the invoice gives it.';
comment on column wfm.invoice_task.job_client_order_number is
    'The client''s order number of the job as the invoice gives it.';
comment on column wfm.invoice_task.name is 'Name of the task.';
comment on column wfm.invoice_task.description is 'What was done; free text of several lines.';
comment on column wfm.invoice_task.minutes is 'Minutes charged.';
comment on column wfm.invoice_task.billable_rate is
    'Price of one hour excluding tax, in the organisation''s currency; null where none was set.';
comment on column wfm.invoice_task.billable is 'Whether the line is charged to the client.';
comment on column wfm.invoice_task.amount is
    'Amount of the line excluding tax, in the organisation''s currency, negative on credit notes.';
comment on column wfm.invoice_task.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.invoice_task.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';

create table wfm.invoice_cost (
    connection_id bigint not null,
    invoice_uuid text collate "C" not null,
    position integer not null,
    job_number text collate "C",
    job_name text,
    job_description text,
    job_client_order_number text,
    description text,
    note text,
    code text,
    billable boolean,
    quantity numeric,
    unit_cost numeric,
    unit_price numeric,
    amount numeric,
    amount_tax numeric,
    amount_including_tax numeric,
    extra jsonb,
    primary key (connection_id, invoice_uuid, position)
);
comment on table wfm.invoice_cost is
    'Cost lines of invoices: what was bought and charged on. One row per line; lines have no identifier, so one '
    'is known by its place.';
comment on column wfm.invoice_cost.invoice_uuid is 'Invoice; joins wfm.invoice (connection_id, uuid).';
comment on column wfm.invoice_cost.position is
    '1-based place among the cost lines of the invoice, in the order the platform sent them.';
comment on column wfm.invoice_cost.job_number is
    'Job the line is for; joins wfm.job.number. Null on an invoice that is for no job.';
comment on column wfm.invoice_cost.job_name is 'Name of the job as the invoice gives it.';
comment on column wfm.invoice_cost.job_description is 'Description of the job as the invoice gives it.';
comment on column wfm.invoice_cost.job_client_order_number is
    'The client''s order number of the job as the invoice gives it.';
comment on column wfm.invoice_cost.description is 'What was bought or charged; free text of several lines.';
comment on column wfm.invoice_cost.note is 'Note on the line; often empty.';
comment on column wfm.invoice_cost.code is
    'Code of the price-list item; text that may look like a number, leading zeros kept.';
comment on column wfm.invoice_cost.billable is 'Whether the line is charged to the client.';
comment on column wfm.invoice_cost.quantity is 'Number of units.';
comment on column wfm.invoice_cost.unit_cost is 'What one unit costs the organisation, excluding tax.';
comment on column wfm.invoice_cost.unit_price is 'What one unit is sold for, excluding tax.';
comment on column wfm.invoice_cost.amount is
    'Amount of the line excluding tax, in the organisation''s currency, negative on credit notes.';
comment on column wfm.invoice_cost.amount_tax is
    'Tax on amount, in the organisation''s currency, with the sign of amount.';
comment on column wfm.invoice_cost.amount_including_tax is
    'Amount including tax, in the organisation''s currency, as the platform computed it.';

-- Time entries, the largest table. They join their job by number and their task by wfm.job_task.uuid.
create table wfm.timesheet (
    connection_id bigint not null,
    uuid text collate "C" not null,
    job_number text collate "C",
    job_name text,
    task_uuid text collate "C",
    task_name text,
    staff_uuid text collate "C",
    staff_name text,
    worked_on date not null,
    minutes integer not null,
    note text,
    billable boolean,
    start_time time,
    end_time time,
    invoice_task_uuid text collate "C",
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
comment on table wfm.timesheet is
    'Time entries. One row per entry: who worked how many minutes on which day. Client and rate are not in it: '
    'find them through the job.';
comment on column wfm.timesheet.uuid is 'Identifier of the time entry; never changes.';
comment on column wfm.timesheet.job_number is 'Job worked on; joins wfm.job.number, not its uuid.';
comment on column wfm.timesheet.job_name is 'Name of the job when the entry was read.';
comment on column wfm.timesheet.task_uuid is
    'Task on the job; joins wfm.job_task (connection_id, uuid), never wfm.task.';
comment on column wfm.timesheet.task_name is 'Name of the task when the entry was read.';
comment on column wfm.timesheet.staff_uuid is
    'Staff member who worked; joins wfm.staff (connection_id, uuid). Former staff may not be loaded.';
comment on column wfm.timesheet.staff_name is
    'Name of the staff member when the entry was read; may carry a trailing blank.';
comment on column wfm.timesheet.worked_on is 'Day worked.';
comment on column wfm.timesheet.minutes is 'Minutes worked; 0 occurs, and corrections may be negative.';
comment on column wfm.timesheet.note is 'What was done; free text, more often empty than not.';
comment on column wfm.timesheet.billable is 'Whether the time is charged to the client.';
comment on column wfm.timesheet.start_time is 'Time of day the work began; only where it was recorded by a clock.';
comment on column wfm.timesheet.end_time is 'Time of day the work ended; only where it was recorded by a clock.';
comment on column wfm.timesheet.invoice_task_uuid is
    'Invoice line the time was charged on; joins wfm.invoice_task (connection_id, uuid). Null until invoiced.';
create index timesheet_worked_on on wfm.timesheet (connection_id, worked_on);
create index timesheet_job_number on wfm.timesheet (connection_id, job_number);
