-- Question: how much time had been worked for each job at the end of a day and not been invoiced, and what was it
--           worth?
--
-- Grain:    one row per connection and job with billable time that was not invoiced then.
-- Units:    money is in the organisation's currency and excludes tax; hours are minutes / 60.
-- Dates:    worked_on, up to the day asked for, whose end is the midnight of the connection's zone.
-- Included: as report.work_in_progress, of time and invoices as Inflow knew them at that moment. Without a connection's
--           name, those of every connection that the caller may see.
-- Left out: costs, since how they were at a day is not known; else as there.
-- Caveats:  rates are those of setting.staff_rate as it is now, else what an hour of the job had been invoiced for by
--           then. For a day before the first load of a connection, or one whose versions were deleted (history-days),
--           it raises an error: name a connection to leave the others out.

create or replace function report.work_in_progress_as_of(day date, of_connection text default null)
returns table (
    connection_id bigint, connection_name text, as_of_on date, job_uuid text, job_number text, job_name text,
    job_category text, client_uuid text, client_name text, unbilled_billable_hours numeric, time_value numeric,
    time_value_source text, w0_30 numeric, w31_60 numeric, w61_90 numeric, w90_more numeric, oldest_on date,
    has_final_invoice boolean)
language sql
stable
security invoker
-- Of what a function answers PostgreSQL knows no number of rows: it would look up each entry in turn.
set enable_nestloop = off
as $$
    with chosen as materialized (
        select
            n.*,
            inflow.check_loaded(n.id, 'timesheet', n.moment) and inflow.check_loaded(n.id, 'invoice', n.moment)
                as is_loaded
        from (
            select c.id, c.name, (day + 1)::timestamp at time zone c.time_zone as moment
            from inflow.connection c
            where of_connection is null or c.id = inflow.connection_number(of_connection)
        ) n
    ),
    invoice as materialized (
        select
            i.connection_id, i.uuid, i.type, i.issued_on,
            i.deleted_at is null and lower(i.status) in ('approved', 'paid') as is_final,
            i.deleted_at is not null or coalesce(lower(i.status) = 'cancelled', false) as is_void
        from chosen
        cross join lateral wfm.invoice_as_of(chosen.moment) i
        where chosen.is_loaded and i.connection_id = chosen.id
    ),
    -- A line belongs to one invoice for ever: those of today, and those that only superseded versions have.
    line as materialized (
        select t.connection_id, t.invoice_uuid, t.uuid, t.job_number, t.minutes, t.amount, t.billable
        from wfm.invoice_task t
        union all
        select distinct on (h.connection_id, h.key, o.uuid)
            h.connection_id, h.key, o.uuid, o.job_number, o.minutes, o.amount, o.billable
        from chosen
        join inflow.history h
            on h.connection_id = chosen.id and h.entity = 'invoice' and h.lines ? 'invoice_task'
        cross join lateral jsonb_populate_recordset(null::wfm.invoice_task, h.lines -> 'invoice_task') o
        where not exists (
            select from wfm.invoice_task t
            where t.connection_id = h.connection_id and t.invoice_uuid = h.key and t.uuid = o.uuid
        )
    ),
    released as (
        select line.connection_id, line.uuid
        from line
        join invoice on invoice.connection_id = line.connection_id and invoice.uuid = line.invoice_uuid
        group by line.connection_id, line.uuid
        having bool_and(invoice.is_void)
    ),
    charged as (
        select
            line.connection_id, line.job_number,
            sum(line.amount) filter (where line.billable)
                / nullif(greatest(sum(line.minutes) filter (where line.billable), 0), 0) * 60 as rate,
            max(invoice.issued_on) filter (where lower(invoice.type) = 'final invoice') as final_on
        from line
        join invoice on invoice.connection_id = line.connection_id and invoice.uuid = line.invoice_uuid
        where invoice.is_final and invoice.issued_on <= day
        group by line.connection_id, line.job_number
    ),
    entry as (
        select
            t.connection_id, t.job_number, t.worked_on, t.minutes, day - t.worked_on as age,
            charged.final_on is not null as has_final, rate.charge_rate is not null as is_set,
            coalesce(rate.charge_rate, charged.rate) * t.minutes / 60 as value
        from chosen
        cross join lateral wfm.timesheet_as_of(chosen.moment) t
        left join released on released.connection_id = t.connection_id and released.uuid = t.invoice_task_uuid
        left join charged on charged.connection_id = t.connection_id and charged.job_number = t.job_number
        left join setting.staff_rate_period rate
            on rate.connection_id = t.connection_id and rate.staff_uuid = t.staff_uuid
            and t.worked_on >= rate.valid_from and t.worked_on < rate.valid_until
        where chosen.is_loaded and t.connection_id = chosen.id
            and t.deleted_at is null and t.billable and t.job_number is not null and t.worked_on <= day
            and (t.invoice_task_uuid is null or released.uuid is not null)
            and (charged.final_on is null or t.worked_on > charged.final_on)
    ),
    worked as (
        select
            entry.connection_id, entry.job_number,
            sum(minutes) as minutes, bool_or(has_final) as has_final, min(worked_on) as oldest_on,
            bool_and(value is not null) as is_valued,
            case
                when not bool_and(value is not null) then 'none' when bool_and(is_set) then 'set'
                when not bool_or(is_set) then 'realised' else 'mixed'
            end as source,
            sum(value) as value,
            coalesce(sum(value) filter (where age <= 30), 0) as w0_30,
            coalesce(sum(value) filter (where age between 31 and 60), 0) as w31_60,
            coalesce(sum(value) filter (where age between 61 and 90), 0) as w61_90,
            coalesce(sum(value) filter (where age > 90), 0) as w90_more
        from entry
        group by entry.connection_id, entry.job_number
    )
    select
        worked.connection_id, chosen.name, day, number.job_uuid, worked.job_number, number.job_name,
        number.job_category, number.client_uuid, number.client_name, (worked.minutes / 60.0)::numeric(12, 4),
        case when worked.is_valued then worked.value end::numeric(19, 4), worked.source,
        case when worked.is_valued then worked.w0_30 end::numeric(19, 4),
        case when worked.is_valued then worked.w31_60 end::numeric(19, 4),
        case when worked.is_valued then worked.w61_90 end::numeric(19, 4),
        case when worked.is_valued then worked.w90_more end::numeric(19, 4), worked.oldest_on, worked.has_final
    from worked
    join chosen on chosen.id = worked.connection_id
    left join report.document_job number
        on number.connection_id = worked.connection_id and number.job_number = worked.job_number
    left join wfm.job on job.connection_id = worked.connection_id and job.uuid = number.job_uuid
    where not exists (
        select from setting.leave_job leave
        where leave.connection_id = worked.connection_id and leave.job_number = worked.job_number
    ) and not exists (
        select from setting.closed_state closed
        where closed.connection_id = worked.connection_id and lower(closed.state) = lower(job.state)
    )
$$;
comment on function report.work_in_progress_as_of(date, text) is
    'Time not invoiced at the end of a day, by job, as Inflow knew it then; raises for a day before the first load.';
