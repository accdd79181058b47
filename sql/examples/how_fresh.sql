-- Question: which months of which records are not complete, and since when?
select entity, month_on, status, verified_at
from report.coverage
where status in ('failed', 'never', 'partial', 'old')
order by entity, month_on;
