-- Question: who owed how much at the end of a day, and how long had it been due?
--
-- Grain:    one row per invoice or credit note that was open then.
-- Units:    all money is in the organisation's currency and includes tax.
-- Dates:    days past due_on at the day asked for, whose end is the midnight of the connection's zone.
-- Included: as report.receivables_ageing, of invoices as Inflow knew them at that moment. Without a connection's name,
--           those of every connection that the caller may see.
-- Left out: as there.
-- Caveats:  what the platform changed and Inflow read only later is not in it. For a day before the first load of a
--           connection, or one whose versions were deleted (history-days), it raises an error: name a connection to
--           leave the others out.

create or replace function report.receivables_ageing_as_of(day date, of_connection text default null)
returns setof report.receivables_ageing
language sql
stable
security invoker
-- Of what a function answers PostgreSQL knows no number of rows: it would look up each entry in turn.
set enable_nestloop = off
as $$
    with chosen as materialized (
        select n.*, inflow.check_loaded(n.id, 'invoice', n.moment) as is_loaded
        from (
            select c.id, c.name, (day + 1)::timestamp at time zone c.time_zone as moment
            from inflow.connection c
            where of_connection is null or c.id = inflow.connection_number(of_connection)
        ) n
    ),
    aged as (
        select
            chosen.name, invoice.connection_id, invoice.uuid, invoice.number, invoice.client_uuid, invoice.client_name,
            invoice.issued_on, invoice.due_on, invoice.amount_outstanding, day - invoice.due_on as days_overdue,
            case
                when lower(invoice.number) like 'cn-%' or invoice.amount_outstanding < 0 then 'unapplied_credit'
                else inflow.ageing_bucket(day - invoice.due_on)
            end as bucket
        from chosen
        cross join lateral wfm.invoice_as_of(chosen.moment) invoice
        where chosen.is_loaded
            and invoice.connection_id = chosen.id and invoice.deleted_at is null and lower(invoice.status) = 'approved'
            and invoice.amount_outstanding is distinct from 0
    )
    select
        aged.connection_id, aged.name, day, aged.uuid, aged.number, aged.bucket = 'unapplied_credit', aged.client_uuid,
        coalesce(client.name, aged.client_name), aged.issued_on, aged.due_on, aged.days_overdue, aged.bucket,
        aged.amount_outstanding::numeric(19, 4),
        case when aged.bucket = 'no_due_date' then aged.amount_outstanding else 0 end::numeric(19, 4),
        case when aged.bucket = 'not_due' then aged.amount_outstanding else 0 end::numeric(19, 4),
        case when aged.bucket = 'd1_30' then aged.amount_outstanding else 0 end::numeric(19, 4),
        case when aged.bucket = 'd31_60' then aged.amount_outstanding else 0 end::numeric(19, 4),
        case when aged.bucket = 'd61_90' then aged.amount_outstanding else 0 end::numeric(19, 4),
        case when aged.bucket = 'd90_more' then aged.amount_outstanding else 0 end::numeric(19, 4),
        case when aged.bucket = 'unapplied_credit' then aged.amount_outstanding else 0 end::numeric(19, 4)
    from aged
    left join wfm.client on client.connection_id = aged.connection_id and client.uuid = aged.client_uuid
$$;
comment on function report.receivables_ageing_as_of(date, text) is
    'report.receivables_ageing as it was at the end of a day, as Inflow knew it then; raises for a day before the '
    'first load.';
