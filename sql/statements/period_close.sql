-- Signs off a month with its totals. Fails on an index where the month is closed already.
--
-- $1 connection, $2 first day of the month, $3 by whom, $4 note, $5 what is missing (null: nothing), $6 when the
-- oldest answer was asked for, $7 entities.
insert into inflow.closing (
    connection_id, month_on, closed_by, note, was_complete, missing, data_as_of, entities, next_run_id, entries, hours,
    billable_hours, invoices, credit_notes, amount, credit_amount, amount_tax, job_costs)
select $1, $2::date, $3::text, $4::text, $5::text is null, $5::text, $6::timestamptz, $7::text[],
    coalesce(
        (select min(r.id) from inflow.run r where r.connection_id = $1 and r.status = 'running'),
        (select max(r.id) + 1 from inflow.run r where r.connection_id = $1),
        1),
    entries, hours, billable_hours, invoices, credit_notes, inflow.money(amount), inflow.money(credit_amount),
    inflow.money(amount_tax), inflow.money(job_costs)
from inflow.month_totals($1, $2::date)
where connection_id = $1
returning id
