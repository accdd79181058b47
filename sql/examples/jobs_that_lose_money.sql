-- Question: which jobs of the last year cost more than was invoiced for them?
--
-- A job without a margin has no rates in setting.staff_rate, or its whole life was not read: it is not among them.
select job_number, job_name, client_name, invoiced, time_cost, job_costs, margin
from report.job_profitability
where margin < 0 and coalesce(completed_on, last_invoiced_on) >= current_date - 365
order by margin;
