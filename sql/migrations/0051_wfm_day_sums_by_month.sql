-- Days whose sums are due are computed month by month, so that a report of one month does not compute all that are due.

create or replace view inflow.day_sum_now with (security_invoker = true) as
select kept.*, date_trunc('month', kept.day_on::timestamp)::date as month_on
from inflow.day_sum kept
where exists (select from inflow.sums_kept state where state.connection_id = kept.connection_id)
    and not exists (
        select from inflow.month_due due
        where due.connection_id = kept.connection_id
            and kept.day_on >= due.month_on and kept.day_on < (due.month_on + interval '1 month')::date
    )
union all
select computed.*, due.month_on
from (
    select months_due.connection_id, month.month_on
    from inflow.months_due
    cross join lateral unnest(months_due.months) month (month_on)
) due
cross join lateral inflow.day_sums(due.connection_id, array[due.month_on]) computed;
comment on column inflow.day_sum_now.month_on is 'First day of the month of the day; a report of a month names it.';
