-- Question: which leads are open, won or lost, and what was quoted for them?
--
-- Grain:    one row per lead.
-- Units:    money is in the organisation's currency and excludes tax.
-- Dates:    issued_on of the lead; won_lost_on of the decision; age to today in the connection's zone.
-- Included: leads in every state; quotes and estimates that name the lead, of each number the last revision.
-- Left out: draft quotes; records the platform no longer lists.
-- Caveats:  estimated_value is what a person typed, and may be 0; quoted_amount is what was quoted, 0 where nothing was.
--           Categories are each organisation's own.

create or replace view report.sales_pipeline with (security_invoker = true) as
with quoted as (
    select
        connection_id, lead_uuid, count(*) as quotes,
        sum(amount) as amount,
        count(*) filter (where outcome = 'won') as won,
        sum(amount) filter (where outcome = 'won') as won_amount
    from report.quote_conversion
    where lead_uuid is not null
    group by connection_id, lead_uuid
)
select
    lead.connection_id,
    connection.name as connection_name,
    lead.uuid as lead_uuid,
    lead.name as lead_name,
    lead.category,
    lead.state,
    lead.client_uuid,
    coalesce(client.name, lead.client_name) as client_name,
    lead.owner_uuid,
    btrim(coalesce(owner.name, lead.owner_name)) as owner_name,
    lead.estimated_value::numeric(19, 4) as estimated_value,
    lead.issued_on,
    lead.won_lost_on,
    lead.won_lost_on - lead.issued_on as days_to_decision,
    case when lead.won_lost_on is null then (now() at time zone connection.time_zone)::date - lead.issued_on end
        as age_days,
    coalesce(quoted.quotes, 0) as quotes,
    inflow.money(case when quoted.quotes is null then 0 else quoted.amount end)::numeric(19, 4) as quoted_amount,
    coalesce(quoted.won, 0) as quotes_won,
    inflow.money(case when coalesce(quoted.won, 0) = 0 then 0 else quoted.won_amount end)::numeric(19, 4) as won_amount
from wfm.lead
left join quoted on quoted.connection_id = lead.connection_id and quoted.lead_uuid = lead.uuid
left join wfm.client on client.connection_id = lead.connection_id and client.uuid = lead.client_uuid
left join wfm.staff owner on owner.connection_id = lead.connection_id and owner.uuid = lead.owner_uuid
left join inflow.connection on connection.id = lead.connection_id
where lead.deleted_at is null;

comment on view report.sales_pipeline is 'Leads with their age or decision, and what was quoted for them.';
comment on column report.sales_pipeline.connection_id is 'Connection, hence organisation.';
comment on column report.sales_pipeline.connection_name is 'Name of the connection.';
comment on column report.sales_pipeline.lead_uuid is 'Lead; joins wfm.lead (connection_id, uuid).';
comment on column report.sales_pipeline.lead_name is 'Name of the lead.';
comment on column report.sales_pipeline.category is 'Category of the lead, in the organisation''s own words.';
comment on column report.sales_pipeline.state is 'Current, Won or Lost.';
comment on column report.sales_pipeline.client_uuid is 'Client; joins wfm.client (connection_id, uuid).';
comment on column report.sales_pipeline.client_name is
    'Name of the client today; of a client that is not loaded, the name on the lead.';
comment on column report.sales_pipeline.owner_uuid is
    'Staff member who owns the lead; joins wfm.staff (connection_id, uuid).';
comment on column report.sales_pipeline.owner_name is 'Name of the owner, also of a former one.';
comment on column report.sales_pipeline.estimated_value is 'Estimated value as typed; null where the platform sent none.';
comment on column report.sales_pipeline.issued_on is 'Date of the lead.';
comment on column report.sales_pipeline.won_lost_on is 'Day it was won or lost; null while it is open.';
comment on column report.sales_pipeline.days_to_decision is
    'Days from issued_on to won_lost_on; null while it is open.';
comment on column report.sales_pipeline.age_days is
    'Days from issued_on to today in the connection''s zone; null once decided.';
comment on column report.sales_pipeline.quotes is 'Quotes and estimates for the lead, revisions taken as one.';
comment on column report.sales_pipeline.quoted_amount is 'Their amount excluding tax.';
comment on column report.sales_pipeline.quotes_won is 'Those that were accepted.';
comment on column report.sales_pipeline.won_amount is 'Their amount excluding tax.';
