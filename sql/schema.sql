-- Made from the catalogue by the tests; the migrations are what is written by hand.

-- A mail or webhook channel for alerts.
table inflow.alert_channel
    connection_id bigint not null  -- The connection; the encryption of the secret is bound to it.
    channel text not null  -- email or webhook.
    is_on boolean not null default true  -- Whether it is used.
    url text not null  -- The mail server, or what the webhook is posted to; empty: the mail server of all connections.
    recipients text[] not null default '{}'::text[]  -- Addresses that mail goes to; empty for those of all connections, and for a webhook.
    sender text not null default ''::text  -- Address that mail comes from; empty for that of all connections, and for a webhook.
    account text not null default ''::text  -- User at the mail server; empty if it needs none.
    secret bytea  -- Password at the mail server, or the key that webhooks are signed with; encrypted. Null: none.
    set_at timestamp with time zone not null default now()  -- When it was last changed.
    further text[] not null default '{}'::text[]  -- Addresses that mail goes to besides.
    primary key btree (connection_id, channel)

-- Tokens by which programs use the API.
table inflow.api_token
    id bigint not null identity  -- Number of the token.
    name text not null  -- What it is called; a name is free again once its token is revoked.
    token_hash bytea not null  -- SHA-256 of the token.
    scope text not null  -- read or operate.
    connection_id bigint  -- The one connection it is for. Null: all.
    created_at timestamp with time zone not null default now()  -- When it was made.
    created_by text not null  -- Who made it.
    expires_at timestamp with time zone  -- Until when it is good. Null: without end.
    used_at timestamp with time zone  -- When it was last used; written once a minute at most. Null: never.
    revoked_at timestamp with time zone  -- When it was revoked. Null: it was not.
    primary key btree (id)
    index btree (token_hash)
    index btree (name) WHERE (revoked_at IS NULL)
    index btree (connection_id)

-- Answers of the platform whose records were loaded, one row each; their bytes are in inflow.archive_piece.
table inflow.archive
    connection_id bigint not null  -- The connection.
    id bigint not null identity  -- Number of the answer.
    run_id bigint not null  -- The last run that asked and was answered with this very body.
    entity text not null  -- The entity.
    chunk text not null  -- The chunk of that run it is part of, as in inflow.chunk.
    kind text not null  -- What the chunk was: span, since, sweep, whole or parents (by key).
    span_from date  -- First requested day; null unless the chunk is a span.
    span_until date  -- The day after the last requested day.
    changed_since timestamp with time zone  -- The request covers only changes since then; null without such a filter.
    asked_at timestamp with time zone not null  -- When Inflow last requested the chunk and got this answer, by the database's clock.
    number integer not null  -- Place of the answer in its chunk: pages and records by key are answers each.
    endpoint text not null  -- Path of the endpoint as the definition names it; it tells how the answer is read.
    key text  -- The key of the request; null for a list.
    asked text not null  -- Path and query as sent. Headers, and with them tokens, are not kept.
    body_bytes bigint not null  -- Length of the body as it came, decoded.
    stored_bytes bigint not null  -- Length of all its pieces.
    pieces integer not null  -- Number of pieces.
    superseded_at timestamp with time zone  -- When later requests had covered everything that its request covers; the retention archive-days counts from here. Null: it is the newest.
    digest bytea  -- SHA-256 of the body as it came, decoded; null where it was archived before this was noted.
    primary key btree (connection_id, id)
    index btree (connection_id, entity, endpoint, span_from) WHERE (superseded_at IS NULL)
    index btree (connection_id, entity, key) WHERE ((superseded_at IS NULL) AND (key IS NOT NULL))
    index btree (connection_id, superseded_at) WHERE (superseded_at IS NOT NULL)

-- The bytes of archived answers: one Zstandard stream an answer, cut into pieces. "inflow raw" reads them.
table inflow.archive_piece
    connection_id bigint not null  -- The connection.
    archive_id bigint not null  -- The answer, as in inflow.archive.
    number integer not null  -- Place of the piece, from 0.
    bytes bytea not null  -- The piece.
    primary key btree (connection_id, archive_id, number)

-- Who did what, when and from where; kept for two years. It names no secret.
table inflow.audit
    id bigint not null identity  -- Number of the entry; rises with time.
    at timestamp with time zone not null default clock_timestamp()  -- When it was done.
    actor_kind text not null  -- user, link (a session of a one-time link), token (of the API), command (the command line) or nobody (a failed sign-in).
    actor_id bigint  -- Number of the user, session or token. Null: it has none.
    actor text not null  -- Name of the user, token or account of the machine at that time.
    action text not null  -- What was done.
    connection text  -- Name of the connection at that time; a name and no number, so that the entry outlives the connection.
    subject text  -- What it was done to: a user, a token, a run, a setting.
    details jsonb not null default '{}'::jsonb  -- More of it, without secrets.
    address text  -- The address that it was done from. Null: the command line.
    primary key btree (id)
    index btree (at)

-- Checkpoints: what was pulled and committed as one. A loaded chunk's counts always add up.
table inflow.chunk
    connection_id bigint not null  -- The connection.
    run_id bigint not null  -- The run.
    entity text not null  -- The entity.
    chunk text not null  -- What was read: a span of dates, whole, or by key.
    status text not null  -- loaded (committed with its rows) or failed (the tables hold none of it).
    span_from date  -- First requested day; null unless the chunk is a span.
    span_until date  -- The day after the last requested day.
    asked_at timestamp with time zone not null  -- When Inflow sent its first call, after the wait for a permit, by the database's clock.
    ended_at timestamp with time zone not null default clock_timestamp()  -- When Inflow committed the chunk, or gave up on it.
    pulled bigint not null default 0  -- Records in the answer.
    inserted bigint not null default 0  -- Records that were new.
    updated bigint not null default 0  -- Records that had changed.
    unchanged bigint not null default 0  -- Records that the tables held with the same values.
    marked_deleted bigint not null default 0  -- Records marked as no longer listed.
    rejected bigint not null default 0  -- Records not loaded.
    duplicates bigint not null default 0  -- Records whose key came again in the same answer.
    calls bigint not null default 0  -- Calls to the platform, those of failed tries included.
    bytes bigint not null default 0  -- Bytes received.
    tries integer not null default 1  -- How often Inflow read it.
    replaced_characters bigint not null default 0  -- Illegal characters of the answer that were replaced by U+FFFD.
    seconds numeric not null default 0  -- From the first try to the commit.
    error text  -- Why it failed, in words.
    older bigint not null default 0  -- Records set aside: the warehouse holds what a newer answer said of them.
    outside bigint not null default 0  -- Elements with values that stand where Inflow reads no record: each may be a record that no table holds. Such an answer proves neither that a month is complete nor that a row is gone.
    rejected_values integer not null default 0  -- Values that were rejected in records that were loaded without them.
    lost_characters integer not null default 0  -- Those of the replaced characters that cannot be told any more: not control characters, which XML has no place for.
    primary key btree (connection_id, run_id, entity, chunk)

-- Each record of a month when it was closed, with what it counted for: what later changes are found by.
table inflow.closed_record
    connection_id bigint not null  -- The connection.
    closing_id bigint not null  -- The closing.
    entity text not null  -- timesheet, invoice or job_cost.
    parent_key text collate "C" not null  -- Job of a job cost; empty for the others.
    key text collate "C" not null  -- Identifier of the record, of a job cost within its job.
    dated_on date not null  -- The record's day.
    is_counted boolean not null  -- Whether it was in the month's totals: invoices where they were approved or paid, the others always.
    status text  -- Status of an invoice, as the platform wrote it.
    staff_uuid text collate "C"  -- Person of a time entry.
    job_number text collate "C"  -- Job of a time entry or cost.
    client_uuid text collate "C"  -- Client of an invoice.
    minutes integer  -- Minutes of a time entry.
    billable_minutes integer  -- The same where the entry was billable, else 0.
    amount numeric  -- Amount of an invoice excluding tax, 0 where it did not count; quantity times unit cost of a job cost; null where not known.
    amount_tax numeric  -- Tax on an invoice, 0 where it did not count.
    primary key btree (connection_id, closing_id, entity, parent_key, key)

-- Rows that the reports had of a month when it was closed, with the names of that moment.
table inflow.closed_row
    connection_id bigint not null  -- The connection.
    closing_id bigint not null  -- The closing.
    report text not null  -- The view of schema report.
    number integer not null  -- Number of the row, from 1.
    figures jsonb not null  -- The row, column by column; columns that were null are left out.
    primary key btree (connection_id, closing_id, report, number)

-- Months that people signed off, with their totals at that moment. A month that was reopened and closed again has a row for each closing.
table inflow.closing
    connection_id bigint not null  -- The connection.
    id bigint not null identity  -- Number of the closing.
    month_on date not null  -- First day of the calendar month.
    next_month_on date not null default ((month_on + '1 mon'::interval))::date  -- First day after it. A column, because an index serves a reader only where the bound takes no computing.
    closed_at timestamp with time zone not null default now()  -- When it was closed: the moment that all its figures are of.
    closed_by text not null  -- Who closed it, in that person's own words or as the account's name.
    note text  -- What that person noted.
    was_complete boolean not null  -- Whether the records of the month were complete then.
    missing text  -- What was missing of them, in words; null where nothing was.
    data_as_of timestamp with time zone  -- When the oldest of the answers was asked for that held all records of the month; null where there was none of one kind.
    entities text[] not null default '{}'::text[]  -- The records signed off: timesheet and invoice, and job_cost where Inflow reads job costs.
    next_run_id bigint not null  -- Runs with a smaller number had ended: a record that one of them brought first was known at the closing.
    entries bigint not null  -- Time entries.
    hours numeric(12,4) not null  -- Hours worked.
    billable_hours numeric(12,4) not null  -- The billable part of hours.
    invoices bigint not null  -- Approved and paid invoices, credit notes not counted.
    credit_notes bigint not null  -- Approved and paid credit notes.
    amount numeric(19,4)  -- Amount of both excluding tax.
    credit_amount numeric(19,4)  -- The part of amount that comes from credit notes.
    amount_tax numeric(19,4)  -- Tax on amount.
    job_costs numeric(19,4)  -- Quantity times unit cost of the costs booked; null where Inflow did not read them.
    reopened_at timestamp with time zone  -- When it was reopened; null while the month is closed.
    reopened_by text  -- Who reopened it.
    reopening_note text  -- What that person noted.
    primary key btree (connection_id, id)
    index btree (connection_id, month_on) WHERE (reopened_at IS NULL)

-- One organisation at the platform, with its settings.
table inflow.connection
    id bigint not null identity  -- Number of the connection: the first column of every record's key.
    name text not null  -- The name a person gave it.
    platform text not null  -- The product the records come from.
    account_id text not null  -- The platform's identifier of the organisation, sent with every call.
    api_url text not null  -- Base address of the platform's data.
    token_url text not null  -- Address of the platform's token endpoint.
    authorise_url text not null  -- Address of the platform's consent page.
    time_zone text not null  -- IANA name of the zone whose calendar the organisation keeps.
    fiscal_year_start integer not null  -- Month (1-12) in which the organisation's year begins.
    first_date date not null  -- Lists that the platform gives only by window (leads) are read from this day on.
    calls_at_once integer not null  -- Most calls in flight; 0 is no limit of Inflow's.
    calls_per_minute integer not null  -- Most calls in any 60 seconds; 0 is no limit of Inflow's.
    calls_per_day integer not null  -- Most calls in any 24 hours; 0 is no limit of Inflow's.
    first_byte_seconds integer not null  -- How long an answer may take to begin.
    job_status_list boolean not null  -- Whether job states are read from the platform's V2 list instead of being derived from jobs.
    created_at timestamp with time zone not null default now()  -- When the connection was added.
    settings jsonb not null default '{}'::jsonb  -- Further settings that differ from their defaults, by the name "inflow connection show" gives them.
    needs_consent_at timestamp with time zone  -- Since when a person must authorise the connection again. Until then Inflow makes no request for it. Null: no need.
    consent_reason text  -- Why, in words.
    paused_at timestamp with time zone  -- Since when the connection is paused: no run reads it. Null: not paused.
    removal_began_at timestamp with time zone  -- When its removal began; null unless a removal is under way, or was interrupted and must be run again.
    consented_at timestamp with time zone  -- When a person authorised it last; a refresh of the tokens does not count.
    late_entry_days integer not null default 1  -- Days after the end of a day within which people may still enter records of it: a reading sent earlier does not complete it.
    digest_since timestamp with time zone not null default now()  -- When the setting digest was last changed: no digest is due at or before it.
    success_since timestamp with time zone not null default now()  -- When the setting success-mail was last changed: no mail is about a run that ended before.
    primary key btree (id)
    index btree (name)

-- Groups of connections: those with the same label.
table inflow.connection_group
    connection_id bigint not null  -- The connection.
    label text not null  -- Name of its group.
    primary key btree (connection_id)
    index btree (label)

-- The registered application of each connection; no reader sees a row of it.
table inflow.connection_secret
    connection_id bigint not null  -- The connection; the encryption of the secret is bound to it.
    client_id text not null  -- OAuth client id of the registered application.
    client_secret bytea not null  -- OAuth client secret, encrypted.
    primary key btree (connection_id)

-- Which months of an entity have been read whole, and when last. A part of a month never counts as the month.
table inflow.coverage
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    month date not null  -- First day of the calendar month; 0001-01-01 for a list without dates, read whole.
    verified_at timestamp with time zone  -- When the last answer that held the whole month was asked for; null while none has been read.
    rows_sent bigint not null default 0  -- Records of the month in that answer, rejected ones not counted.
    rows_held bigint not null default 0  -- Rows of the month in the table after it, marked ones not counted.
    rows_rejected bigint not null default 0  -- Records of that answer that were not loaded, whatever their month.
    run_id bigint  -- The run that read it.
    failed_at timestamp with time zone  -- When Inflow last failed to read it; older than verified_at if a later reading succeeded.
    failed_run_id bigint  -- The run that failed.
    error text  -- Why it failed, in words.
    primary key btree (connection_id, entity, month)

-- Columns of the views of own fields. A column is never renamed, retyped or taken away: people's reports use it.
table inflow.custom_column
    connection_id bigint not null  -- The connection.
    kind text not null  -- What the records are: job, client, contact, supplier, supplier_contact, lead, job_task, job_cost or timesheet.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    value_type text not null  -- The type of its values: text, date, number, decimal or boolean.
    column_name text collate "C" not null  -- The column, named after the field as it was called when the column was made.
    position integer not null  -- The place among the columns of the view, from 1.
    is_current boolean not null default true  -- Whether the field is defined now for such records and of this type; false of columns that stay for people's reports.
    created_at timestamp with time zone not null default now()  -- When the column was made.
    primary key btree (connection_id, kind, custom_field_uuid, value_type)
    index btree (connection_id, kind, column_name)

-- The schema with the views of a connection's own fields; none before it has fields.
table inflow.custom_schema
    connection_id bigint not null  -- The connection.
    name text collate "C" not null  -- The schema: custom_ and the connection's name, in letters that need no quotes.
    primary key btree (connection_id)
    index btree (name)

-- The text of each view of own fields as it was made last, so that it is made again only when it differs.
table inflow.custom_view
    connection_id bigint not null  -- The connection.
    kind text not null  -- The view's name.
    checksum text not null  -- SHA-256 of the statements that made the view.
    primary key btree (connection_id, kind)

-- What each person worked on each day; report.staff_day is made of it. Not to be read where inflow.month_due has the month: inflow.day_sum_now is right always.
table inflow.day_sum
    connection_id bigint not null  -- Connection, hence organisation.
    day_on date not null  -- Day worked.
    person text collate "C" not null  -- The person: identifier:…, or name:… of entries without an identifier.
    staff_uuid text collate "C"  -- Person; joins wfm.staff (connection_id, uuid).
    staff_name text  -- Name on the time entries.
    minutes bigint not null  -- Minutes entered.
    billable_minutes bigint not null  -- The billable part of minutes, without leave.
    leave_minutes bigint not null  -- Minutes on the jobs of setting.leave_job.
    invoiced_minutes bigint not null  -- Minutes that hang on a line of an approved or paid invoice.
    invoiced_amount numeric not null  -- What these lines charge for the minutes, excluding tax.
    is_amount_unknown boolean not null  -- Whether one of these lines says no minutes.
    primary key btree (connection_id, day_on, person)

-- Elements that the platform sends and Inflow's definitions do not name. Their values are in the rows' extra column, except those of a path that begins with "../": such an element stands around the records.
table inflow.drift
    connection_id bigint not null  -- The connection.
    table_name text not null  -- The table whose extra column keeps the value.
    path text not null  -- Where in the record it stands, as the platform spells it.
    example text not null  -- A value that was seen.
    first_seen_at timestamp with time zone not null default now()  -- When it was first seen.
    last_seen_at timestamp with time zone not null default now()  -- When it was last seen.
    last_run_id bigint not null  -- The run that saw it last.
    primary key btree (connection_id, table_name, path)

-- A run's part for one entity, with its tally.
table inflow.entity_run
    run_id bigint not null  -- The run.
    entity text not null  -- The entity.
    status text not null  -- running, green, warnings, rejections, failed or skipped.
    pulled bigint not null default 0  -- Records in the answers, counted by the parser.
    inserted bigint not null default 0  -- Records that were new, counted by PostgreSQL.
    updated bigint not null default 0  -- Records that had changed, counted by PostgreSQL.
    unchanged bigint not null default 0  -- Records that the tables held with the same values, counted by PostgreSQL.
    marked_deleted bigint not null default 0  -- Records marked as no longer listed.
    rejected bigint not null default 0  -- Records not loaded, counted where they were rejected.
    duplicates bigint not null default 0  -- Records whose key came again in the same answer.
    calls bigint not null default 0  -- Calls to the platform.
    bytes bigint not null default 0  -- Bytes received.
    seconds numeric  -- Sum of its chunks' seconds; chunks overlap.
    note text  -- Findings without an error: replaced characters, unknown elements and others.
    error text  -- What went wrong, in words.
    planned_chunks bigint not null default 0  -- Chunks to be read, as known when the run began; when it has ended, those that were.
    details jsonb not null default '{}'::jsonb  -- Findings beside the numbers, once the part has ended: chunks loaded, rows held, days unreadable, readings postponed, characters replaced, unknown elements, warnings, notes and errors.
    older bigint not null default 0  -- Records set aside: the warehouse held what a newer answer said of them.
    outside bigint not null default 0  -- Elements with values that stand where Inflow reads no record: each may be a record that no table holds.
    primary key btree (run_id, entity)

-- Records that an answer without lines inserted or changed, until they are read in full.
table inflow.header_only
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    key text collate "C" not null  -- The record's key.
    dated_on date  -- The record's date in that answer.
    asked_at timestamp with time zone not null  -- When that answer was asked for; only a later one completes the record.
    run_id bigint not null  -- The run that wrote the header.
    primary key btree (connection_id, entity, key)

-- Superseded versions: a record with all its lines as it stood from valid_from until valid_until.
table inflow.history
    connection_id bigint not null  -- The connection.
    id bigint not null identity  -- Number of the version.
    entity text not null  -- The entity.
    key text collate "C" not null  -- The record's key.
    valid_from timestamp with time zone not null  -- When Inflow first read the record with these values.
    valid_until timestamp with time zone not null  -- When Inflow read other values.
    run_id bigint not null  -- The run that superseded it.
    change text not null  -- What superseded it: updated, revived or marked_deleted.
    record jsonb not null  -- The row, column by column.
    lines jsonb not null  -- Its lines by table, in document order.
    primary key btree (connection_id, id)
    index btree (connection_id, run_id)
    index btree (connection_id, entity, key)
    index btree (entity, valid_until)

-- Up to which moment superseded versions were deleted, as the setting history-days asks for.
table inflow.history_pruned
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    pruned_until timestamp with time zone not null  -- The latest valid_until of a deleted version: what was valid before that moment may be gone, nothing valid at it is.
    primary key btree (connection_id, entity)

-- A problem of a connection; Inflow sends one alert when it begins and one when it ends.
table inflow.incident
    connection_id bigint not null  -- The connection.
    id bigint not null identity  -- Number of the incident.
    kind text not null  -- run_failed, request_failed, held_deletions, rejections, consent_needed, stale_table, token_expiring or no_run. warehouse_away is reported past the warehouse and never stored.
    subject text not null default ''::text  -- The entity of a stale table; empty for what concerns the whole connection.
    detail text not null  -- The details in words, as the last review found them.
    run_id bigint  -- The run it was last found by, where it was one.
    opened_at timestamp with time zone not null default now()  -- When a review found it first.
    closed_at timestamp with time zone  -- When a review found it over; null while it lasts.
    primary key btree (connection_id, id)
    index btree (connection_id, kind, subject) WHERE (closed_at IS NULL)

-- Jobs whose sums (inflow.job_sum, inflow.task_sum) do not hold any more: views compute theirs from the records.
table inflow.job_due
    connection_id bigint not null  -- Connection, hence organisation.
    job_number text collate "C" not null  -- Number of the job; empty for time on no job.
    id bigint not null identity  -- Number of the mark; a job may have several.
    primary key btree (connection_id, job_number, id)

-- What time, invoices, costs and orders of a job come to; report.job_profitability and work_in_progress are made of it. Not to be read where inflow.job_due has the job: inflow.job_sum_now is right always.
table inflow.job_sum
    connection_id bigint not null  -- Connection, hence organisation.
    job_number text collate "C" not null  -- Number of the job, as time entries and lines name it.
    job_uuid text collate "C"  -- The job with the number (report.document_job); null where none is loaded.
    minutes bigint not null  -- Minutes of its time entries.
    billable_minutes bigint not null  -- The billable part of minutes.
    time_cost numeric  -- What its time cost at the rates of setting.staff_rate; null where an entry has none.
    time_value numeric  -- What its billable time is worth at the rates of setting.staff_rate; null where an entry has none.
    invoiced numeric not null  -- Invoiced on all lines, excluding tax.
    invoiced_time numeric not null  -- Invoiced on task lines.
    invoiced_costs numeric not null  -- Invoiced on cost lines.
    last_invoiced_on date  -- Date of its latest invoice.
    final_on date  -- Date of its latest final invoice; null without one.
    interim_invoiced numeric not null  -- The part of invoiced_time on lines that no time hangs on.
    has_costs boolean not null  -- Whether costs are booked.
    costs numeric  -- What they cost.
    costs_price numeric  -- The price of the billable ones.
    has_orders boolean not null  -- Whether anything is ordered.
    ordered_not_booked numeric  -- What is ordered beyond the costs of the same supplier.
    open_minutes bigint not null  -- Minutes that hang on no line, or on one of a cancelled invoice, and are later than final_on; so all that begins with open.
    open_billable_minutes bigint not null  -- The billable part of open_minutes.
    written_off_minutes bigint not null  -- Billable minutes on no line that are not later than final_on.
    open_entries bigint not null  -- Billable open time entries.
    open_valued bigint not null  -- Those of them that have a rate: one that is set, or what an hour of the job was invoiced for.
    open_valued_by_setting bigint not null  -- Those of them whose rate is set.
    open_value numeric  -- Minutes times the rate of an hour of those that have one.
    oldest_on date  -- Earliest day of billable open time.
    latest_on date  -- Latest day of billable open time.
    value_days date[] not null  -- The days of the entries of open_value, an entry each, in no order.
    day_values numeric[] not null  -- The part of open_value of each of these entries.
    open_costs_price numeric  -- Price of the billable costs later than final_on.
    open_costs_invoiced numeric not null  -- Invoiced on cost lines later than final_on.
    primary key btree (connection_id, job_number)

-- The processes that may refresh a token, run, or backfill now. A session lock belongs to the row. Whose heartbeat is older than 45 s has lost it: the next process ends its sessions.
table inflow.lease
    connection_id bigint not null  -- The connection concerned.
    purpose text not null  -- The work that the lease permits.
    holder text not null  -- Machine and process that took it last.
    epoch bigint not null  -- Rises each time a process takes the lease.
    heartbeat_at timestamp with time zone not null  -- Last heartbeat of the holder, by the database's clock.
    backend integer  -- Process number, at the server, of the session that holds the lock; null in rows of versions that wrote none.
    primary key btree (connection_id, purpose)

-- The mail server of all connections that have none of their own; one row, or none.
table inflow.mail_server
    id integer not null default 1  -- Always 1: there is one.
    is_on boolean not null default true  -- Whether it is used.
    url text not null  -- The mail server.
    recipients text[] not null default '{}'::text[]  -- Addresses that mail goes to for connections that name no others.
    sender text not null  -- Address that mail comes from.
    account text not null default ''::text  -- User at the mail server; empty if it needs none.
    secret bytea  -- Password at the mail server, encrypted. Null: none.
    set_at timestamp with time zone not null default now()  -- When it was last changed.
    primary key btree (id)

-- Rows absent from a whole answer that should have held them, until they turn up or are marked deleted.
table inflow.missing
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    key text not null  -- The record's key.
    id bigint not null identity  -- Number, for people to name it by.
    status text not null  -- missing (to be looked for), gone (proved not to exist), held (a person decides), approved (by a person, to be looked for once more), kept (a person wants the rows kept).
    dated_on date  -- The row's date when it was missed; null for lists without dates.
    chunk text not null  -- The answer it was absent from.
    run_id bigint not null  -- The run that missed it last.
    first_run_id bigint not null  -- The run that missed it first.
    asked_at timestamp with time zone not null  -- When Inflow requested that answer; the answer says nothing about a row written since.
    noted_at timestamp with time zone not null default now()  -- When it was noted.
    reason text  -- Why it is held, in words.
    is_approved boolean not null default false  -- Whether a person has approved the deletion: no brake holds it again.
    answer text  -- Why the platform's last answer to its key proves nothing, in words; null where it was not asked.
    tries integer not null default 0  -- How often the platform was asked for its key in vain: such an answer proved nothing.
    ask_after timestamp with time zone  -- When a scheduled run asks for its key again; null where the next run does.
    key_asked_at timestamp with time zone  -- When the platform was last asked for its key.
    first_asked_at timestamp with time zone not null default now()  -- When the first answer that it was absent from was asked for.
    rows_sent bigint  -- Records in the answer that it was absent from last.
    first_rows_sent bigint  -- Records in the answer that it was absent from first.
    origin text not null default 'list'::text  -- What missed it: list (a whole answer), open_list (a document that has left the lists of open ones, or that the last of them named) or undated (no answer can miss it, since it has no date).
    primary key btree (connection_id, entity, key)

-- Months whose days (inflow.day_sum) do not hold any more: views compute theirs from the records.
table inflow.month_due
    connection_id bigint not null  -- Connection, hence organisation.
    month_on date not null  -- First day of the month.
    id bigint not null identity  -- Number of the mark; a month may have several.
    primary key btree (connection_id, month_on, id)

-- Documents that the last sweep of open and draft ones listed: what leaves these lists is read by key.
table inflow.open_document
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    key text not null  -- The record's key.
    seen_at timestamp with time zone not null  -- When the sweep that listed it was asked for; 1970-01-01 (UTC) where it has left the lists and is still to be read.
    run_id bigint not null  -- The run whose sweep listed it last.
    left_at timestamp with time zone  -- When the list was asked for that lacks it, where it has left the lists and is still to be read; an older answer does not settle it.
    primary key btree (connection_id, entity, key)

-- Messages. The transaction that opens or closes an incident writes them; they stay until Inflow delivers them or gives up.
table inflow.outbox
    connection_id bigint not null  -- The connection they are about.
    id bigint not null identity  -- Number of the message.
    channel text not null  -- email or webhook; addresses are those of the moment of delivery.
    event text not null  -- opened or closed, of incidents; digest or success, of what runs did; report, of a report with its file; run_finished or records_changed, of a run, to a subscription.
    incidents bigint[] not null  -- Numbers of the incidents it is about; empty for every other event.
    message_id text not null  -- Message-ID of the mail, or delivery id of the webhook; the same in every try, so that the receiver can tell a repetition.
    subject text not null  -- Subject of the mail; for a webhook the same words, for people who list messages.
    body text not null  -- Text of the mail, or the JSON document of the webhook, byte for byte.
    created_at timestamp with time zone not null default now()  -- When it was written; the mail's date.
    attempts integer not null default 0  -- How often Inflow began to deliver it.
    next_attempt_at timestamp with time zone not null default now()  -- The time before which Inflow does not try again.
    leased_until timestamp with time zone  -- Until when one process may deliver it; after that another may.
    holder text  -- Machine and process that took it last.
    sent_at timestamp with time zone  -- When its receiver took it; null until then.
    given_up_at timestamp with time zone  -- When Inflow gave up: the receiver refused it permanently, or three days of tries failed.
    last_error text  -- The error of the last try, in words; empty without one.
    recipients text[]  -- Addresses that it goes to. Null: those of the channel.
    attachment_name text  -- Name of the file that it carries. Null: none.
    attachment_type text  -- Media type of the file.
    attachment bytea  -- The file; forgotten once the mail is delivered.
    subscription_id bigint  -- The webhook subscription that it goes to, by address and secret. Null: the channel.
    primary key btree (connection_id, id)
    index btree (message_id)
    index btree (next_attempt_at) WHERE ((sent_at IS NULL) AND (given_up_at IS NULL))
    index btree (subscription_id) WHERE (subscription_id IS NOT NULL)

-- One-time links into the page, which are good while there is no user.
table inflow.page_link
    id bigint not null identity  -- Number of the link.
    token_hash bytea not null  -- SHA-256 of what the link holds.
    created_at timestamp with time zone not null default now()  -- When it was made.
    expires_at timestamp with time zone not null  -- Until when it is good.
    used_at timestamp with time zone  -- When a browser used it. Null: none has.
    primary key btree (id)
    index btree (token_hash)

-- Browsers that are signed in.
table inflow.page_session
    id bigint not null identity  -- Number of the session.
    token_hash bytea not null  -- SHA-256 of the token that the browser holds.
    user_id bigint  -- Who signed in. Null: nobody, the session came from a one-time link.
    epoch integer  -- The user's epoch at the sign-in; the session ends when that rises.
    link_id bigint  -- The one-time link it came from. Null: a user signed in.
    created_at timestamp with time zone not null default now()  -- When it began.
    used_at timestamp with time zone not null default now()  -- When a request last came with it; written once a minute at most.
    ends_at timestamp with time zone not null  -- When it ends at the latest, however much it is used.
    address text not null  -- Address that it began from.
    user_agent text not null  -- What the browser calls itself, cut to 200 characters.
    primary key btree (id)
    index btree (token_hash)
    index btree (user_id)
    index btree (link_id)
    index btree (ends_at)

-- People who may enter the page; no reader sees a row of it.
table inflow.page_user
    id bigint not null identity  -- Number of the user; never given twice.
    name text not null  -- Name of the account, as it was given.
    folded_name text not null  -- The name by which it is found: without regard to case.
    password_hash text not null  -- scrypt hash of the password with its parameters and salt, as $scrypt$….
    role text not null  -- viewer, operator or admin.
    has_all_connections boolean not null  -- Whether the role is for every connection; else for those of inflow.page_user_connection.
    epoch integer not null default 1  -- Rises with each change of password, role or right to enter; sessions of an earlier epoch have ended.
    created_at timestamp with time zone not null default now()  -- When it was added.
    password_set_at timestamp with time zone not null default now()  -- When its password was last set.
    signed_in_at timestamp with time zone  -- When it last signed in. Null: never.
    disabled_at timestamp with time zone  -- Since when it may not enter. Null: it may.
    primary key btree (id)
    index btree (folded_name)

-- Connections that a user's role is for, where it is not for all.
table inflow.page_user_connection
    user_id bigint not null  -- The user.
    connection_id bigint not null  -- A connection that the role is for.
    primary key btree (user_id, connection_id)
    index btree (connection_id)

-- When Inflow last read the values of each record that cost a call of their own. One row per entity and record; a record whose row has changed since is due again.
table inflow.parent_read
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity of the values: job_cost, client_custom_field and so on.
    parent_key text collate "C" not null  -- The key of the request: the number of a job or an invoice, the identifier of everything else.
    status text not null  -- read; unknown, when the platform did not know the record, which is asked again after 1, 2, 4, 8, 16 and then every 30 days, or when it changes; failed, when it has never been read and the last try failed.
    asked_at timestamp with time zone  -- When Inflow requested the answer; null while there is none.
    run_id bigint not null  -- The run that made the request.
    failed_at timestamp with time zone  -- When Inflow last failed to read it; null if the last try succeeded. Inflow then reads it alone, after the others.
    asked_before timestamp with time zone  -- When the answer of an earlier run was asked for: rows that are missing now although the record has not changed since count towards the brake. Null where there was none.
    unknown_times integer not null default 0  -- How many times in a row the platform did not know the record; 0 once it is read.
    primary key btree (connection_id, entity, parent_key)

-- Calls of each organisation that count for its minute and its day, whichever connection or process made them.
table inflow.quota
    platform text not null  -- The platform that limits the calls.
    account_id text not null  -- The platform's identifier of the organisation, in lower case.
    minute_until timestamp with time zone[] not null default '{}'::timestamp with time zone[]  -- Until when each call counts for the minute: a minute after its answer began. Past ones are kept for a minute more.
    day_until timestamp with time zone[] not null default '{}'::timestamp with time zone[]  -- Until when calls count for the day, a span of a quarter of an hour at a time.
    day_calls bigint[] not null default '{}'::bigint[]  -- How many calls each of these spans holds.
    refused_until timestamp with time zone  -- Before when the platform wants no call.
    is_day_refused boolean not null default false  -- Whether it refused calls for the day.
    changed_at timestamp with time zone not null default now()  -- When a process was here last.
    primary key btree (platform, account_id)

-- Processes that hold or want calls of an organisation. One that is silent for half a minute counts as dead.
table inflow.quota_holder
    platform text not null  -- The platform.
    account_id text not null  -- The organisation.
    id text not null  -- Number of the process, chosen by itself.
    who text not null  -- Machine and process.
    permits bigint not null  -- Calls it may make or is making; they count as used if the process ends without giving them back.
    places bigint not null  -- Calls it may have in flight at once.
    wants bigint not null  -- Calls it could make now.
    waiting_since timestamp with time zone  -- Since when it waits for a place in flight.
    seen_at timestamp with time zone not null  -- When it was here last, by the database's clock.
    primary key btree (platform, account_id, id)

-- Login roles that read: one for each connection that was given one, kept to its rows, and one that sees all.
table inflow.reader
    role_name text not null  -- Name of the role, which is the whole server's; hence it carries the database's name.
    connection_id bigint  -- The connection whose rows it sees; null for the reader of all.
    created_at timestamp with time zone not null default now()  -- When it was first requested.
    password_set_at timestamp with time zone not null default now()  -- When its password was last set; Inflow does not store the password.
    primary key btree (role_name)
    index btree (connection_id)
    index btree (((connection_id IS NULL))) WHERE (connection_id IS NULL)

-- Records that were not loaded, and why. A record is loaded whole or rejected whole. While the same record comes unfit again its row is renewed; the load that takes the record in at last closes it.
table inflow.rejection
    connection_id bigint not null  -- The connection.
    id bigint not null identity  -- Number of the rejection.
    run_id bigint not null  -- The run that rejected it first.
    entity text not null  -- The entity.
    chunk text not null  -- The chunk it came in last; a reading by key does not count, so that it says where the record stands.
    key text collate "C" not null  -- The record's key; empty when the key itself could not be read.
    table_name text not null  -- The table of the value concerned, as of the last time.
    column_name text not null  -- The column concerned, as of the last time.
    raw text not null  -- The text as the platform sent it the last time.
    reason text not null  -- Why, the last time: missing, not_a_number, not_a_date, …; unreadable_day stands for all records of the day that chunk names.
    rejected_at timestamp with time zone not null default now()  -- When it was rejected first.
    status text not null default 'open'::text  -- open; closed, when a load has taken the record in, or the answer no longer has the record without key; dismissed, when a person does not want to see it while the fault is the same.
    times_seen integer not null default 1  -- In how many runs it was rejected.
    last_run_id bigint not null  -- The run that rejected it last.
    last_seen_at timestamp with time zone not null default now()  -- When it was rejected last.
    asked_at timestamp with time zone not null default now()  -- When the answer was asked for that had it last; an answer asked for earlier does not close it.
    ended_run_id bigint  -- The run whose load closed it; null while it is open or dismissed.
    ended_at timestamp with time zone  -- When it was closed or dismissed; null while it is open.
    dated_on date  -- The record's date, by which the platform lists it; null where it could not be read, or the entity has no dates.
    span_from date  -- First day of the span it came in; null where it came in no span.
    span_until date  -- The day after the last of that span.
    is_value boolean not null default false  -- Whether only the value was rejected and the record is loaded without it; false where the record is not loaded.
    label text  -- What people call the record, as the answer had it: number and names; null where it had none.
    primary key btree (connection_id, id)
    index btree (connection_id, run_id)
    index btree (connection_id, entity, key) WHERE (status <> 'closed'::text)

-- Reports that go out by mail on their own days.
table inflow.report_mail
    connection_id bigint not null  -- The connection whose rows they have.
    id bigint not null identity  -- Number of the mail.
    report text not null  -- The report, with its schema: report.invoices_by_month.
    columns text[] not null default '{}'::text[]  -- The columns that it has, in order; empty: all.
    condition text  -- A condition in SQL that a reader evaluates. Null: none.
    first_day text  -- First day of its span, as a person wrote it: last-month is read again each time. Null: open.
    last_day text  -- Last day of its span, included, as a person wrote it. Null: open.
    format text not null  -- csv or xlsx.
    recipients text[] not null  -- Addresses that it goes to.
    rhythm text not null  -- When it goes out, on the clock of the connection's zone: day 08:00, workday 08:00, monday 08:00 or month 08:00.
    set_at timestamp with time zone not null default clock_timestamp()  -- When it was set up: it is not due for a moment before.
    written_on date  -- The local day that it was last written for. Null: never.
    written_at timestamp with time zone  -- When it was last written.
    problem text  -- Why the last one has no rows, in words. Null: it has them.
    primary key btree (connection_id, id)

-- Requests for runs, in the order in which they begin; one at a time for a connection.
table inflow.request
    id bigint not null identity  -- Number of the request.
    connection_id bigint not null  -- The connection.
    kind text not null  -- sync_all (by a person), targeted, slot (by the schedule), backfill, retry (of rejections), deletions (approved ones are checked) or reconcile.
    entities text[] not null default '{}'::text[]  -- Entities of a targeted sync; empty for all that have dates.
    first_day date  -- First day of a targeted sync.
    last_day date  -- Last day of a targeted sync, included.
    slot date  -- The slot it is an attempt of.
    is_catch_up boolean not null default false  -- Whether its slot went by while nothing could run it.
    asked_at timestamp with time zone not null  -- When a person or the schedule made the request.
    asked_by text not null  -- Machine and process that made the request.
    status text not null default 'queued'::text  -- queued, running or done.
    worker text  -- The worker that runs it, or ran it last.
    epoch bigint not null default 0  -- Rises each time a worker takes it; Inflow refuses what a worker writes under an older number.
    heartbeat_at timestamp with time zone  -- Last heartbeat of its worker, by the database's clock.
    attempts integer not null default 0  -- How often a worker took it.
    run_id bigint  -- Its run; another run continues one that was interrupted.
    outcome text  -- How it ended, as a run does.
    error text  -- What went wrong, in words.
    done_at timestamp with time zone  -- When it ended.
    deaths integer not null default 0  -- How often its worker fell silent while it held it; at the third time the request ends as failed.
    chunk_size text  -- Size of one chunk of a backfill.
    rejections bigint[] not null default '{}'::bigint[]  -- Rejections of a retry; empty for all open ones.
    primary key btree (id)
    index btree (asked_at, id) WHERE (status <> 'done'::text)
    index btree (connection_id, id)
    index btree (connection_id, ((kind = 'backfill'::text))) WHERE (status = 'running'::text)

-- One execution for one connection. Green means: every chunk was read whole and its counts add up.
table inflow.run
    id bigint not null identity  -- Number of the run.
    connection_id bigint not null  -- The connection it ran for.
    trigger text not null  -- What began it: manual, slot or catch_up (a Sync All by a person, by the schedule, or late by the schedule), targeted, backfill, reconcile, deletions (approved ones are looked for once more), retry (of rejected records) or rederive (from the archive, without a call).
    scope text not null  -- The request in words.
    status text not null  -- running, green, warnings, rejections, failed, quota, consent or interrupted.
    holder text not null  -- Machine and process that ran it.
    started_at timestamp with time zone not null default now()  -- When it began, by the database's clock.
    finished_at timestamp with time zone  -- When it ended.
    pulled bigint not null default 0  -- Records in the answers.
    inserted bigint not null default 0  -- Records that were new.
    updated bigint not null default 0  -- Records that had changed.
    unchanged bigint not null default 0  -- Records that the tables held with the same values.
    marked_deleted bigint not null default 0  -- Records marked as no longer listed.
    rejected bigint not null default 0  -- Records not loaded; see inflow.rejection.
    duplicates bigint not null default 0  -- Records whose key came again in the same answer; the last one counts.
    calls bigint not null default 0  -- Calls to the platform, token calls not counted.
    bytes bigint not null default 0  -- Bytes received.
    seconds numeric  -- How long it took.
    error text  -- What went wrong, in words.
    resume_at timestamp with time zone  -- When calls are free again, where the day's quota stopped it.
    continues_run_id bigint  -- The first run of the same scope, stopped by the day's quota, whose loaded chunks were not read again.
    cancel_by text  -- The person who asked the run to stop.
    cancel_at timestamp with time zone  -- When the person asked.
    older bigint not null default 0  -- Records set aside: the warehouse held what a newer answer said of them.
    answers_from timestamp with time zone  -- When the oldest answer was asked for that the run took over from the run it continues; null where it continues none.
    outside bigint not null default 0  -- Elements with values that stand where Inflow reads no record: each may be a record that no table holds.
    primary key btree (id)
    index btree (connection_id, id)

-- Selects that people keep on the page.
table inflow.saved_query
    id bigint not null identity  -- Number of the query.
    connection_id bigint not null  -- The connection whose rows it reads.
    name text not null  -- What it is called.
    query text not null  -- The select.
    saved_by text not null  -- Who saved it last.
    saved_at timestamp with time zone not null default now()  -- When it was last saved.
    primary key btree (id)
    index btree (connection_id, name)

-- When each connection is read every day. No row: it waits for its first Sync All.
table inflow.schedule
    connection_id bigint not null  -- The connection.
    is_on boolean not null default true  -- Whether the schedule is on.
    anchor text  -- Local wall time and IANA zone, such as 07:30 Pacific/Auckland; null before the first Sync All.
    since timestamp with time zone  -- When it was last anchored, switched on or resumed: nothing at or before it is due.
    is_pinned boolean not null default false  -- Whether a Sync All of a person leaves the time as it is.
    earlier_anchor text  -- The anchor before the last Sync All of a person moved it, empty where there was none; null where nothing was moved.
    earlier_since timestamp with time zone  -- The column since before that.
    primary key btree (connection_id)

-- Names of the keys that secrets are encrypted with; the keys themselves are in the key file, never here.
table inflow.secret_key
    id text not null  -- Name of the key, as in the key file.
    is_current boolean not null  -- Whether new secrets are encrypted with it.
    created_at timestamp with time zone not null default now()  -- When the key was made.
    primary key btree (id)

-- How often signing in has lately failed, by account and by address.
table inflow.sign_in_limit
    kind text not null  -- account or address.
    subject text not null  -- SHA-256 of the account's name, which need not exist, or the address; of IPv6 its first 64 bits.
    failures integer not null  -- Failures that count now, and tries that are under way.
    first_failed_at timestamp with time zone not null  -- When the first of them was.
    last_failed_at timestamp with time zone not null  -- When the last of them was.
    locked_until timestamp with time zone  -- Until when nothing is tried. Null: it may be tried now.
    primary key btree (kind, subject)
    index btree (last_failed_at)

-- Scheduled runs that a process has claimed: at most one a local day.
table inflow.slot
    connection_id bigint not null  -- The connection.
    slot date not null  -- The local day, in the anchor's zone.
    slot_at timestamp with time zone not null  -- When it was due.
    claimed_at timestamp with time zone not null default clock_timestamp()  -- When it was claimed.
    attempts integer not null default 1  -- Attempts begun.
    failures integer not null default 0  -- Attempts that failed.
    state text not null default 'running'::text  -- Result of the last attempt.
    state_at timestamp with time zone not null default clock_timestamp()  -- When the last attempt got this result; for a parked one, when calls are free again.
    run_id bigint  -- The run of the last attempt.
    primary key btree (connection_id, slot)

-- How large a span one call of a backfill asks for: the largest that was lately answered within a minute.
table inflow.span_size
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    size text not null  -- The size in words: 1 day to 12 months.
    seconds numeric  -- How long the last span of the size before took; null where it was not answered in time.
    set_at timestamp with time zone not null default now()  -- When it was set.
    primary key btree (connection_id, entity)

-- Which weekly digests and mails of runs that went well were written: each once, however many processes serve.
table inflow.summary
    connection_id bigint not null  -- The connection.
    kind text not null  -- digest or success.
    subject text not null  -- The local day that a digest was due on, or the number of the run.
    written_at timestamp with time zone not null default clock_timestamp()  -- When it was written, or found to have nothing to say.
    primary key btree (connection_id, kind, subject)

-- Connections whose sums are kept: those of a connection that is not here are all computed from the records.
table inflow.sums_kept
    connection_id bigint not null  -- Connection, hence organisation.
    kept_at timestamp with time zone not null default now()  -- When all of them were computed.
    primary key btree (connection_id)

-- When the open and draft documents of an entity were last listed, all lists together.
table inflow.sweep
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    swept_at timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone  -- When the first of the lists was asked for, the last time that all were read and compared with the table; 1970-01-01 (UTC) before that.
    run_id bigint not null  -- The run that read one of the lists last.
    primary key btree (connection_id, entity)

-- What was worked on each task of a job; report.estimate_accuracy is made of it. Not to be read where inflow.job_due has the job.
table inflow.task_sum
    connection_id bigint not null  -- Connection, hence organisation.
    task_uuid text collate "C" not null  -- Task of the job; joins wfm.job_task (connection_id, uuid).
    job_number text collate "C" not null  -- Job that the time entries name; empty where they name none.
    minutes bigint not null  -- Minutes worked.
    billable_minutes bigint not null  -- The billable part of minutes.
    last_on date not null  -- Latest day worked.
    primary key btree (connection_id, task_uuid, job_number)
    index btree (connection_id, job_number)

-- Token pairs, encrypted; the newest generation is in force, the one before it is kept.
table inflow.token
    connection_id bigint not null  -- The connection whose tokens they are; the encryption is bound to it.
    generation bigint not null  -- Rises by one with each refresh.
    access bytea not null  -- Access token, encrypted.
    refresh bytea not null  -- Refresh token, encrypted; single-use.
    issued_at timestamp with time zone not null  -- When the platform issued the access token.
    access_expires_at timestamp with time zone not null  -- When the access token ends.
    stored_at timestamp with time zone not null default now()  -- When the pair was stored.
    refresh_issued_at timestamp with time zone not null  -- When the platform issued the refresh token: the setting refresh-token-days counts from here.
    primary key btree (connection_id, generation)

-- Refreshes under way: Inflow writes the row before it sends the request, and deletes it with the commit of the answer. A row that stays shows a lost answer, or a process that ended in between.
table inflow.token_attempt
    connection_id bigint not null  -- The connection concerned.
    generation bigint not null  -- The generation whose refresh token was sent.
    holder text not null  -- Machine and process that sent it.
    state text not null default 'asked'::text  -- asked (Inflow waits for the answer, or its process ended) or unanswered (the answer did not come).
    began_at timestamp with time zone not null default clock_timestamp()  -- When it was sent, by the database's clock.
    primary key btree (connection_id)

-- Numbers that documents mention and the platform does not know; not asked for again for a week.
table inflow.unknown_number
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity of the number.
    number text not null  -- The number.
    asked_at timestamp with time zone not null  -- When the platform was asked last.
    is_unknown boolean not null default true  -- Whether the platform said that it has no such record; false where its answer said nothing.
    primary key btree (connection_id, entity, number)

-- How far each kind of values is read that costs one call for each record, as the last run that read values counted.
table inflow.value_state
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity of the values: job_cost, client_custom_field and so on.
    parent text not null  -- The entity whose records have the values.
    parent_table text not null  -- Its table.
    is_read boolean not null  -- Whether the setting values names the kind. Inflow does not read the others, and never calls them complete.
    records bigint not null  -- Records that can be asked for.
    waiting bigint not null  -- Records among them whose values are not all here: they wait for a call, or the platform does not know them.
    oldest_read_at timestamp with time zone  -- When the values read longest ago were asked for; null without any.
    counted_at timestamp with time zone not null  -- Since when changes of records are not counted here: a record that changed later may lack values.
    run_id bigint not null  -- The run that counted.
    primary key btree (connection_id, entity)

-- From when on an entity with a modified filter is asked for what changed. Never moves back; backfills do not touch it.
table inflow.watermark
    connection_id bigint not null  -- The connection.
    entity text not null  -- The entity.
    since timestamp with time zone not null  -- Start of the last complete pull by the platform's own clock, less the overlap.
    run_id bigint not null  -- The run that pulled it.
    set_at timestamp with time zone not null default now()  -- When it was set.
    primary key btree (connection_id, entity)

-- What outside programs are told of, by a signed POST through the outbox.
table inflow.webhook_subscription
    id bigint not null identity  -- Number of the subscription.
    connection_id bigint not null  -- The connection; the encryption of the secret is bound to it.
    url text not null  -- What is posted to.
    secret bytea not null  -- Secret that signs the messages, encrypted.
    events text[] not null  -- run_finished and records_changed, or one of them.
    entity text  -- The one entity it is about. Null: all.
    created_at timestamp with time zone not null default now()  -- When it was made.
    created_by text not null  -- Who made it.
    primary key btree (id)
    index btree (connection_id)

-- Processes that serve ("inflow serve"), each with a heartbeat every few seconds.
table inflow.worker
    id text not null  -- A name that the process chooses at each start.
    holder text not null  -- Machine and process.
    version text not null  -- Its version of Inflow.
    started_at timestamp with time zone not null default clock_timestamp()  -- When it began.
    heartbeat_at timestamp with time zone not null default clock_timestamp()  -- Its last heartbeat, by the database's clock.
    primary key btree (id)

-- States of jobs in which nothing more is invoiced: a job in one of them is no work in progress.
table setting.closed_state
    connection_id bigint not null  -- Connection, hence organisation.
    state text collate "C" not null  -- State, in the organisation's own words; joins wfm.job (connection_id, state), whatever the case of its letters.
    primary key btree (connection_id, state)

-- Jobs on which people enter leave: their time lowers capacity, and is neither work nor work in progress.
table setting.leave_job
    connection_id bigint not null  -- Connection, hence organisation.
    job_number text collate "C" not null  -- Number of the job; joins wfm.job (connection_id, number).
    primary key btree (connection_id, job_number)

-- How long a person works on each weekday, and how much of it is to be billable, from a day on until the person's next row.
table setting.staff_capacity
    connection_id bigint not null  -- Connection, hence organisation.
    staff_uuid text collate "C" not null  -- Staff member; joins wfm.staff (connection_id, uuid), or former staff in wfm.timesheet.staff_uuid.
    valid_from date not null  -- First day that it holds for; a person who leaves has a last row with no hours.
    monday_hours numeric(12,4) not null default 0  -- Hours on a Monday.
    tuesday_hours numeric(12,4) not null default 0  -- Hours on a Tuesday.
    wednesday_hours numeric(12,4) not null default 0  -- Hours on a Wednesday.
    thursday_hours numeric(12,4) not null default 0  -- Hours on a Thursday.
    friday_hours numeric(12,4) not null default 0  -- Hours on a Friday.
    saturday_hours numeric(12,4) not null default 0  -- Hours on a Saturday.
    sunday_hours numeric(12,4) not null default 0  -- Hours on a Sunday.
    target_share numeric(19,4)  -- Share of the hours without leave that is to be billable, 0 to 1; null where there is no target.
    primary key btree (connection_id, staff_uuid, valid_from)

-- What an hour of a person costs, and what it is sold for, from a day on until the person's next row.
table setting.staff_rate
    connection_id bigint not null  -- Connection, hence organisation.
    staff_uuid text collate "C" not null  -- Staff member; joins wfm.staff (connection_id, uuid), or former staff in wfm.timesheet.staff_uuid.
    valid_from date not null  -- First day that the rates hold for.
    cost_rate numeric(19,4)  -- What an hour costs the organisation, in its currency; null where nobody knows.
    charge_rate numeric(19,4)  -- What an hour is sold for, excluding tax, in the organisation's currency; null where nobody knows.
    primary key btree (connection_id, staff_uuid, valid_from)

-- Clients: people and companies the organisation works for. One row per client, archived and deleted ones included as long as the platform lists them.
table wfm.client
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the client; never changes.
    name text  -- Name of the client.
    title text  -- Title of an individual; Australian tax practices only.
    gender text  -- Gender of an individual; Australian tax practices only.
    first_name text  -- First name of an individual; Australian tax practices only.
    last_name text  -- Last name of an individual; Australian tax practices only.
    other_name text  -- Other names of an individual; Australian tax practices only.
    email text  -- E-mail address of the client itself; contacts have their own.
    born_on date  -- Date of birth of an individual.
    address text  -- Street address; several lines.
    city text  -- City of the street address.
    region text  -- Region or state of the street address.
    post_code text  -- Post code of the street address, as text: leading zeros count.
    country text  -- Country of the street address, as typed.
    postal_address text  -- Postal address; several lines.
    postal_city text  -- City of the postal address.
    postal_region text  -- Region or state of the postal address.
    postal_post_code text  -- Post code of the postal address, as text: leading zeros count.
    postal_country text  -- Country of the postal address, as typed.
    phone text  -- Telephone number, as typed.
    fax text  -- Fax number, as typed.
    website text  -- Website, as typed.
    referral_source text  -- How the client came to the organisation, as typed.
    export_code text  -- Code of the client in the accounting system.
    is_prospect boolean  -- Whether the client is only a prospect so far.
    is_archived boolean  -- Whether the platform calls the client archived.
    is_deleted boolean  -- Whether the platform calls the client deleted while it still lists it. deleted_at is another thing: the platform no longer lists the client at all.
    account_manager_uuid text collate "C"  -- Staff member who looks after the client; joins wfm.staff (connection_id, uuid).
    account_manager_name text  -- Name of the account manager when the client was read.
    job_manager_uuid text collate "C"  -- Staff member who manages the client's jobs; joins wfm.staff (connection_id, uuid).
    job_manager_name text  -- Name of the job manager when the client was read.
    billing_client_uuid text collate "C"  -- Client who gets the invoices instead; joins wfm.client (connection_id, uuid). Null where the client pays itself.
    billing_client_name text  -- Name of the billing client when the client was read.
    type_name text  -- Name of the client type, which carries the organisation's terms.
    type_cost_markup numeric  -- Markup on costs of the client type, in percent as the platform shows it.
    type_payment_term text  -- How payment_day of the type is meant: DayOfMonth or WithinDays.
    type_payment_day integer  -- Day of the month, or number of days, according to type_payment_term.
    web_url text  -- Link to the client in the product.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Contact persons of clients. One row per client and person: the same person may stand at several clients.
table wfm.client_contact
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    client_uuid text collate "C" not null  -- Client the contact stands at; joins wfm.client (connection_id, uuid).
    uuid text collate "C" not null  -- Identifier of the person, the same at every client; # and the position where the platform sends none.
    position integer not null  -- 1-based place among the contacts of the client, in the order the platform sent them.
    name text  -- Name of the person.
    salutation text  -- How the person is greeted.
    addressee text  -- How the person is addressed on envelopes.
    mobile text  -- Mobile number, as typed.
    email text  -- E-mail address.
    phone text  -- Telephone number, as typed.
    contact_position text  -- The person's position at this client, e.g. Director; element Position, renamed because position is the place in the list.
    is_primary boolean  -- Whether this is the client's primary contact; most clients have none.
    is_deleted boolean  -- Whether the platform calls the contact deleted while it still lists it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, client_uuid, uuid)

-- Values of custom fields on clients. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.client_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    client_uuid text collate "C" not null  -- The record; joins wfm.client.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, client_uuid, custom_field_uuid)

-- Groups of clients, as the organisation keeps them. One row per group.
table wfm.client_group
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the group; never changes.
    name text  -- Name of the group.
    taxable boolean  -- Whether the group is taxed as one.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Which client is in which group. One row per group and client; a client may be in several groups.
table wfm.client_group_member
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    client_group_uuid text collate "C" not null  -- Group; joins wfm.client_group (connection_id, uuid).
    client_uuid text collate "C" not null  -- Client in the group; joins wfm.client (connection_id, uuid).
    position integer not null  -- 1-based place among the members of the group, in the order the platform sent them.
    client_name text  -- Name of the client when the group was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, client_group_uuid, client_uuid)

-- Notes on clients. One row per note; notes have no identifier, so a note is known by its place.
table wfm.client_note
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    client_uuid text collate "C" not null  -- Client the note is on; joins wfm.client (connection_id, uuid).
    position integer not null  -- 1-based place among the notes of the client, in the order the platform sent them.
    title text  -- Title of the note.
    text text  -- The note itself; free text of several lines.
    folder text  -- Folder the note is filed in; usually empty.
    written_at timestamp without time zone  -- When it was written: date and time of day as they stood on the writer's wall, without a zone.
    created_by text  -- Name of who wrote it; the platform gives no identifier.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, client_uuid, "position")

-- Values of custom fields on contacts of clients. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.contact_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    contact_uuid text collate "C" not null  -- The record; joins wfm.client_contact.uuid, which may stand at several clients.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, contact_uuid, custom_field_uuid)

-- The price list of costs. One row per item; what was booked on a job or charged to a client is elsewhere.
table wfm.cost
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the price-list item; never changes.
    description text  -- What the item is.
    code text  -- Code of the item; text that may look like a number, leading zeros kept.
    note text  -- Note on the item.
    unit_cost numeric  -- What one unit costs the organisation, excluding tax.
    unit_price numeric  -- What one unit is sold for, excluding tax.
    supplier_uuid text collate "C"  -- Supplier of the item; joins wfm.supplier (connection_id, uuid).
    supplier_name text  -- Name of the supplier when the item was read.
    income_account text  -- Account that sales of the item are booked on.
    cost_of_sale_account text  -- Account that purchases of the item are booked on.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Definitions of the organisation's own fields. One row per field; the values are in wfm.job_custom_field and the other tables of that name, and all of them in report.custom_field_value.
table wfm.custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the definition; values name it.
    name text  -- Name of the field.
    type text  -- Kind of field as the product names it: Text, Decimal, Date, Dropdown List, Value Link and others.
    link_url text  -- Address a value link leads to.
    options text  -- Choices of a dropdown list, as one text; the separator is not documented.
    use_client boolean  -- Whether clients can have the field.
    use_contact boolean  -- Whether contacts can have the field.
    use_supplier boolean  -- Whether suppliers can have the field.
    use_job boolean  -- Whether jobs can have the field.
    use_lead boolean  -- Whether leads can have the field.
    use_job_task boolean  -- Whether tasks of jobs can have the field.
    use_job_cost boolean  -- Whether costs of jobs can have the field.
    use_job_time boolean  -- Whether time entries can have the field.
    use_quote boolean  -- Whether quotes can have the field.
    mandatory boolean  -- Whether the product insists on a value.
    value_element text  -- Element that carries a value: Text, Decimal, Number, Boolean or Date.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Invoices and credit notes. One row per document; credit notes are rows like any other with negative amounts, cancelled ones stay with their amounts.
table wfm.invoice
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the invoice; never changes.
    number text collate "C"  -- Printed number, e.g. INV-0001; credit notes begin with CN-.
    type text  -- Progress Invoice, Final Invoice, Miscellaneous (for no job) or others.
    status text  -- Draft, Approved, Paid or Cancelled. A cancelled invoice keeps its amounts.
    job_text text  -- The jobs as printed; not a key.
    description text  -- What is invoiced; free text of several lines.
    issued_on date not null  -- Date of the invoice.
    due_on date  -- Day payment is due.
    amount numeric  -- Amount of the invoice excluding tax, in the organisation's currency, negative on credit notes; the sum of its lines.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    amount_paid numeric  -- What was paid so far, including tax, in the organisation's currency.
    amount_outstanding numeric  -- What is still to be paid, including tax; 0 on cancelled invoices.
    client_uuid text collate "C"  -- Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.
    client_name text  -- Name of the client when the record was read; the client's own record may say otherwise later.
    contact_uuid text collate "C"  -- Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none is named.
    contact_name text  -- Name of the contact person when the record was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)
    index btree (connection_id, issued_on)
    index btree (connection_id, uuid) WHERE ((deleted_at IS NOT NULL) OR (lower(status) = 'cancelled'::text))
    index btree (connection_id, job_text)

-- Cost lines of invoices: what was bought and charged on. One row per line; lines have no identifier, so one is known by its place.
table wfm.invoice_cost
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    invoice_uuid text collate "C" not null  -- Invoice; joins wfm.invoice (connection_id, uuid).
    position integer not null  -- 1-based place among the cost lines of the invoice, in the order the platform sent them.
    job_number text collate "C"  -- Job the line is for; joins wfm.job.number. Null on an invoice that is for no job.
    job_name text  -- Name of the job as the invoice gives it.
    job_description text  -- Description of the job as the invoice gives it.
    job_client_order_number text  -- The client's order number of the job as the invoice gives it.
    description text  -- What was bought or charged; free text of several lines.
    note text  -- Note on the line; often empty.
    code text  -- Code of the price-list item; text that may look like a number, leading zeros kept.
    billable boolean  -- Whether the line is charged to the client.
    quantity numeric  -- Number of units.
    unit_cost numeric  -- What one unit costs the organisation, excluding tax.
    unit_price numeric  -- What one unit is sold for, excluding tax.
    amount numeric  -- Amount of the line excluding tax, in the organisation's currency, negative on credit notes.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, invoice_uuid, "position")
    index btree (connection_id, job_number)

-- Payments of invoices. One row per payment; they have no identifier, so a payment that is taken out moves those after it up. Read invoice by invoice, the newest first: inflow.parent_read says which have been.
table wfm.invoice_payment
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    invoice_number text collate "C" not null  -- Invoice paid; joins wfm.invoice.number, not its uuid.
    position integer not null  -- 1-based place among the payments of the invoice, in the order the platform sent them.
    paid_on date  -- Day of the payment.
    amount numeric  -- Amount, in the organisation's currency.
    reference text  -- Reference given with it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, invoice_number, "position")

-- Task lines of invoices: time charged. One row per line; time entries join here by invoice_task_uuid.
table wfm.invoice_task
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    invoice_uuid text collate "C" not null  -- Invoice; joins wfm.invoice (connection_id, uuid).
    uuid text collate "C" not null  -- Identifier of the line; joined by wfm.timesheet.invoice_task_uuid. # and the position where the platform sends none.
    position integer not null  -- 1-based place among the task lines of the invoice, in the order the platform sent them.
    job_number text collate "C"  -- Job the line is for; joins wfm.job.number. Null on an invoice that is for no job.
    job_name text  -- Name of the job as the invoice gives it.
    job_description text  -- Description of the job as the invoice gives it.
    job_client_order_number text  -- The client's order number of the job as the invoice gives it.
    name text  -- Name of the task.
    description text  -- What was done; free text of several lines.
    minutes integer  -- Minutes charged.
    billable_rate numeric  -- Price of one hour excluding tax, in the organisation's currency; null where none was set.
    billable boolean  -- Whether the line is charged to the client.
    amount numeric  -- Amount of the line excluding tax, in the organisation's currency, negative on credit notes.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, invoice_uuid, uuid)
    index btree (connection_id, uuid)
    index btree (connection_id, job_number)

-- Jobs. One row per job. Time entries, invoice lines and purchase orders name a job by its number, not by its uuid.
table wfm.job
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the job; never changes.
    number text collate "C"  -- Number of the job, e.g. J000417; what time entries, invoice lines and purchase orders name. Set by hand or in sequence.
    name text  -- Name of the job.
    description text  -- What the job is; free text of several lines.
    client_uuid text collate "C"  -- Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.
    client_name text  -- Name of the client when the record was read; the client's own record may say otherwise later.
    client_order_number text  -- The client's own order number; usually empty.
    budget numeric  -- Budget of the job, excluding tax, in the organisation's currency; null where none was set.
    state text collate "C"  -- State of the job, in the organisation's own words; joins wfm.job_status (connection_id, name).
    type text collate "C"  -- Name of the job's category; joins wfm.job_category (connection_id, name), which may repeat.
    start_on date  -- First day planned.
    due_on date  -- Day the job is due.
    completed_on date  -- Day the job was completed; null while it is open.
    contact_uuid text collate "C"  -- Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none is named.
    contact_name text  -- Name of the contact person when the record was read.
    manager_uuid text collate "C"  -- Job manager; joins wfm.staff (connection_id, uuid).
    manager_name text  -- Name of the job manager when the job was read.
    partner_uuid text collate "C"  -- Account manager; joins wfm.staff (connection_id, uuid).
    partner_name text  -- Name of the account manager when the job was read.
    approved_quote_number text collate "C"  -- Number of the quote the job was made from; joins wfm.quote.number.
    approved_quote_uuid text collate "C"  -- Quote the job was made from; joins wfm.quote (connection_id, uuid). The only link between jobs and quotes.
    created_at timestamp with time zone  -- When the job was created. Null from the older generation of the platform.
    modified_at timestamp with time zone  -- When the job was last modified on the platform; null when it never was.
    web_url text  -- Link to the job in the product.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)
    index btree (connection_id, created_at)
    index btree (connection_id, number)

-- Who is assigned to which job. One row per job and staff member.
table wfm.job_assignee
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_uuid text collate "C" not null  -- Job; joins wfm.job (connection_id, uuid).
    staff_uuid text collate "C" not null  -- Staff member; joins wfm.staff (connection_id, uuid).
    position integer not null  -- 1-based place among the assignees of the job, in the order the platform sent them.
    staff_name text  -- Name of the staff member when the job was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, job_uuid, staff_uuid)

-- Categories of jobs. One row per category. Jobs name their category by name: wfm.job.type.
table wfm.job_category
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the category; no other record uses it.
    name text collate "C"  -- Name of the category; what wfm.job.type holds. May repeat.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Costs booked on jobs. One row per cost; read job by job, the newest first, so that older jobs may not be read yet: inflow.parent_read says which have been.
table wfm.job_cost
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_number text collate "C" not null  -- Job the cost is booked on; joins wfm.job.number, not its uuid.
    uuid text collate "C" not null  -- Identifier of the cost; # and its place where the platform sent none.
    incurred_on date  -- Date of the cost.
    description text  -- What it is.
    code text  -- Code from the price list; text, with its leading zeros.
    note text  -- Note on it.
    quantity numeric  -- How many.
    unit_cost numeric  -- What one costs the organisation, in its currency.
    unit_price numeric  -- What one costs the client, in the organisation's currency.
    billable boolean  -- Whether it is charged to the client.
    supplier_uuid text collate "C"  -- Supplier; joins wfm.supplier (connection_id, uuid). May point to a supplier that is not loaded.
    supplier_name text  -- Name of the supplier when the cost was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, job_number, uuid)
    index btree (connection_id, incurred_on)

-- Values of custom fields on costs of jobs. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.job_cost_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_cost_uuid text collate "C" not null  -- The record; joins wfm.job_cost.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, job_cost_uuid, custom_field_uuid)

-- Values of custom fields on jobs. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.job_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_number text collate "C" not null  -- The record; joins wfm.job.number, not its uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, job_number, custom_field_uuid)

-- Milestones of jobs. One row per milestone.
table wfm.job_milestone
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_uuid text collate "C" not null  -- Job; joins wfm.job (connection_id, uuid).
    uuid text collate "C" not null  -- Identifier of the milestone; # and the position where the platform sends none.
    position integer not null  -- 1-based place among the milestones of the job, in the order the platform sent them.
    milestone_on date  -- Date of the milestone.
    description text  -- What is to be reached.
    completed boolean  -- Whether it was reached.
    folder text  -- Phase the milestone is filed under; usually empty.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, job_uuid, uuid)

-- Notes on jobs. One row per note.
table wfm.job_note
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_uuid text collate "C" not null  -- Job; joins wfm.job (connection_id, uuid).
    uuid text collate "C" not null  -- Identifier of the note; # and the position where the platform sends none.
    position integer not null  -- 1-based place among the notes of the job, in the order the platform sent them.
    title text  -- Title of the note.
    text text  -- The note itself; free text of several lines.
    folder text  -- Folder the note is filed in; usually empty.
    written_at timestamp without time zone  -- When it was written: date and time of day as they stood on the writer's wall, without a zone.
    created_by text  -- Name of who wrote it; the platform gives no identifier.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, job_uuid, uuid)

-- Comments on notes of jobs. One row per comment.
table wfm.job_note_comment
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_uuid text collate "C" not null  -- Job; joins wfm.job (connection_id, uuid).
    note_uuid text collate "C" not null  -- Note; joins wfm.job_note (connection_id, job_uuid, uuid).
    uuid text collate "C" not null  -- Identifier of the comment; # and the position where the platform sends none.
    position integer not null  -- 1-based place among the comments of the job, in the order the platform sent them.
    text text  -- The comment itself; free text.
    written_at timestamp without time zone  -- When it was written: date and time of day as they stood on the writer's wall, without a zone.
    created_by text  -- Name of who wrote it; the platform gives no identifier.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, job_uuid, note_uuid, uuid)

-- States of jobs, in the organisation's own words. One row per state that a job was seen in, or that the platform lists.
table wfm.job_status
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    name text collate "C" not null  -- The state as jobs hold it: joined by wfm.job.state.
    uuid text collate "C"  -- Identifier in the JSON generation; null where states are derived from jobs.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, name)

-- Tasks on jobs. One row per task of a job; time entries join here by uuid.
table wfm.job_task
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_uuid text collate "C" not null  -- Job; joins wfm.job (connection_id, uuid).
    uuid text collate "C" not null  -- Identifier of the task on this job; joined by wfm.timesheet.task_uuid. # and the position where the platform sends none.
    position integer not null  -- 1-based place among the tasks of the job, in the order the platform sent them.
    task_uuid text collate "C"  -- Catalogue task; joins wfm.task (connection_id, uuid). Never what a time entry names.
    name text  -- Name of the task; may be a label of its own.
    description text  -- What is to be done; free text.
    estimated_minutes integer  -- Minutes planned.
    actual_minutes integer  -- Minutes worked so far, as the platform adds them up.
    completed boolean  -- Whether the task is done.
    billable boolean  -- Whether its time is charged to the client.
    folder text  -- Phase the task is filed under.
    start_on date  -- First day planned; only where the task is scheduled.
    due_on date  -- Day the task is due; only where it is scheduled.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, job_uuid, uuid)

-- Who is assigned to which task. One row per task of a job and staff member.
table wfm.job_task_assignee
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_uuid text collate "C" not null  -- Job; joins wfm.job (connection_id, uuid).
    task_uuid text collate "C" not null  -- Task on the job; joins wfm.job_task (connection_id, job_uuid, uuid).
    staff_uuid text collate "C" not null  -- Staff member; joins wfm.staff (connection_id, uuid).
    position integer not null  -- 1-based place among the assignments to tasks of the job, in the order the platform sent them.
    staff_name text  -- Name of the staff member when the job was read.
    allocated_minutes integer  -- Minutes of the task planned for this person; null where they were not split.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, job_uuid, task_uuid, staff_uuid)

-- Values of custom fields on tasks of jobs. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.job_task_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    job_task_uuid text collate "C" not null  -- The record; joins wfm.job_task.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, job_task_uuid, custom_field_uuid)

-- Sales leads, open, won and lost. One row per lead.
table wfm.lead
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the lead; joined by wfm.quote.lead_uuid.
    name text  -- Name of the lead.
    description text  -- What it is about; free text of several lines.
    state text  -- Current, Won or Lost.
    estimated_value numeric  -- What the lead may bring, excluding tax, in the organisation's currency; an estimate.
    issued_on date  -- Date of the lead, in the organisation's own calendar.
    won_lost_on date  -- Date the lead was won or lost; null while it is current.
    category text  -- Name of the lead's category, as the organisation defines them, e.g. Hot.
    client_uuid text collate "C"  -- Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.
    client_name text  -- Name of the client when the record was read; the client's own record may say otherwise later.
    contact_uuid text collate "C"  -- Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none is named.
    contact_name text  -- Name of the contact person when the record was read.
    owner_uuid text collate "C"  -- Staff member who owns the lead; joins wfm.staff (connection_id, uuid).
    owner_name text  -- Name of the owner when the lead was read.
    dropbox text  -- E-mail address that files mail with this lead.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)
    index btree (connection_id, issued_on)

-- Planned and completed activities of leads. One row per activity; activities have no identifier, so one is known by its place.
table wfm.lead_activity
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    lead_uuid text collate "C" not null  -- Lead; joins wfm.lead (connection_id, uuid).
    position integer not null  -- 1-based place among the activities of the lead, in the order the platform sent them.
    activity_on date  -- Date of the activity.
    subject text  -- What it is.
    completed boolean  -- Whether it is done.
    responsible_uuid text collate "C"  -- Staff member responsible; joins wfm.staff (connection_id, uuid).
    responsible_name text  -- Name of the responsible when the lead was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, lead_uuid, "position")

-- Values of custom fields on leads. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.lead_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    lead_uuid text collate "C" not null  -- The record; joins wfm.lead.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, lead_uuid, custom_field_uuid)

-- History of leads. One row per entry; entries have no identifier, so one is known by its place.
table wfm.lead_history
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    lead_uuid text collate "C" not null  -- Lead; joins wfm.lead (connection_id, uuid).
    position integer not null  -- 1-based place among the entries of the lead, in the order the platform sent them.
    detail text  -- What happened; free text.
    written_at timestamp without time zone  -- When: date and time of day as they stood on the writer's wall, without a zone.
    staff text  -- Name of who did it; the platform gives no identifier.
    type text  -- Kind of entry: Lead, Note and others.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, lead_uuid, "position")

-- Purchase orders to suppliers. One row per order, known by its number: the platform has no other identifier.
table wfm.purchase_order
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    number text collate "C" not null  -- Number of the order, e.g. PO000123; its only identifier.
    state text  -- State of the order, e.g. Issued or Draft; others are possible.
    issued_on date not null  -- Date of the order.
    description text  -- What is ordered; free text of several lines.
    delivery_address text  -- Where to deliver; several lines.
    amount numeric  -- Amount of the order excluding tax, in the organisation's currency.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    supplier_uuid text collate "C"  -- Supplier; joins wfm.supplier (connection_id, uuid).
    supplier_name text  -- Name of the supplier when the order was read.
    job_number text collate "C"  -- Job the order is for; joins wfm.job.number, not its uuid.
    job_name text  -- Name of the job when the order was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, number)
    index btree (connection_id, issued_on)

-- Lines of purchase orders. One row per line; lines have no identifier, so one is known by its place.
table wfm.purchase_order_cost
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    purchase_order_number text collate "C" not null  -- Order; joins wfm.purchase_order (connection_id, number).
    position integer not null  -- 1-based place among the lines of the order, in the order the platform sent them.
    description text  -- What was bought or charged; free text of several lines.
    note text  -- Note on the line; often empty.
    code text  -- Code of the price-list item; text that may look like a number, leading zeros kept.
    billable boolean  -- Whether the line is charged to the client.
    quantity numeric  -- Number of units.
    unit_cost numeric  -- What one unit costs the organisation, excluding tax.
    unit_price numeric  -- What one unit is sold for, excluding tax.
    amount numeric  -- Amount of the line excluding tax, in the organisation's currency.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, purchase_order_number, "position")

-- Quotes and estimates. One row per quote; a revision is a quote of its own, numbered Q000512/1.
table wfm.quote
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the quote; its number where the platform sends none. Joined by wfm.job.approved_quote_uuid.
    number text collate "C"  -- Number of the quote, e.g. Q000512; a revision carries /1, /2.
    type text  -- Quote or Estimate.
    state text  -- Draft, Issued, Accepted, Declined or Archived; others are possible.
    name text  -- Name of the quote.
    description text  -- What is quoted; free text of several lines.
    budget numeric  -- What the client wants to spend, excluding tax, in the organisation's currency; null where nobody said.
    option_explanation text  -- Text above the options.
    issued_on date not null  -- Date of the quote.
    valid_on date  -- Last day the quote is valid.
    lead_uuid text collate "C"  -- Lead the quote came from; joins wfm.lead (connection_id, uuid).
    job_uuid text collate "C"  -- Job of the quote, where the platform sends one; most answers do not. Joins wfm.job (connection_id, uuid).
    estimated_cost numeric  -- Estimated cost to the organisation excluding tax, in the organisation's currency.
    estimated_cost_tax numeric  -- Tax on estimated_cost.
    estimated_cost_including_tax numeric  -- Estimated cost including tax.
    amount numeric  -- Amount of the quote excluding tax, in the organisation's currency.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    client_uuid text collate "C"  -- Client; joins wfm.client (connection_id, uuid). May point to a client that is not loaded.
    client_name text  -- Name of the client when the record was read; the client's own record may say otherwise later.
    contact_uuid text collate "C"  -- Contact person at the client; joins wfm.client_contact (connection_id, client_uuid, uuid). Null where none is named.
    contact_name text  -- Name of the contact person when the record was read.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)
    index btree (connection_id, issued_on)

-- Cost lines of quotes. One row per line; lines have no identifier, so one is known by its place.
table wfm.quote_cost
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    quote_uuid text collate "C" not null  -- Quote; joins wfm.quote (connection_id, uuid).
    position integer not null  -- 1-based place among the cost lines of the quote, in the order the platform sent them.
    description text  -- What was bought or charged; free text of several lines.
    note text  -- Note on the line; often empty.
    code text  -- Code of the price-list item; text that may look like a number, leading zeros kept.
    billable boolean  -- Whether the line is charged to the client.
    quantity numeric  -- Number of units.
    unit_cost numeric  -- What one unit costs the organisation, excluding tax.
    unit_price numeric  -- What one unit is sold for, excluding tax.
    amount numeric  -- Amount of the line excluding tax, in the organisation's currency.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, quote_uuid, "position")

-- Values of custom fields on quotes. Empty unless the setting values names quote: the platform's documentation has no call for them. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.quote_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    quote_uuid text collate "C" not null  -- The record; joins wfm.quote.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, quote_uuid, custom_field_uuid)

-- Options of quotes: what the client may add. One row per option; not part of the quote's amount as far as the platform says.
table wfm.quote_option
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    quote_uuid text collate "C" not null  -- Quote; joins wfm.quote (connection_id, uuid).
    position integer not null  -- 1-based place among the options of the quote, in the order the platform sent them.
    description text  -- What was bought or charged; free text of several lines.
    note text  -- Note on the line; often empty.
    code text  -- Code of the price-list item; text that may look like a number, leading zeros kept.
    quantity numeric  -- Number of units.
    unit_cost numeric  -- What one unit costs the organisation, excluding tax.
    unit_price numeric  -- What one unit is sold for, excluding tax.
    amount numeric  -- Amount of the option excluding tax, in the organisation's currency.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, quote_uuid, "position")

-- Task lines of quotes. One row per line; lines have no identifier, so one is known by its place.
table wfm.quote_task
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    quote_uuid text collate "C" not null  -- Quote; joins wfm.quote (connection_id, uuid).
    position integer not null  -- 1-based place among the task lines of the quote, in the order the platform sent them.
    name text  -- Name of the task.
    description text  -- What will be done; free text of several lines.
    estimated_minutes integer  -- Minutes quoted.
    billable_rate numeric  -- Price of one hour excluding tax, in the organisation's currency; null where none was set.
    billable boolean  -- Whether the line is charged to the client.
    amount numeric  -- Amount of the line excluding tax, in the organisation's currency.
    amount_tax numeric  -- Tax on amount, in the organisation's currency, with the sign of amount.
    amount_including_tax numeric  -- Amount including tax, in the organisation's currency, as the platform computed it.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, quote_uuid, "position")

-- Staff members. One row per person the platform lists; former staff may be missing while time entries still name them, so join left.
table wfm.staff
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the staff member; never changes.
    name text  -- Name; may carry a trailing blank, as the platform sends it.
    email text  -- E-mail address.
    phone text  -- Telephone number, as typed.
    mobile text  -- Mobile number, as typed.
    address text  -- Address; several lines.
    payroll_code text  -- Code of the person in the payroll system.
    web_url text  -- Link to the staff member in the product.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Suppliers. One row per supplier the platform lists; an archived one may be missing.
table wfm.supplier
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the supplier; never changes.
    name text  -- Name of the supplier.
    address text  -- Street address; several lines.
    city text  -- City of the street address.
    region text  -- Region or state of the street address.
    post_code text  -- Post code of the street address, as text: leading zeros count.
    country text  -- Country of the street address, as typed.
    postal_address text  -- Postal address; several lines.
    postal_city text  -- City of the postal address.
    postal_region text  -- Region or state of the postal address.
    postal_post_code text  -- Post code of the postal address, as text: leading zeros count.
    postal_country text  -- Country of the postal address, as typed.
    phone text  -- Telephone number, as typed.
    fax text  -- Fax number, as typed.
    website text  -- Website, as typed.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Contact persons of suppliers. One row per supplier and person.
table wfm.supplier_contact
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    supplier_uuid text collate "C" not null  -- Supplier the contact stands at; joins wfm.supplier (connection_id, uuid).
    uuid text collate "C" not null  -- Identifier of the person; # and the position where the platform sends none.
    position integer not null  -- 1-based place among the contacts of the supplier, in the order the platform sent them.
    name text  -- Name of the person.
    mobile text  -- Mobile number, as typed.
    email text  -- E-mail address.
    phone text  -- Telephone number, as typed.
    contact_position text  -- The person's position at this supplier; element Position, renamed because position is the place in the list.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, supplier_uuid, uuid)

-- Values of custom fields on contacts of suppliers. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.supplier_contact_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    supplier_contact_uuid text collate "C" not null  -- The record; joins wfm.supplier_contact.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, supplier_contact_uuid, custom_field_uuid)

-- Values of custom fields on suppliers. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.supplier_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    supplier_uuid text collate "C" not null  -- The record; joins wfm.supplier.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, supplier_uuid, custom_field_uuid)

-- Notes on suppliers. One row per note; notes have no identifier, so a note is known by its place.
table wfm.supplier_note
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    supplier_uuid text collate "C" not null  -- Supplier the note is on; joins wfm.supplier (connection_id, uuid).
    position integer not null  -- 1-based place among the notes of the supplier, in the order the platform sent them.
    title text  -- Title of the note.
    text text  -- The note itself; free text of several lines.
    folder text  -- Folder the note is filed in; usually empty.
    written_at timestamp without time zone  -- When it was written: date and time of day as they stood on the writer's wall, without a zone.
    created_by text  -- Name of who wrote it; the platform gives no identifier.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    primary key btree (connection_id, supplier_uuid, "position")

-- The catalogue of tasks. One row per task that jobs can be planned with; the task on a job is wfm.job_task.
table wfm.task
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the catalogue task; joined by wfm.job_task.task_uuid, never by a time entry.
    name text  -- Name of the task.
    description text  -- What the task is; free text.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)

-- Time entries. One row per entry: who worked how many minutes on which day. Client and rate are not in it: find them through the job.
table wfm.timesheet
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    uuid text collate "C" not null  -- Identifier of the time entry; never changes.
    job_number text collate "C"  -- Job worked on; joins wfm.job.number, not its uuid.
    job_name text  -- Name of the job when the entry was read.
    task_uuid text collate "C"  -- Task on the job; joins wfm.job_task (connection_id, uuid), never wfm.task.
    task_name text  -- Name of the task when the entry was read.
    staff_uuid text collate "C"  -- Staff member who worked; joins wfm.staff (connection_id, uuid). Former staff may not be loaded.
    staff_name text  -- Name of the staff member when the entry was read; may carry a trailing blank.
    worked_on date not null  -- Day worked.
    minutes integer not null  -- Minutes worked; 0 occurs, and corrections may be negative.
    note text  -- What was done; free text, more often empty than not.
    billable boolean  -- Whether the time is charged to the client.
    start_time time without time zone  -- Time of day the work began; only where it was recorded by a clock.
    end_time time without time zone  -- Time of day the work ended; only where it was recorded by a clock. 00:00 is the end of the day, too.
    invoice_task_uuid text collate "C"  -- Invoice line the time was charged on; joins wfm.invoice_task (connection_id, uuid). Null until invoiced.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, uuid)
    index btree (connection_id, worked_on)
    index btree (connection_id, job_number)
    index btree (connection_id, invoice_task_uuid) WHERE (invoice_task_uuid IS NOT NULL)

-- Values of custom fields on time entries. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a checkbox without a row is not ticked. report.custom_field_value has all kinds.
table wfm.timesheet_custom_field
    connection_id bigint not null  -- Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.
    timesheet_uuid text collate "C" not null  -- The record; joins wfm.timesheet.uuid.
    custom_field_uuid text collate "C" not null  -- The field; joins wfm.custom_field (connection_id, uuid).
    name text  -- Name of the field when the value was read.
    date_value date  -- The value, where the field is a date.
    number_value numeric  -- The value, where the field is a number.
    decimal_value numeric  -- The value, where the field is a decimal.
    boolean_value boolean  -- The value, where the field is a checkbox.
    text_value text  -- The value, where the field is a text of any kind, a choice or a link.
    extra jsonb  -- What the platform sent of this record and Inflow does not know, by element; null where it sent nothing else.
    deleted_at timestamp with time zone  -- When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: a record the platform calls deleted or cancelled while it lists it has null here.
    first_run_id bigint not null  -- Run that brought the record first; with connection_id it finds the run in schema inflow.
    changed_run_id bigint not null  -- Run that changed the row last. A record that came unchanged does not change it.
    changed_at timestamp with time zone not null  -- When the row was changed last. A record that came unchanged does not change it.
    asked_at timestamp with time zone not null  -- When the platform was asked for the answer the row was last written from; an answer asked for earlier does not overwrite it.
    content_hash bytea not null  -- Hash of the values of the record itself, by which an unchanged record is recognised.
    children_hash bytea  -- Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been read yet, or the entity has none.
    primary key btree (connection_id, timesheet_uuid, custom_field_uuid)

-- view bi.dim_client

-- view bi.dim_day

-- view bi.dim_job

-- view bi.dim_staff

-- view bi.dim_task

-- view bi.fact_invoice_line

-- view bi.fact_job_cost

-- view bi.fact_quote

-- view bi.fact_time

-- view inflow.alert_route

-- view inflow.day_sum_now

-- view inflow.job_sum_now

-- view inflow.jobs_due

-- view inflow.months_due

-- view report.changes

-- view report.client_list

-- view report.closed_period

-- view report.connection

-- view report.coverage

-- view report.custom_field

-- view report.custom_field_value

-- view report.data_freshness

-- view report.document_job

-- view report.estimate_accuracy

-- view report.hours_and_invoiced_by_client

-- view report.invoice_line

-- view report.invoices_by_month

-- view report.invoices_by_month_as_closed

-- view report.job_profitability

-- view report.job_schedule

-- view report.late_changes

-- view report.purchase_commitments

-- view report.quality

-- view report.quote_conversion

-- view report.quote_conversion_by_month

-- view report.receivables_ageing

-- view report.receivables_ageing_as_closed

-- view report.receivables_ageing_by_client

-- view report.revenue_by_client

-- view report.run

-- view report.sales_pipeline

-- view report.staff_day

-- view report.staff_list

-- view report.staff_utilisation

-- view report.staff_utilisation_as_closed

-- view report.timesheet_by_month

-- view report.timesheet_by_month_as_closed

-- view report.work_in_progress

-- view setting.staff_capacity_period

-- view setting.staff_rate_period

-- function inflow.ageing_bucket(integer) returns text

-- function inflow.all_jobs(bigint) returns text[]

-- function inflow.all_months(bigint) returns date[]

-- function inflow.check_known(bigint,text) returns boolean

-- function inflow.check_loaded(bigint,text,timestamp with time zone) returns boolean

-- function inflow.complete_span(bigint,text,date) returns TABLE(first_day date, last_day date)

-- function inflow.connection_number(text) returns bigint

-- function inflow.counts_as(text,jsonb) returns jsonb

-- function inflow.coverage_state(bigint,text) returns TABLE(entity text, month date, last_day date, verified_at timestamp with time zone, read_to date, complete_to date, is_complete boolean, needs_reading boolean, reason text)

-- function inflow.day_sums(bigint,date[]) returns SETOF inflow.day_sum

-- function inflow.fiscal_year(date,integer) returns integer

-- function inflow.gaps(bigint,text) returns TABLE(entity text, first_day date, last_day date, reason text)

-- function inflow.hold_sums(bigint) returns boolean

-- function inflow.hours(numeric) returns numeric

-- function inflow.is_same_but_lost(text,text) returns boolean

-- function inflow.is_sync_all(text) returns boolean

-- function inflow.job_sums(bigint,text[]) returns SETOF inflow.job_sum

-- function inflow.keep_sums(bigint) returns void

-- function inflow.mark_all(bigint) returns void

-- function inflow.mark_invoice() returns trigger

-- function inflow.mark_invoice_cost() returns trigger

-- function inflow.mark_invoice_task() returns trigger

-- function inflow.mark_invoices(bigint,text[],text[],text[]) returns void

-- function inflow.mark_job() returns trigger

-- function inflow.mark_job_number() returns trigger

-- function inflow.mark_jobs(bigint,text[]) returns void

-- function inflow.mark_leave_job() returns trigger

-- function inflow.mark_months(bigint,text[]) returns void

-- function inflow.mark_staff_rate() returns trigger

-- function inflow.mark_time(bigint,text[],date[],text[]) returns void

-- function inflow.mark_timesheet() returns trigger

-- function inflow.mark_truncated() returns trigger

-- function inflow.money(numeric) returns numeric

-- function inflow.month_record(bigint) returns TABLE(connection_id bigint, entity text, parent_key text, key text, dated_on date, is_listed boolean, is_counted boolean, is_credit_note boolean, status text, staff_uuid text, staff_name text, job_number text, client_uuid text, client_name text, label text, minutes integer, billable_minutes integer, amount numeric, amount_tax numeric, first_run_id bigint, changed_run_id bigint, changed_at timestamp with time zone)

-- function inflow.month_totals(bigint,date) returns TABLE(connection_id bigint, entries bigint, hours numeric, billable_hours numeric, invoices bigint, credit_notes bigint, amount numeric, credit_amount numeric, amount_tax numeric, job_costs numeric)

-- function inflow.reads_job_costs(bigint) returns boolean

-- function inflow.run_last_sign(bigint,bigint,text,timestamp with time zone) returns timestamp with time zone

-- function inflow.run_lock(text) returns text

-- function inflow.run_succeeded(text) returns boolean

-- function inflow.task_sums(bigint,text[]) returns SETOF inflow.task_sum

-- function inflow.timesheet_months() returns TABLE(connection_id bigint, month_on date, until_on date)

-- function inflow.values_complete(bigint,text,timestamp with time zone) returns boolean

-- function inflow.without_losses(jsonb,jsonb) returns jsonb

-- function inflow.wrong_sums(bigint) returns TABLE(kind text, key text)

-- function report.complete_to(bigint,text,date) returns date

-- function report.complete_to(text,text,date) returns date

-- function report.is_complete(bigint,text,date,date,timestamp with time zone) returns boolean

-- function report.is_complete(text,text,date,date,timestamp with time zone) returns boolean

-- function report.receivables_ageing_as_of(date,text) returns SETOF report.receivables_ageing

-- function report.work_in_progress_as_of(date,text) returns TABLE(connection_id bigint, connection_name text, as_of_on date, job_uuid text, job_number text, job_name text, job_category text, client_uuid text, client_name text, unbilled_billable_hours numeric, time_value numeric, time_value_source text, w0_30 numeric, w31_60 numeric, w61_90 numeric, w90_more numeric, oldest_on date, has_final_invoice boolean, written_off_hours numeric, unbilled_costs numeric)

-- function wfm.client_as_of(timestamp with time zone) returns SETOF wfm.client

-- function wfm.invoice_as_of(timestamp with time zone) returns SETOF wfm.invoice

-- function wfm.job_as_of(timestamp with time zone) returns SETOF wfm.job

-- function wfm.lead_as_of(timestamp with time zone) returns SETOF wfm.lead

-- function wfm.purchase_order_as_of(timestamp with time zone) returns SETOF wfm.purchase_order

-- function wfm.quote_as_of(timestamp with time zone) returns SETOF wfm.quote

-- function wfm.timesheet_as_of(timestamp with time zone) returns SETOF wfm.timesheet
