-- One organisation's records for "scripts/bench readers", made here and not read from any platform: as the sandbox has them
-- (documents name jobs by number, work lies before its invoice, a cancelled invoice has no time), in the number asked for.
--
-- Variables of psql: connection (its number), share (1 is 200 staff, 30,000 jobs, 60,000 invoices, 1.5 million time
-- entries over five years). Deterministic: hashes of numbers stand in for chance.

begin;
set local synchronous_commit = off;
set local work_mem = '256MB';

create function pg_temp.uuid(kind text, n bigint) returns text language sql immutable
    return md5(kind || n)::uuid::text;
-- A number from 0 to below most, for one of kind.
create function pg_temp.pick(kind text, n bigint, most integer) returns integer language sql immutable
    return (hashtext(kind || n)::bigint & 2147483647) % most;

create temporary table size on commit drop as
select
    :connection::bigint as c, 2000000000000 * :connection as base, greatest(round(200 * :share), 2)::integer as staff,
    greatest(round(30000 * :share), 20)::integer as jobs, greatest(round(1500 * :share), 5)::integer as clients,
    (current_date - interval '5 years')::date as first_on, 1826 as days;

insert into inflow.connection (
    id, name, platform, account_id, api_url, token_url, authorise_url, time_zone, fiscal_year_start, first_date,
    calls_at_once, calls_per_minute, calls_per_day, first_byte_seconds, job_status_list)
overriding system value
select
    c, 'bench' || c, 'workflowmax', 'bench' || c, 'https://bench.example', 'https://bench.example',
    'https://bench.example', 'UTC', 4, first_on, 1, 1, 1, 60, false
from size;
insert into inflow.connection_secret (connection_id, client_id, client_secret) select c, 'bench', '' from size;
insert into inflow.run (id, connection_id, trigger, scope, status, holder, finished_at)
overriding system value
select c, c, 'manual', 'bench', 'green', 'bench', now() from size;

insert into wfm.staff (
    connection_id, uuid, name, email, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select c, pg_temp.uuid('staff', base + n), 'Person ' || n, 'p' || n || '@bench.example', c, c, now(), now(), '\x00'
from size, generate_series(1, staff) n;
insert into setting.staff_rate (connection_id, staff_uuid, valid_from, cost_rate, charge_rate)
select c, pg_temp.uuid('staff', base + n), day, 40 + n % 30, 100 + n % 90
from size, generate_series(1, staff) n, unnest(array[first_on, first_on + 900]) day;
insert into setting.staff_capacity (
    connection_id, staff_uuid, valid_from, monday_hours, tuesday_hours, wednesday_hours, thursday_hours, friday_hours,
    target_share)
select c, pg_temp.uuid('staff', base + n), first_on, 8, 8, 8, 8, 8, 0.75 from size, generate_series(1, staff) n;
insert into setting.leave_job (connection_id, job_number) select c, 'J000001' from size;
insert into setting.closed_state (connection_id, state) select c, 'Archived' from size;

insert into wfm.client (
    connection_id, uuid, name, city, is_prospect, is_archived, is_deleted, first_run_id, changed_run_id, changed_at,
    asked_at, content_hash)
select
    c, pg_temp.uuid('client', base + n), 'Client ' || n, 'City ' || n % 40, false, n % 20 = 0, false, c, c, now(),
    now(), '\x00'
from size, generate_series(1, clients) n;
insert into wfm.client_contact (connection_id, client_uuid, uuid, position, name, email, is_primary)
select c, pg_temp.uuid('client', base + n), pg_temp.uuid('contact', base + n), 1, 'Contact ' || n, 'c@bench.example', true
from size, generate_series(1, clients) n;
insert into wfm.client_group (
    connection_id, uuid, name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select c, pg_temp.uuid('group', base + n), 'Group ' || n, c, c, now(), now(), '\x00' from size, generate_series(1, 20) n;
insert into wfm.client_group_member (connection_id, client_group_uuid, client_uuid, position)
select c, pg_temp.uuid('group', base + 1 + n % 20), pg_temp.uuid('client', base + n), n
from size, generate_series(1, clients / 2) n;
insert into wfm.supplier (connection_id, uuid, name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select c, pg_temp.uuid('supplier', base + n), 'Supplier ' || n, c, c, now(), now(), '\x00'
from size, generate_series(1, 50) n;
insert into wfm.task (connection_id, uuid, name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select c, pg_temp.uuid('task', base + n), 'Task ' || n, c, c, now(), now(), '\x00' from size, generate_series(1, 40) n;
insert into wfm.job_status (connection_id, name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select c, name, c, c, now(), now(), '\x00'
from size, unnest(array['Planned', 'In Progress', 'Completed', 'Archived']) name;

-- Jobs begin one after another over the years; each is worked on for some 30 days.
create temporary table job_made on commit drop as
select
    n, c, base, pg_temp.uuid('job', base + n) as uuid, 'J' || lpad(n::text, 6, '0') as number,
    first_on + (n::bigint * days / jobs)::integer as start_on, 1 + pg_temp.pick('job', base + n, clients) as client,
    n::bigint * days / jobs + 60 < days as is_done
from size, generate_series(1, jobs) n;
insert into wfm.job (
    connection_id, uuid, number, name, client_uuid, client_name, budget, state, type, start_on, due_on, completed_on,
    manager_uuid, manager_name, approved_quote_uuid, created_at, modified_at, first_run_id, changed_run_id, changed_at,
    asked_at, content_hash, children_hash)
select
    c, uuid, number, 'Job ' || n, pg_temp.uuid('client', base + client), 'Client ' || client, 5000 + n % 9000,
    case when is_done then 'Completed' else 'In Progress' end, 'Category ' || n % 7, start_on, start_on + 45,
    case when is_done then start_on + 50 end, pg_temp.uuid('staff', base + 1 + n % 20), 'Person ' || 1 + n % 20,
    case when n % 3 = 0 then pg_temp.uuid('quote', base + n * 10) end, start_on::timestamptz, start_on::timestamptz, c,
    c, now(), now(), '\x00', '\x00'
from job_made;
insert into wfm.job_task (
    connection_id, job_uuid, uuid, position, task_uuid, name, estimated_minutes, actual_minutes, completed, billable,
    start_on, due_on)
select
    c, uuid, pg_temp.uuid('job task', base + n * 10 + t), t, pg_temp.uuid('task', base + 1 + (n + t) % 40),
    'Task ' || 1 + (n + t) % 40, 60 * (t * 3), 60 * (t * 3 + n % 5), is_done, true, start_on, start_on + 40
from job_made, generate_series(1, 5) t;
insert into wfm.job_milestone (connection_id, job_uuid, uuid, position, milestone_on, description, completed)
select c, uuid, pg_temp.uuid('milestone', base + n), 1, start_on + 30, 'Half', is_done from job_made;
insert into wfm.job_cost (
    connection_id, job_number, uuid, incurred_on, description, quantity, unit_cost, unit_price, billable, supplier_uuid,
    supplier_name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select
    c, number, pg_temp.uuid('cost', base + n * 10 + k), start_on + 10 * k, 'Cost ' || k, k, 100 + n % 50, 130 + n % 50,
    true, pg_temp.uuid('supplier', base + 1 + n % 50), 'Supplier ' || 1 + n % 50, c, c, now(), now(), '\x00'
from job_made, generate_series(1, 2) k;
insert into inflow.parent_read (connection_id, entity, parent_key, status, asked_at, run_id)
select c, entity, number, 'read', now(), c from job_made, unnest(array['job_cost', 'job_custom_field']) entity;
insert into inflow.value_state (
    connection_id, entity, parent, parent_table, is_read, records, waiting, counted_at, run_id)
select c, entity, 'job', 'wfm.job', true, jobs, 0, now(), c from size, unnest(array['job_cost', 'job_custom_field']) entity;
insert into inflow.open_document (connection_id, entity, key, seen_at, run_id)
select c, 'job', uuid, now(), c from job_made where not is_done;
insert into inflow.sweep (connection_id, entity, swept_at, run_id) select c, 'job', now(), c from size;
insert into wfm.purchase_order (
    connection_id, number, state, issued_on, description, amount, amount_tax, amount_including_tax, supplier_uuid,
    supplier_name, job_number, job_name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select
    c, 'PO' || lpad(n::text, 6, '0'), case when n % 4 = 0 then 'Draft' else 'Approved' end, start_on + 5, 'Order', 300,
    45, 345, pg_temp.uuid('supplier', base + 1 + n % 50), 'Supplier ' || 1 + n % 50, number, 'Job ' || n, c, c, now(),
    now(), '\x00'
from job_made where n % 3 = 0;

-- Custom fields: 20 of jobs, most filled for half of them.
insert into wfm.custom_field (
    connection_id, uuid, name, type, use_job, value_element, first_run_id, changed_run_id, changed_at, asked_at,
    content_hash)
select
    c, pg_temp.uuid('field', base + n), 'Field ' || n, case when n % 5 = 0 then 'Checkbox' else 'Text' end, true,
    case when n % 5 = 0 then 'Boolean' else 'Text' end, c, c, now(), now(), '\x00'
from size, generate_series(1, 20) n;
insert into wfm.job_custom_field (
    connection_id, job_number, custom_field_uuid, name, boolean_value, text_value, first_run_id, changed_run_id,
    changed_at, asked_at, content_hash)
select
    c, number, pg_temp.uuid('field', base + f), 'Field ' || f, case when f % 5 = 0 then true end,
    case when f % 5 > 0 then 'value ' || n % 100 end, c, c, now(), now(), '\x00'
from job_made, generate_series(1, 20) f
where (n + f) % 2 = 0;

-- Quotes with a revision each, and leads.
insert into wfm.quote (
    connection_id, uuid, number, type, state, name, issued_on, valid_on, lead_uuid, job_uuid, estimated_cost, amount,
    amount_tax, amount_including_tax, client_uuid, client_name, first_run_id, changed_run_id, changed_at, asked_at,
    content_hash, children_hash)
select
    c, pg_temp.uuid('quote', base + n * 10 + 1 - r), 'Q' || lpad(n::text, 6, '0') || case when r = 1 then '/1' else '' end,
    'Quote', case when r = 0 then 'Declined' when n % 3 = 0 then 'Accepted' else 'Issued' end, 'Quote ' || n,
    start_on - 10 + r, start_on + 20, case when n % 6 = 0 then pg_temp.uuid('lead', base + n) end,
    case when n % 3 = 0 then uuid end, 3000, 5000 + n % 700, 750, 5750, pg_temp.uuid('client', base + client),
    'Client ' || client, c, c, now(), now(), '\x00', '\x00'
from job_made, generate_series(0, 1) r
where n % 2 = 0 or n % 3 = 0;
insert into wfm.lead (
    connection_id, uuid, name, state, estimated_value, issued_on, won_lost_on, category, client_uuid, client_name,
    owner_uuid, owner_name, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select
    c, pg_temp.uuid('lead', base + n), 'Lead ' || n, case when is_done then 'Won' else 'Open' end, 5000, start_on - 20,
    case when is_done then start_on end, 'Category ' || n % 4, pg_temp.uuid('client', base + client), 'Client ' || client,
    pg_temp.uuid('staff', base + 1 + n % 20), 'Person ' || 1 + n % 20, c, c, now(), now(), '\x00'
from job_made where n % 6 = 0;

-- Two invoices a job, with three task lines and one cost line; of 100 are 5 drafts, 5 cancelled, 3 credit notes.
create temporary table invoice_made on commit drop as
select
    j.*, h, j.n * 2 + h as number_of, pg_temp.uuid('invoice', base + j.n * 2 + h) as invoice_uuid,
    start_on + 15 + 30 * h as issued_on, case when (j.n * 2 + h) % 33 = 7 then -1 else 1 end as sign,
    case (j.n * 2 + h) % 20 when 0 then 'Draft' when 1 then 'Cancelled' when 2 then 'Approved' else 'Paid' end as status
from job_made j, generate_series(0, 1) h;
insert into wfm.invoice_task (
    connection_id, invoice_uuid, uuid, position, job_number, job_name, name, minutes, billable_rate, billable, amount,
    amount_tax, amount_including_tax)
select
    c, invoice_uuid, pg_temp.uuid('line', base + number_of * 10 + t), t, number, 'Job ' || n, 'Task ' || t, 480, 150, true,
    1200 * sign, 180 * sign, 1380 * sign
from invoice_made, generate_series(0, 2) t;
insert into wfm.invoice_cost (
    connection_id, invoice_uuid, position, job_number, job_name, description, billable, quantity, unit_cost, unit_price,
    amount, amount_tax, amount_including_tax)
select c, invoice_uuid, 1, number, 'Job ' || n, 'Cost', true, 1, 100, 130, 130 * sign, 19.5 * sign, 149.5 * sign
from invoice_made;
insert into wfm.invoice (
    connection_id, uuid, number, type, status, job_text, description, issued_on, due_on, amount, amount_tax,
    amount_including_tax, amount_paid, amount_outstanding, client_uuid, client_name, first_run_id, changed_run_id,
    changed_at, asked_at, content_hash, children_hash)
select
    c, invoice_uuid, case when sign < 0 then 'CN-' else 'INV-' end || lpad(number_of::text, 6, '0'),
    case when h = 1 and n % 4 = 0 then 'Final Invoice' else 'Progress Invoice' end, status, number, 'Invoice',
    issued_on, issued_on + 20, 3730 * sign, 559.5 * sign, 4289.5 * sign,
    case when status = 'Paid' then 4289.5 * sign else 0 end,
    case when status in ('Approved', 'Draft') then 4289.5 * sign else 0 end, pg_temp.uuid('client', base + client),
    'Client ' || client, c, c, now(), now(), '\x00', '\x00'
from invoice_made;
-- One in 60 lacks a line, so that a row of kind header stands for the difference.
delete from wfm.invoice_cost cost using invoice_made m
where cost.connection_id = m.c and cost.invoice_uuid = m.invoice_uuid and m.number_of % 60 = 9;

-- Six entries a person and working day, some left out, each on one of the eight jobs that the person works on for four
-- weeks; four in five of the billable ones hang on a line of an invoice that came after them.
insert into wfm.timesheet (
    connection_id, uuid, job_number, job_name, task_uuid, task_name, staff_uuid, staff_name, worked_on, minutes, note,
    billable, start_time, end_time, invoice_task_uuid, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
select
    e.c, pg_temp.uuid('entry', e.id), j.number, 'Job ' || j.n, pg_temp.uuid('job task', e.base + j.n * 10 + 1 + e.draw % 5),
    'Task ' || 1 + (j.n + 1 + e.draw % 5) % 40, pg_temp.uuid('staff', e.base + e.s), 'Person ' || e.s, e.day,
    15 * (1 + e.draw % 11), 'Work', e.draw % 9 > 0, null, null,
    case
        when i.number_of is not null and e.draw % 9 > 0 and e.draw % 5 > 0 and i.status in ('Approved', 'Paid')
        then pg_temp.uuid('line', e.base + i.number_of * 10 + e.draw % 3)
    end, e.c, e.c, now(), now(), '\x00'
from (
    select
        z.*, d.day::date as day, s, (d.day::date - z.first_on) as place,
        z.base + (d.day::date - z.first_on)::bigint * 100000 + s * 10 + k as id,
        pg_temp.pick('entry', z.base + (d.day::date - z.first_on)::bigint * 100000 + s * 10 + k, 1000000) as draw
    from size z, generate_series(first_on::timestamp, current_date - 1, interval '1 day') d (day),
        generate_series(1, staff) s, generate_series(1, 6) k
    where extract(isodow from d.day) < 6
) e
join job_made j on j.n = greatest(
    1, ((e.place - e.place % 28)::bigint * e.jobs / e.days)::integer - (e.s * 37 + e.draw % 8 * 61) % greatest(e.jobs / 61, 1))
left join invoice_made i on i.n = j.n and i.h = case when e.day <= j.start_on + 14 then 0 else 1 end
    and i.issued_on >= e.day and i.issued_on < current_date
where e.draw % 24 > 0
order by e.day, e.id;

-- Superseded versions of one invoice in twenty, as a changed payment leaves them.
insert into inflow.history (connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
select
    i.connection_id, 'invoice', i.uuid, now() - interval '40 days', now() - interval '1 day' * (1 + m.number_of % 39),
    i.connection_id, 'updated', to_jsonb(i) || '{"status": "Approved", "amount_paid": 0}', '{}'
from wfm.invoice i
join invoice_made m on m.invoice_uuid = i.uuid
where i.connection_id = m.c and m.number_of % 20 = 3;

insert into inflow.coverage (connection_id, entity, month, verified_at, run_id)
select c, entity, month::date, now(), c
from size, unnest(array['timesheet', 'invoice', 'job', 'quote', 'purchase_order', 'lead']) entity,
    generate_series(date_trunc('month', first_on::timestamp), current_date, interval '1 month') month;
insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at)
select c, c, entity, 'bench', 'loaded', now() from size, unnest(array['timesheet', 'invoice', 'job', 'quote']) entity;
commit;
