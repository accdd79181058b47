-- Which share of the decided quotes and estimates of each month was won?
--
-- $1 connection, $2 first day, $3 last day.
select month_on, sum(won) as won, sum(lost) as lost, sum(open) as open,
    round(100.0 * sum(won) / nullif(sum(won) + sum(lost), 0), 1) as won_percent
from report.quote_conversion_by_month
where connection_id = $1::bigint and month_on between $2::date and $3::date
group by month_on
order by month_on
