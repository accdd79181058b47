-- Question: what costs were booked on jobs, with one key for each job and client?
--
-- Grain:    one row per cost.
-- Units:    money is in the organisation's currency and excludes tax.
-- Dates:    day is incurred_on; null where the platform gives none.
-- Included: costs that are not charged, too (is_billable).
-- Left out: costs the platform no longer lists; costs of jobs that have not been asked for yet (report.data_freshness).
-- Caveats:  each key has a row in its dimension. The client is that of the job.

create or replace view bi.fact_job_cost with (security_invoker = true) as
select
    cost.connection_id,
    connection.name as connection_name,
    cost.incurred_on as day,
    cost.connection_id || ':' || coalesce(job.job_uuid, '') as job_key,
    cost.connection_id || ':' || coalesce(client.uuid, '') as client_key,
    coalesce(supplier.name, cost.supplier_name) as supplier_name,
    cost.description as item,
    cost.billable as is_billable,
    cost.quantity::numeric(19, 4) as quantity,
    inflow.money(cost.quantity * cost.unit_cost)::numeric(19, 4) as cost,
    inflow.money(cost.quantity * cost.unit_price)::numeric(19, 4) as price
from wfm.job_cost cost
left join report.document_job job on job.connection_id = cost.connection_id and job.job_number = cost.job_number
left join wfm.client on client.connection_id = cost.connection_id and client.uuid = job.client_uuid
left join wfm.supplier on supplier.connection_id = cost.connection_id and supplier.uuid = cost.supplier_uuid
left join inflow.connection on connection.id = cost.connection_id
where cost.deleted_at is null;

comment on view bi.fact_job_cost is
    'Costs booked on jobs with one key for each dimension, for tools that relate single columns.';
comment on column bi.fact_job_cost.connection_id is 'Connection, hence organisation.';
comment on column bi.fact_job_cost.connection_name is 'Name of the connection.';
comment on column bi.fact_job_cost.day is 'Date of the cost; relates to bi.dim_day.';
comment on column bi.fact_job_cost.job_key is 'Job; relates to bi.dim_job.';
comment on column bi.fact_job_cost.client_key is 'Client of the job; relates to bi.dim_client.';
comment on column bi.fact_job_cost.supplier_name is
    'Name of the supplier today; of one that is not loaded, the name on the cost.';
comment on column bi.fact_job_cost.item is 'What it is.';
comment on column bi.fact_job_cost.is_billable is 'Whether it is charged to the client.';
comment on column bi.fact_job_cost.quantity is 'How many.';
comment on column bi.fact_job_cost.cost is 'What it costs the organisation: quantity times unit cost.';
comment on column bi.fact_job_cost.price is 'What it is sold for: quantity times unit price.';
