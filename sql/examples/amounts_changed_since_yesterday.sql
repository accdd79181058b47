-- Question: which amounts of invoices, quotes and orders changed since yesterday, and by how much?
select changed_at, entity, label, column_name, old_value, new_value, difference
from report.changes
where changed_on >= current_date - 1 and difference <> 0
order by abs(difference) desc;
