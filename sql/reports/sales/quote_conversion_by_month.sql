-- Question: how many of the quotes of each month were won, and how much of their amount?
--
-- Grain:    one row per connection, calendar month and type (quote or estimate).
-- Units:    money is in the organisation's currency and excludes tax; shares are of 1.
-- Dates:    issued_on of the last revision, in the organisation's own calendar.
-- Included: as report.quote_conversion, of which it is the sum.
-- Left out: as there.
-- Caveats:  the rates are of decided quotes: won / (won + lost). Open and archived quotes are in neither, so that the
--           rate of a young month moves.

create or replace view report.quote_conversion_by_month with (security_invoker = true) as
with month as (
    select
        connection_id, connection_name, month_on, quote_type,
        count(*) as quotes,
        count(*) filter (where outcome = 'won') as won,
        count(*) filter (where outcome = 'lost') as lost,
        count(*) filter (where outcome = 'open') as open,
        count(*) filter (where outcome = 'archived') as archived,
        sum(amount) as amount,
        case when count(*) filter (where outcome = 'won') = 0 then 0 else sum(amount) filter (where outcome = 'won')
            end as won_amount,
        case when count(*) filter (where outcome = 'lost') = 0 then 0 else sum(amount) filter (where outcome = 'lost')
            end as lost_amount,
        avg(days_to_decision) as days_to_decision
    from report.quote_conversion
    group by connection_id, connection_name, month_on, quote_type
),
reading as (
    select connection.id as connection_id, state.month as month_on, state.verified_at, state.is_complete
    from inflow.connection
    cross join lateral inflow.coverage_state(connection.id, 'quote') state
)
select
    month.connection_id,
    month.connection_name,
    month.month_on,
    month.quote_type,
    month.quotes,
    month.won,
    month.lost,
    month.open,
    month.archived,
    inflow.money(month.amount)::numeric(19, 4) as amount,
    inflow.money(month.won_amount)::numeric(19, 4) as won_amount,
    inflow.money(month.lost_amount)::numeric(19, 4) as lost_amount,
    inflow.money(month.won::numeric / nullif(month.won + month.lost, 0))::numeric(19, 4) as win_rate_of_decided,
    inflow.money(month.won_amount / nullif(month.won_amount + month.lost_amount, 0))::numeric(19, 4)
        as win_rate_of_decided_amount,
    inflow.money(month.days_to_decision)::numeric(19, 4) as days_to_decision,
    reading.verified_at as data_as_of,
    coalesce(reading.is_complete, false) as is_complete
from month
left join reading on reading.connection_id = month.connection_id and reading.month_on = month.month_on;

comment on view report.quote_conversion_by_month is
    'Quotes of each month by what became of them, and the share of decided ones that were won.';
comment on column report.quote_conversion_by_month.connection_id is 'Connection, hence organisation.';
comment on column report.quote_conversion_by_month.connection_name is 'Name of the connection.';
comment on column report.quote_conversion_by_month.month_on is 'First day of the calendar month of the last revision.';
comment on column report.quote_conversion_by_month.quote_type is 'Quote or Estimate.';
comment on column report.quote_conversion_by_month.quotes is 'Quotes, revisions taken as one.';
comment on column report.quote_conversion_by_month.won is 'Accepted ones.';
comment on column report.quote_conversion_by_month.lost is 'Declined ones.';
comment on column report.quote_conversion_by_month.open is 'Ones that are not decided.';
comment on column report.quote_conversion_by_month.archived is 'Archived ones: neither won nor lost.';
comment on column report.quote_conversion_by_month.amount is 'Amount of all of them excluding tax.';
comment on column report.quote_conversion_by_month.won_amount is 'Amount of the accepted ones.';
comment on column report.quote_conversion_by_month.lost_amount is 'Amount of the declined ones.';
comment on column report.quote_conversion_by_month.win_rate_of_decided is
    'won / (won + lost); null where none is decided.';
comment on column report.quote_conversion_by_month.win_rate_of_decided_amount is
    'won_amount / (won_amount + lost_amount); null where none is decided.';
comment on column report.quote_conversion_by_month.days_to_decision is
    'Mean days to the decision of those whose decision a load saw; null where there is none.';
comment on column report.quote_conversion_by_month.data_as_of is
    'When the last answer that held all quotes of the month was asked for; null where none has been.';
comment on column report.quote_conversion_by_month.is_complete is
    'Whether quotes of the whole month are complete, as report.is_complete says.';
