-- Question: who are the clients, who looks after them, and what has been done for them?
--
-- Grain:    one row per client.
-- Units:    money is in the organisation's currency; invoiced excludes tax.
-- Dates:    created jobs and invoices over the whole time that is loaded.
-- Included: archived clients and prospects, told apart by columns; clients the platform calls deleted while it lists
--           them.
-- Left out: clients the platform no longer lists.
-- Caveats:  a client in several groups has the first by name; of its contacts the primary one is named, else the first.
--           invoiced is 0 where nothing is loaded, which is not where nothing was invoiced: see report.data_freshness.

create or replace view report.client_list with (security_invoker = true) as
with contact as (
    select distinct on (connection_id, client_uuid)
        connection_id, client_uuid, name, email, phone, mobile
    from wfm.client_contact
    where is_deleted is not true
    order by connection_id, client_uuid, is_primary is not true, position
),
client_group as (
    select distinct on (member.connection_id, member.client_uuid)
        member.connection_id, member.client_uuid, client_group.name
    from wfm.client_group_member member
    join wfm.client_group
        on client_group.connection_id = member.connection_id and client_group.uuid = member.client_group_uuid
    where client_group.deleted_at is null
    order by member.connection_id, member.client_uuid, client_group.name, client_group.uuid
),
jobs as (
    select connection_id, client_uuid, count(*) as jobs, count(*) filter (where completed_on is null) as open_jobs
    from wfm.job
    where deleted_at is null
    group by connection_id, client_uuid
),
invoiced as (
    select
        connection_id, client_uuid, sum(amount) as amount, max(issued_on) as last_on,
        sum(amount_outstanding) filter (where lower(status) = 'approved') as outstanding
    from wfm.invoice
    where deleted_at is null and lower(status) in ('approved', 'paid')
    group by connection_id, client_uuid
)
select
    client.connection_id,
    connection.name as connection_name,
    client.uuid as client_uuid,
    client.name as client_name,
    client.is_prospect,
    client.is_archived,
    client.is_deleted,
    client.type_name as client_type,
    client_group.name as client_group_name,
    coalesce(billing.name, client.billing_client_name) as billing_client_name,
    btrim(coalesce(account_manager.name, client.account_manager_name)) as account_manager_name,
    btrim(coalesce(job_manager.name, client.job_manager_name)) as job_manager_name,
    contact.name as contact_name,
    coalesce(contact.email, client.email) as email,
    coalesce(contact.phone, contact.mobile, client.phone) as phone,
    client.city,
    client.country,
    client.export_code,
    coalesce(jobs.jobs, 0) as jobs,
    coalesce(jobs.open_jobs, 0) as open_jobs,
    inflow.money(case when invoiced.connection_id is null then 0 else invoiced.amount end)::numeric(19, 4) as invoiced,
    inflow.money(coalesce(invoiced.outstanding, 0))::numeric(19, 4) as outstanding_including_tax,
    invoiced.last_on as last_invoice_on
from wfm.client
left join contact on contact.connection_id = client.connection_id and contact.client_uuid = client.uuid
left join client_group on client_group.connection_id = client.connection_id and client_group.client_uuid = client.uuid
left join jobs on jobs.connection_id = client.connection_id and jobs.client_uuid = client.uuid
left join invoiced on invoiced.connection_id = client.connection_id and invoiced.client_uuid = client.uuid
left join wfm.client billing
    on billing.connection_id = client.connection_id and billing.uuid = client.billing_client_uuid
left join wfm.staff account_manager
    on account_manager.connection_id = client.connection_id and account_manager.uuid = client.account_manager_uuid
left join wfm.staff job_manager
    on job_manager.connection_id = client.connection_id and job_manager.uuid = client.job_manager_uuid
left join inflow.connection on connection.id = client.connection_id
where client.deleted_at is null;

comment on view report.client_list is
    'Clients with their managers, contact, group, jobs and what was invoiced to them.';
comment on column report.client_list.connection_id is 'Connection, hence organisation.';
comment on column report.client_list.connection_name is 'Name of the connection.';
comment on column report.client_list.client_uuid is 'Client; joins wfm.client (connection_id, uuid).';
comment on column report.client_list.client_name is 'Name of the client.';
comment on column report.client_list.is_prospect is 'Whether the client is only a prospect so far.';
comment on column report.client_list.is_archived is 'Whether the platform calls the client archived.';
comment on column report.client_list.is_deleted is
    'Whether the platform calls the client deleted while it still lists it.';
comment on column report.client_list.client_type is 'Name of the client type.';
comment on column report.client_list.client_group_name is 'Group of the client, the first by name; null without one.';
comment on column report.client_list.billing_client_name is
    'Client who gets the invoices instead; null where the client pays itself.';
comment on column report.client_list.account_manager_name is 'Who looks after the client, also a former staff member.';
comment on column report.client_list.job_manager_name is 'Who manages the client''s jobs, also a former staff member.';
comment on column report.client_list.contact_name is 'Primary contact, else the first; null without any.';
comment on column report.client_list.email is 'E-mail address of the contact, else of the client.';
comment on column report.client_list.phone is 'Telephone or mobile number of the contact, else of the client.';
comment on column report.client_list.city is 'City of the street address.';
comment on column report.client_list.country is 'Country of the street address, as typed.';
comment on column report.client_list.export_code is 'Code of the client in the accounting system.';
comment on column report.client_list.jobs is 'Jobs of the client.';
comment on column report.client_list.open_jobs is 'Jobs without a completion day.';
comment on column report.client_list.invoiced is 'Approved and paid invoices less credit notes, excluding tax.';
comment on column report.client_list.outstanding_including_tax is
    'Outstanding on approved invoices less open credit notes, including tax.';
comment on column report.client_list.last_invoice_on is 'Date of the latest of these documents.';
