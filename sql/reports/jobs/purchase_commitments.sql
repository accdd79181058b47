-- Question: what is ordered from suppliers, and what of it is not booked as a cost yet?
--
-- Grain:    one row per purchase order.
-- Units:    money is in the organisation's currency and excludes tax.
-- Dates:    issued_on, the order's date, in the organisation's own calendar.
-- Included: orders in every state but draft and cancelled.
-- Left out: drafts and cancelled orders; records the platform no longer lists.
-- Caveats:  nothing links a cost to an order. booked_for_same_supplier is what is booked on the order's job of its
--           supplier, and open_amount what the orders of that job and supplier come to beyond it, the oldest orders
--           taken as booked first. Both are null until the job's costs have been read (costs_read_at). An order's
--           lines need not add up to its amount. The number is its only identifier.

create or replace view report.purchase_commitments with (security_invoker = true) as
with booked as (
    select connection_id, job_number, supplier_uuid, sum(quantity * unit_cost) as cost
    from wfm.job_cost
    where deleted_at is null and supplier_uuid is not null
    group by connection_id, job_number, supplier_uuid
),
placed as (
    select
        connection_id, number, state, issued_on, supplier_uuid, supplier_name, job_number, job_name, amount,
        amount_including_tax,
        sum(amount) over (
            partition by connection_id, job_number, supplier_uuid order by issued_on, number rows unbounded preceding
        ) as amount_until
    from wfm.purchase_order
    where deleted_at is null and coalesce(lower(state), '') not in ('draft', 'cancelled')
),
matched as (
    select
        placed.*, read.asked_at as costs_read_at,
        case when read.asked_at is not null then coalesce(booked.cost, 0) end as booked
    from placed
    left join booked
        on booked.connection_id = placed.connection_id and booked.job_number = placed.job_number
        and booked.supplier_uuid = placed.supplier_uuid
    left join inflow.parent_read read
        on read.connection_id = placed.connection_id and read.entity = 'job_cost' and read.parent_key = placed.job_number
        and read.status = 'read'
)
select
    matched.connection_id,
    connection.name as connection_name,
    matched.number as order_number,
    matched.state,
    matched.issued_on,
    matched.supplier_uuid,
    coalesce(supplier.name, matched.supplier_name) as supplier_name,
    matched.job_number,
    job.job_uuid,
    coalesce(job.job_name, matched.job_name) as job_name,
    job.client_uuid,
    job.client_name,
    inflow.money(matched.amount)::numeric(19, 4) as ordered,
    inflow.money(matched.amount_including_tax)::numeric(19, 4) as ordered_including_tax,
    inflow.money(matched.booked)::numeric(19, 4) as booked_for_same_supplier,
    -- greatest and least pass over null: what is not known must not become 0.
    inflow.money(case
        when matched.amount_until is not null and matched.booked is not null
        then least(greatest(matched.amount_until - matched.booked, 0), greatest(matched.amount, 0))
    end)::numeric(19, 4) as open_amount,
    matched.costs_read_at
from matched
left join report.document_job job on job.connection_id = matched.connection_id and job.job_number = matched.job_number
left join wfm.supplier on supplier.connection_id = matched.connection_id and supplier.uuid = matched.supplier_uuid
left join inflow.connection on connection.id = matched.connection_id;

comment on view report.purchase_commitments is
    'Purchase orders, and what of them is not booked as a cost of the job yet.';
comment on column report.purchase_commitments.connection_id is 'Connection, hence organisation.';
comment on column report.purchase_commitments.connection_name is 'Name of the connection.';
comment on column report.purchase_commitments.order_number is
    'Number of the order; joins wfm.purchase_order (connection_id, number).';
comment on column report.purchase_commitments.state is 'State of the order at the platform.';
comment on column report.purchase_commitments.issued_on is 'Date of the order.';
comment on column report.purchase_commitments.supplier_uuid is 'Supplier; joins wfm.supplier (connection_id, uuid).';
comment on column report.purchase_commitments.supplier_name is
    'Name of the supplier today; of one that is not loaded, the name on the order.';
comment on column report.purchase_commitments.job_number is
    'Number of the job the order is for; null of an order for none.';
comment on column report.purchase_commitments.job_uuid is
    'That job; joins wfm.job (connection_id, uuid). Null where it is not loaded.';
comment on column report.purchase_commitments.job_name is
    'Name of the job today; of a job that is not loaded, the name on the order.';
comment on column report.purchase_commitments.client_uuid is
    'Client of the job; joins wfm.client (connection_id, uuid).';
comment on column report.purchase_commitments.client_name is 'Name of the client of the job.';
comment on column report.purchase_commitments.ordered is 'Amount of the order excluding tax.';
comment on column report.purchase_commitments.ordered_including_tax is 'Amount of the order including tax.';
comment on column report.purchase_commitments.booked_for_same_supplier is
    'Costs booked on the job of the supplier, over all its orders; null until they have been read.';
comment on column report.purchase_commitments.open_amount is
    'What of the order is not booked, the oldest orders of job and supplier taken first; null until costs have been '
    'read.';
comment on column report.purchase_commitments.costs_read_at is
    'When the job''s costs were last asked for; null where they never were.';
