-- Question: which approved invoices are past their due day and not paid, the oldest first?
select client_name, number, issued_on, due_on, current_date - due_on as days_late, amount_outstanding
from wfm.invoice
where deleted_at is null and lower(status) = 'approved' and due_on < current_date and amount_outstanding > 0
order by due_on, number;
