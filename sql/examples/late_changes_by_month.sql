-- Question: by how many hours and how much money do the months that were signed off differ by now, and through how many records?
select
    month_on,
    entity,
    change,
    count(*) as records,
    sum(hours_difference) as hours_difference,
    sum(amount_difference) as amount_difference
from report.late_changes
group by month_on, entity, change
order by month_on desc, entity, change;
