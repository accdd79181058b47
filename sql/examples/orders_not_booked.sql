-- Question: which purchase orders are not booked as costs of their jobs yet, and for how much?
select order_number, state, issued_on, supplier_name, job_number, ordered, booked_for_same_supplier, open_amount
from report.purchase_commitments
where open_amount > 0
order by open_amount desc;
