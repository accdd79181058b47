-- What is the billable time worth that is not invoiced, by its age, and of how many jobs is it not known?
--
-- $1 connection; $2 and $3 are not used: it is of today.
with total as (
    select count(*) filter (where time_value is null) as jobs_without_value,
        coalesce(sum(w0_30), 0) as w0_30, coalesce(sum(w31_60), 0) as w31_60, coalesce(sum(w61_90), 0) as w61_90,
        coalesce(sum(w90_more), 0) as w90_more
    from report.work_in_progress
    where connection_id = $1::bigint and $2::date is not null and $3::date is not null
)
select part.age, part.amount, total.jobs_without_value
from total
cross join lateral (values
    (1, '0 to 30 days', w0_30), (2, '31 to 60 days', w31_60), (3, '61 to 90 days', w61_90),
    (4, 'more than 90 days', w90_more)
) part (place, age, amount)
order by part.place
