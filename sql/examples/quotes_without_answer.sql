-- Question: which quotes have waited more than thirty days for an answer, the largest first?
select quote_number, quote_name, client_name, issued_on, valid_on, amount, current_date - issued_on as days
from report.quote_conversion
where outcome = 'open' and issued_on < current_date - 30
order by amount desc nulls last, quote_number;
