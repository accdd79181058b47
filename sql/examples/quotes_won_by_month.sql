-- Question: what share of the decided quotes of each month was won, by number and by money?
select month_on, quote_type, quotes, won, lost, open, round(100 * win_rate_of_decided, 1) as won_percent,
    round(100 * win_rate_of_decided_amount, 1) as won_percent_of_money, is_complete
from report.quote_conversion_by_month
order by month_on desc, quote_type;
