-- Question: which clients had no invoice in the last twelve months, and when was the last one?
select client.name, max(invoice.issued_on) as last_invoiced_on
from wfm.client
left join wfm.invoice on invoice.connection_id = client.connection_id and invoice.client_uuid = client.uuid
    and invoice.deleted_at is null and lower(invoice.status) in ('approved', 'paid')
where client.deleted_at is null
group by client.connection_id, client.uuid
having max(invoice.issued_on) is null or max(invoice.issued_on) < current_date - interval '12 months'
order by 2 nulls first, 1;
