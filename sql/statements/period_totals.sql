-- What a month comes to now.
--
-- $1 connection, $2 first day of the month.
select entries, inflow.hours(hours)::numeric(12, 4)::text as hours,
    inflow.hours(billable_hours)::numeric(12, 4)::text as billable_hours, invoices, credit_notes,
    inflow.money(amount)::numeric(19, 4)::text as amount, inflow.money(credit_amount)::numeric(19, 4)::text as credit_amount,
    inflow.money(amount_tax)::numeric(19, 4)::text as amount_tax, inflow.money(job_costs)::numeric(19, 4)::text as job_costs
from inflow.month_totals($1, $2::date)
where connection_id = $1
