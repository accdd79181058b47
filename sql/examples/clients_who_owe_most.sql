-- Question: which ten clients owe the most, and how much of it is more than sixty days late?
select client_name, outstanding_including_tax, d61_90 + d90_more as more_than_60_days, oldest_due_on
from report.receivables_ageing_by_client
where outstanding_including_tax > 0
order by outstanding_including_tax desc
limit 10;
