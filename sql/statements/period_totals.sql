-- What a month comes to now.
--
-- $1 connection, $2 first day of the month.
select entries, hours::numeric(12, 4)::text as hours, billable_hours::numeric(12, 4)::text as billable_hours, invoices,
    credit_notes, amount::numeric(19, 4)::text as amount, credit_amount::numeric(19, 4)::text as credit_amount,
    amount_tax::numeric(19, 4)::text as amount_tax, job_costs::numeric(19, 4)::text as job_costs
from inflow.month_totals($1, $2::date)
where connection_id = $1
