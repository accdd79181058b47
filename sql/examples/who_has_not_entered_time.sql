-- Question: who entered fewer hours in the last full week than the usual 37.5, or than their capacity?
with week as (
    select date_trunc('week', current_date::timestamp)::date - 7 as first_on
)
select staff_name, sum(hours) as hours, coalesce(sum(capacity_hours), 37.5) as expected
from report.staff_day
cross join week
where day_on >= first_on and day_on < first_on + 7 and not is_former
group by connection_id, staff_uuid, staff_name
having sum(hours) < coalesce(sum(capacity_hours), 37.5)
order by sum(hours), staff_name;
