-- Question: what was invoiced to each client in the months that were signed off, as it was then and as it is now?
select
    coalesce(closed.month_on, present.month_on) as month_on,
    coalesce(closed.client_name, present.client_name) as client_name,
    case when closed.month_on is null then 0 else closed.amount end as signed_off,
    case when present.month_on is null then 0 else present.amount end as present
from report.invoices_by_month_as_closed closed
full join (
    select month.connection_id, month.month_on, month.client_uuid, month.client_name, month.amount
    from report.invoices_by_month month
    join report.closed_period period
        on period.connection_id = month.connection_id and period.month_on = month.month_on and period.is_closed
) present
    on present.connection_id = closed.connection_id and present.month_on = closed.month_on
    and coalesce(present.client_uuid, '') = coalesce(closed.client_uuid, '')
where present.amount is distinct from closed.amount
order by 1 desc, 2;
