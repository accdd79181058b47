-- Question: which credit notes are not set off against an invoice yet?
select client_name, invoice_number, issued_on, unapplied_credit
from report.receivables_ageing
where is_credit_note and unapplied_credit <> 0
order by issued_on, invoice_number;
