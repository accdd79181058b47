-- Question: what was quoted, with one key for each job and client?
--
-- Grain:    one row per quote without its revisions, as report.quote_conversion.
-- Units:    money is in the organisation's currency and excludes tax.
-- Dates:    day is issued_on of the last revision.
-- Included: quotes and estimates, told apart by quote_type.
-- Left out: drafts; quotes the platform no longer lists.
-- Caveats:  each key has a row in its dimension. Only the job that was made from the quote is linked to it.

create or replace view bi.fact_quote with (security_invoker = true) as
select
    quote.connection_id,
    quote.connection_name,
    quote.issued_on as day,
    quote.connection_id || ':' || coalesce(quote.job_uuid, '') as job_key,
    quote.connection_id || ':' || coalesce(client.uuid, '') as client_key,
    quote.quote_number,
    quote.quote_type,
    quote.outcome,
    quote.amount,
    quote.estimated_cost,
    quote.margin
from report.quote_conversion quote
left join wfm.client on client.connection_id = quote.connection_id and client.uuid = quote.client_uuid;

comment on view bi.fact_quote is 'Quotes with one key for each dimension, for tools that relate single columns.';
comment on column bi.fact_quote.connection_id is 'Connection, hence organisation.';
comment on column bi.fact_quote.connection_name is 'Name of the connection.';
comment on column bi.fact_quote.day is 'Date of the last revision; relates to bi.dim_day.';
comment on column bi.fact_quote.job_key is 'Job made from the quote; relates to bi.dim_job.';
comment on column bi.fact_quote.client_key is 'Client; relates to bi.dim_client.';
comment on column bi.fact_quote.quote_number is 'Number of the quote without its revision.';
comment on column bi.fact_quote.quote_type is 'Quote or Estimate.';
comment on column bi.fact_quote.outcome is 'won, lost, archived or open, as in report.quote_conversion.';
comment on column bi.fact_quote.amount is 'Amount excluding tax.';
comment on column bi.fact_quote.estimated_cost is 'What the organisation expects to spend.';
comment on column bi.fact_quote.margin is 'amount less estimated_cost.';
