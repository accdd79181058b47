-- Question: which jobs were invoiced beyond their budget?
--
-- An invoice can have lines of several jobs, so that the lines are added up and not the invoices.
with line as (
    select connection_id, invoice_uuid, job_number, amount from wfm.invoice_task
    union all
    select connection_id, invoice_uuid, job_number, amount from wfm.invoice_cost
)
select job.number, job.name, job.client_name, job.budget, sum(line.amount) as invoiced
from line
join wfm.invoice on invoice.connection_id = line.connection_id and invoice.uuid = line.invoice_uuid
    and invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid')
join wfm.job on job.connection_id = line.connection_id and job.number = line.job_number and job.deleted_at is null
where job.budget > 0
group by job.connection_id, job.uuid
having sum(line.amount) > job.budget
order by sum(line.amount) - job.budget desc;
