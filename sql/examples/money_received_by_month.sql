-- Question: how much money came in each month, and by how many payments?
--
-- Payments are read invoice by invoice: "inflow status" says whether all are there.
select date_trunc('month', paid_on::timestamp)::date as month_on, sum(amount) as received, count(*) as payments
from wfm.invoice_payment
where deleted_at is null and paid_on is not null
group by 1
order by 1 desc;
