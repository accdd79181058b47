-- Question: how does what was invoiced each month compare with the same month a year before?
with month as (
    select connection_id, month_on, sum(amount) as invoiced, bool_and(is_complete) as is_complete
    from report.invoices_by_month
    group by connection_id, month_on
)
select month.month_on, month.invoiced, before.invoiced as a_year_before,
    round(100 * month.invoiced / nullif(before.invoiced, 0) - 100, 1) as percent_more,
    month.is_complete and coalesce(before.is_complete, false) as is_complete
from month
left join month before on before.connection_id = month.connection_id
    and before.month_on = (month.month_on - interval '1 year')::date
order by month.month_on desc;
