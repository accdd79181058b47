-- Question: what is in the sales pipeline, by the person who has it in hand?
select coalesce(owner_name, '(nobody)') as owner, count(*) as leads, sum(estimated_value) as value,
    sum(quoted_amount) as quoted, max(age_days) as oldest_days
from report.sales_pipeline
where won_lost_on is null
group by 1
order by value desc nulls last;
