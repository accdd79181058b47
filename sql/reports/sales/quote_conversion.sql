-- Question: what became of each quote, and how long did it take?
--
-- Grain:    one row per connection and quote number without its revision: Q000512, Q000512/1 and Q000512/2 are one
--           quote, as its last revision says.
-- Units:    money is in the organisation's currency and excludes tax.
-- Dates:    issued_on of the last revision; first_issued_on of the first.
-- Included: quotes and estimates, told apart by type.
-- Left out: drafts, also as a revision; quotes the platform no longer lists.
-- Caveats:  the platform tells no day of decision: decided_seen_at is when a load first saw the quote accepted or
--           declined, and null where it was so at the first load. Archived is neither won nor lost. A quote without a
--           number is one by itself. Only the quote that a job was made from is linked to the job.

create or replace view report.quote_conversion with (security_invoker = true) as
with revision as not materialized (
    select
        quote.connection_id, quote.uuid, quote.issued_on,
        -- Most numbers have no revision, and need no look by pattern.
        coalesce(
            case when strpos(quote.number, '/') = 0 then quote.number else regexp_replace(quote.number, '/\d+$', '') end,
            quote.uuid) as base_number,
        coalesce(
            case when strpos(quote.number, '/') > 0 then substring(quote.number from '/(\d{1,9})$')::integer end, 0
        ) as revision
    from wfm.quote
    where quote.deleted_at is null and lower(quote.state) is distinct from 'draft'
),
series as (
    select
        connection_id, base_number, count(*) - 1 as revisions, min(issued_on) as first_issued_on,
        array_agg(uuid order by revision desc, issued_on desc, uuid) as uuids
    from revision
    group by connection_id, base_number
),
made as (
    select distinct on (revision.connection_id, revision.base_number)
        revision.connection_id, revision.base_number, job.number, job.uuid
    from revision
    join wfm.job on job.connection_id = revision.connection_id and job.approved_quote_uuid = revision.uuid
    where job.deleted_at is null
    order by revision.connection_id, revision.base_number, job.created_at, job.uuid
)
select
    series.connection_id,
    connection.name as connection_name,
    series.base_number as quote_number,
    quote.uuid as quote_uuid,
    quote.number as last_number,
    quote.type as quote_type,
    quote.name as quote_name,
    quote.client_uuid,
    coalesce(client.name, quote.client_name) as client_name,
    series.revisions,
    series.first_issued_on,
    quote.issued_on,
    date_trunc('month', quote.issued_on::timestamp)::date as month_on,
    quote.valid_on,
    quote.state,
    case lower(quote.state)
        when 'accepted' then 'won' when 'declined' then 'lost' when 'archived' then 'archived' else 'open'
    end as outcome,
    quote.amount::numeric(19, 4) as amount,
    quote.estimated_cost::numeric(19, 4) as estimated_cost,
    inflow.money(quote.amount - quote.estimated_cost)::numeric(19, 4) as margin,
    job.number as job_number,
    job.uuid as job_uuid,
    quote.lead_uuid,
    lead.name as lead_name,
    seen.decided_seen_at,
    (seen.decided_seen_at at time zone connection.time_zone)::date - series.first_issued_on as days_to_decision
from series
join wfm.quote on quote.connection_id = series.connection_id and quote.uuid = series.uuids[1]
left join made job on job.connection_id = series.connection_id and job.base_number = series.base_number
left join lateral (
    -- The decision came after the last version that was not decided.
    select max(h.valid_until) as decided_seen_at
    from inflow.history h
    where h.connection_id = series.connection_id and h.entity = 'quote' and h.key = quote.uuid
        and lower(h.record ->> 'state') not in ('accepted', 'declined')
        and lower(quote.state) in ('accepted', 'declined')
) seen on true
left join wfm.client on client.connection_id = series.connection_id and client.uuid = quote.client_uuid
left join wfm.lead on lead.connection_id = series.connection_id and lead.uuid = quote.lead_uuid
left join inflow.connection on connection.id = series.connection_id;

comment on view report.quote_conversion is
    'Quotes without drafts, revisions taken as one, with what became of them.';
comment on column report.quote_conversion.connection_id is 'Connection, hence organisation.';
comment on column report.quote_conversion.connection_name is 'Name of the connection.';
comment on column report.quote_conversion.quote_number is 'Number of the quote without its revision.';
comment on column report.quote_conversion.quote_uuid is 'Last revision; joins wfm.quote (connection_id, uuid).';
comment on column report.quote_conversion.last_number is 'Number of the last revision.';
comment on column report.quote_conversion.quote_type is 'Quote or Estimate.';
comment on column report.quote_conversion.quote_name is 'Name of the quote.';
comment on column report.quote_conversion.client_uuid is 'Client; joins wfm.client (connection_id, uuid).';
comment on column report.quote_conversion.client_name is
    'Name of the client today; of a client that is not loaded, the name on the quote.';
comment on column report.quote_conversion.revisions is 'Revisions after the first version.';
comment on column report.quote_conversion.first_issued_on is 'Date of the earliest version.';
comment on column report.quote_conversion.issued_on is 'Date of the last revision.';
comment on column report.quote_conversion.month_on is 'First day of the month of issued_on.';
comment on column report.quote_conversion.valid_on is 'Last day the quote is valid.';
comment on column report.quote_conversion.state is 'State at the platform.';
comment on column report.quote_conversion.outcome is 'won (accepted), lost (declined), archived (neither) or open.';
comment on column report.quote_conversion.amount is 'Amount of the last revision excluding tax.';
comment on column report.quote_conversion.estimated_cost is 'Its estimated cost excluding tax.';
comment on column report.quote_conversion.margin is 'Amount less estimated cost.';
comment on column report.quote_conversion.job_number is
    'Number of the job made from a version of the quote; null without one.';
comment on column report.quote_conversion.job_uuid is 'That job; joins wfm.job (connection_id, uuid).';
comment on column report.quote_conversion.lead_uuid is
    'Lead the quote came from; joins wfm.lead (connection_id, uuid).';
comment on column report.quote_conversion.lead_name is 'Name of the lead.';
comment on column report.quote_conversion.decided_seen_at is
    'When a load first saw the quote accepted or declined; null while it is open, or where no load saw it open.';
comment on column report.quote_conversion.days_to_decision is
    'Days from first_issued_on to decided_seen_at, in the connection''s zone.';
