-- What was invoiced in each month, by fiscal year?
--
-- $1 connection, $2 first day, $3 last day.
select fiscal_year, month_on, sum(amount) as amount
from report.invoices_by_month
where connection_id = $1::bigint and month_on between $2::date and $3::date
group by fiscal_year, month_on
order by month_on
