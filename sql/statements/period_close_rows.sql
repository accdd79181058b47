-- Keeps the rows that the reports have of a month, and how old what is owed was at its end.
--
-- $1 connection, $2 first day of the month, $3 the closing.
with shown as (
    select 'invoices_by_month' as report, to_jsonb(r) as figures
    from report.invoices_by_month r
    where r.connection_id = $1 and r.month_on = $2::date
    union all
    select 'timesheet_by_month', to_jsonb(r)
    from report.timesheet_by_month r
    where r.connection_id = $1 and r.month_on = $2::date
    union all
    select 'staff_utilisation', to_jsonb(r)
    from report.staff_utilisation r
    where r.connection_id = $1 and r.month_on = $2::date
    union all
    select 'receivables_ageing',
        to_jsonb(r) - array['no_due_date', 'not_due', 'd1_30', 'd31_60', 'd61_90', 'd90_more', 'unapplied_credit']
            || jsonb_build_object(
                'as_of_on', month.last_day,
                'days_overdue', month.last_day - r.due_on,
                'bucket', case
                    when r.is_credit_note then 'unapplied_credit'
                    else inflow.ageing_bucket(month.last_day - r.due_on)
                end)
    from report.receivables_ageing r
    cross join (select ($2::date + interval '1 month')::date - 1 as last_day) month
    where r.connection_id = $1 and r.issued_on <= month.last_day
)
insert into inflow.closed_row (connection_id, closing_id, report, number, figures)
select $1, $3, report, row_number() over (partition by report),
    jsonb_strip_nulls(figures - array['connection_id', 'connection_name', 'month_on'])
from shown
