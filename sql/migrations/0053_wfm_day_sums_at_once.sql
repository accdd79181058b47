-- What is kept is told from what is due once for the whole answer, and not anew for each day: PostgreSQL expects one row of a
-- month, and there are hundreds.

create or replace view inflow.day_sum_now with (security_invoker = true) as
select kept.*, date_trunc('month', kept.day_on::timestamp)::date as month_on
from inflow.day_sum kept
where kept.connection_id in (select state.connection_id from inflow.sums_kept state offset 0)
    and (kept.connection_id, date_trunc('month', kept.day_on::timestamp)::date)
        not in (select due.connection_id, due.month_on from inflow.month_due due offset 0)
union all
select computed.*, due.month_on
from (
    select months_due.connection_id, month.month_on
    from inflow.months_due
    cross join lateral unnest(months_due.months) month (month_on)
) due
cross join lateral inflow.day_sums(due.connection_id, array[due.month_on]) computed;
