-- Question: to which month, quarter and year does a day of a bi.fact view belong?
--
-- Grain:    one row per day, from the first year of any time entry or invoice to the end of next year.
-- Units:    none.
-- Dates:    calendar days; fiscal_year by the connections' first month.
-- Included: days without any fact, so that a chart has no holes.
-- Left out: nothing.
-- Caveats:  a day belongs to no connection, so that day is a key of one column. fiscal_year is null where the
--           connections that the caller may see begin their years in different months. It begins a hundred years ago at most.

create or replace view bi.dim_day with (security_invoker = true) as
with span as (
    select
        greatest(
            least(
                (select min(worked_on) from wfm.timesheet), (select min(issued_on) from wfm.invoice),
                (select min(incurred_on) from wfm.job_cost), now()::date),
            now()::date - 36525
        ) as first_on,
        (
            select max(fiscal_year_start) from inflow.connection having count(distinct fiscal_year_start) = 1
        ) as first_month
)
select
    day.day::date as day,
    date_trunc('month', day.day)::date as month_on,
    extract(year from day.day)::integer as year,
    extract(quarter from day.day)::integer as quarter,
    extract(month from day.day)::integer as month,
    extract(isodow from day.day)::integer as weekday,
    inflow.fiscal_year(day.day::date, span.first_month) as fiscal_year
from span
cross join lateral generate_series(
    date_trunc('year', span.first_on::timestamp), date_trunc('year', now()::timestamp) + interval '2 years - 1 day',
    interval '1 day') day (day);

comment on view bi.dim_day is 'Days with their month, quarter and years, for tools that relate single columns.';
comment on column bi.dim_day.day is 'The day: relates to day of the facts.';
comment on column bi.dim_day.month_on is 'First day of its calendar month.';
comment on column bi.dim_day.year is 'Calendar year.';
comment on column bi.dim_day.quarter is 'Quarter of the calendar year, 1 to 4.';
comment on column bi.dim_day.month is 'Month of the calendar year, 1 to 12.';
comment on column bi.dim_day.weekday is 'Day of the week, from Monday (1) to Sunday (7).';
comment on column bi.dim_day.fiscal_year is
    'Fiscal year, named after the calendar year in which it ends; null where connections differ in it.';
