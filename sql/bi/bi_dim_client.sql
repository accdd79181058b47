-- Question: which client does a row of a bi.fact view belong to?
--
-- Grain:    one row per client, and one per connection for none or an unknown one.
-- Units:    none.
-- Dates:    none.
-- Included: clients that the platform no longer lists (is_listed), since old facts name them.
-- Left out: clients that were never loaded: their facts have the row for unknown ones.
-- Caveats:  client_key relates to the columns of that name in bi.fact_time, bi.fact_invoice_line and bi.fact_job_cost.

create or replace view bi.dim_client with (security_invoker = true) as
select
    client.connection_id,
    connection.name as connection_name,
    client.connection_id || ':' || client.uuid as client_key,
    client.name as client_name,
    client.type_name as client_type,
    client.city,
    client.country,
    client.is_prospect,
    client.is_archived,
    client.deleted_at is null as is_listed
from wfm.client
left join inflow.connection on connection.id = client.connection_id
union all
select id, name, id || ':', '(none or unknown)', null, null, null, null, null, false
from inflow.connection;

comment on view bi.dim_client is 'Clients, and a row for none or an unknown one, for tools that relate single columns.';
comment on column bi.dim_client.connection_id is 'Connection, hence organisation.';
comment on column bi.dim_client.connection_name is 'Name of the connection.';
comment on column bi.dim_client.client_key is 'Key of the client, of one column: relates to client_key of the facts.';
comment on column bi.dim_client.client_name is 'Name of the client.';
comment on column bi.dim_client.client_type is 'Name of the client type.';
comment on column bi.dim_client.city is 'City of the street address.';
comment on column bi.dim_client.country is 'Country of the street address, as typed.';
comment on column bi.dim_client.is_prospect is 'Whether the client is only a prospect so far.';
comment on column bi.dim_client.is_archived is 'Whether the platform calls the client archived.';
comment on column bi.dim_client.is_listed is 'Whether the platform still lists the client.';
