-- Question: what had been done for each job at the end of a day and not been invoiced, and what was it worth?
--
-- Grain:    one row per connection and job with billable time or costs that were not invoiced then, or with hours written
--           off.
-- Units:    money is in the organisation's currency and excludes tax; hours are minutes / 60.
-- Dates:    worked_on of time and incurred_on of costs, up to the day asked for, whose end is the midnight of the
--           connection's zone.
-- Included: as report.work_in_progress, of time, costs and invoices as Inflow knew them at that moment. Without a
--           connection's name, those of every connection that the caller may see.
-- Left out: as there.
-- Caveats:  rates are those of setting.staff_rate as it is now, else what an hour of the job had been invoiced for by
--           then. unbilled_costs is null where Inflow does not know that the job's costs had been read by then: none of
--           them was here, and they were read later, or never; or versions of costs of that time were deleted
--           (history-days). For a day before the first load of a connection, or one whose versions of time and invoices
--           were deleted, it raises an error: name a connection to leave the others out.

create or replace function report.work_in_progress_as_of(day date, of_connection text default null)
returns table (
    connection_id bigint, connection_name text, as_of_on date, job_uuid text, job_number text, job_name text,
    job_category text, client_uuid text, client_name text, unbilled_billable_hours numeric, time_value numeric,
    time_value_source text, w0_30 numeric, w31_60 numeric, w61_90 numeric, w90_more numeric, oldest_on date,
    has_final_invoice boolean, written_off_hours numeric, unbilled_costs numeric)
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
                as is_loaded,
            not exists (
                select from inflow.history_pruned p
                where p.connection_id = n.id and p.entity = 'job_cost' and p.pruned_until > n.moment
            ) as has_costs
        from (
            select c.id, c.name, (day + 1)::timestamp at time zone c.time_zone as moment
            from inflow.connection c
            where of_connection is null or c.id = inflow.connection_number(of_connection)
        ) n
    ),
    invoice as materialized (
        select
            i.connection_id, i.uuid, i.type, i.job_text, i.issued_on,
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
    -- Cost lines have no identifier of their own: those of the version of the invoice that was known then.
    cost_line as materialized (
        select c.connection_id, c.invoice_uuid, c.job_number, c.amount
        from chosen
        join wfm.invoice i on i.connection_id = chosen.id and i.changed_at <= chosen.moment
        join wfm.invoice_cost c on c.connection_id = i.connection_id and c.invoice_uuid = i.uuid
        union all
        select h.connection_id, h.key, o.job_number, o.amount
        from (
            select distinct on (h.connection_id, h.key) h.connection_id, h.key, h.lines
            from chosen
            join inflow.history h
                on h.connection_id = chosen.id and h.entity = 'invoice' and h.valid_from <= chosen.moment
                and h.valid_until > chosen.moment
            where not exists (
                select from wfm.invoice i
                where i.connection_id = h.connection_id and i.uuid = h.key and i.changed_at <= chosen.moment
            )
            order by h.connection_id, h.key, h.valid_from desc, h.id desc
        ) h
        cross join lateral jsonb_populate_recordset(null::wfm.invoice_cost, h.lines -> 'invoice_cost') o
        where h.lines ? 'invoice_cost'
    ),
    charged as (
        select
            l.connection_id, l.job_number,
            sum(l.amount) filter (where l.billable)
                / nullif(greatest(sum(l.minutes) filter (where l.billable), 0), 0) * 60 as rate,
            max(l.issued_on) filter (where lower(l.type) = 'final invoice') as final_on
        from (
            select line.connection_id, line.job_number, line.amount, line.minutes, line.billable, i.issued_on, i.type
            from line
            join invoice i on i.connection_id = line.connection_id and i.uuid = line.invoice_uuid
            where i.is_final and i.issued_on <= day
            union all
            -- A final invoice may have no line but of costs.
            select cost_line.connection_id, cost_line.job_number, null, null, null, i.issued_on, i.type
            from cost_line
            join invoice i on i.connection_id = cost_line.connection_id and i.uuid = cost_line.invoice_uuid
            where i.is_final and i.issued_on <= day
            union all
            -- Or none at all: then it is of the job whose number it prints.
            select i.connection_id, i.job_text, null, null, null, i.issued_on, i.type
            from invoice i
            where i.is_final and i.issued_on <= day and i.job_text is not null
                and not exists (
                    select from line where line.connection_id = i.connection_id and line.invoice_uuid = i.uuid
                ) and not exists (
                    select from cost_line c where c.connection_id = i.connection_id and c.invoice_uuid = i.uuid
                )
        ) l
        group by l.connection_id, l.job_number
    ),
    entry as (
        select
            t.connection_id, t.job_number, t.worked_on, t.minutes, day - t.worked_on as age,
            charged.final_on is null or t.worked_on > charged.final_on as is_open,
            rate.charge_rate is not null as is_set, coalesce(rate.charge_rate, charged.rate) * t.minutes / 60 as value
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
    ),
    worked as (
        select
            entry.connection_id, entry.job_number,
            coalesce(sum(minutes) filter (where is_open), 0) as minutes,
            coalesce(sum(minutes) filter (where not is_open), 0) as written_off,
            count(*) filter (where is_open) as entries,
            min(worked_on) filter (where is_open) as oldest_on,
            coalesce(bool_and(value is not null) filter (where is_open), true) as is_valued,
            coalesce(bool_and(is_set) filter (where is_open), true) as is_set,
            bool_or(is_set) filter (where is_open) as is_any_set,
            coalesce(sum(value) filter (where is_open), 0) as value,
            coalesce(sum(value) filter (where is_open and age <= 30), 0) as w0_30,
            coalesce(sum(value) filter (where is_open and age between 31 and 60), 0) as w31_60,
            coalesce(sum(value) filter (where is_open and age between 61 and 90), 0) as w61_90,
            coalesce(sum(value) filter (where is_open and age > 90), 0) as w90_more
        from entry
        group by entry.connection_id, entry.job_number
    ),
    -- Costs as they were known then, of which some may be marked: a job that has any had been read.
    booked as (
        select
            cost.connection_id, cost.job_number,
            sum(cost.quantity * cost.unit_price) filter (
                where cost.deleted_at is null and cost.billable and cost.incurred_on <= day
                    and (charged.final_on is null or cost.incurred_on > charged.final_on)) as open_price
        from (
            select c.connection_id, c.job_number, c.incurred_on, c.quantity, c.unit_price, c.billable, c.deleted_at
            from chosen
            join wfm.job_cost c on c.connection_id = chosen.id and c.changed_at <= chosen.moment
            where chosen.has_costs
            union all
            select c.connection_id, c.job_number, c.incurred_on, c.quantity, c.unit_price, c.billable, c.deleted_at
            from (
                select distinct on (h.connection_id, h.key) h.connection_id, h.record
                from chosen
                join inflow.history h
                    on h.connection_id = chosen.id and h.entity = 'job_cost' and h.valid_from <= chosen.moment
                    and h.valid_until > chosen.moment
                where chosen.has_costs and not exists (
                    select from wfm.job_cost c
                    where c.connection_id = h.connection_id and c.job_number = h.record ->> 'job_number'
                        and c.uuid = h.record ->> 'uuid' and c.changed_at <= chosen.moment
                )
                order by h.connection_id, h.key, h.valid_from desc, h.id desc
            ) held
            cross join lateral jsonb_populate_record(
                null::wfm.job_cost, held.record || jsonb_build_object('connection_id', held.connection_id)) c
        ) cost
        left join charged on charged.connection_id = cost.connection_id and charged.job_number = cost.job_number
        group by cost.connection_id, cost.job_number
    ),
    charged_cost as (
        select cost_line.connection_id, cost_line.job_number, sum(cost_line.amount) as amount
        from cost_line
        join invoice i on i.connection_id = cost_line.connection_id and i.uuid = cost_line.invoice_uuid
        left join charged
            on charged.connection_id = cost_line.connection_id and charged.job_number = cost_line.job_number
        where i.is_final and i.issued_on <= day and (charged.final_on is null or i.issued_on > charged.final_on)
        group by cost_line.connection_id, cost_line.job_number
    ),
    job_of_day as (
        select
            chosen.name as connection_name, found.connection_id, found.job_number, worked.minutes, worked.written_off,
            worked.entries, worked.oldest_on, coalesce(worked.is_valued, true) as is_valued,
            case
                when not worked.is_valued then 'none' when coalesce(worked.is_set, true) then 'set'
                when not worked.is_any_set then 'realised' else 'mixed'
            end as source,
            worked.value, worked.w0_30, worked.w31_60, worked.w61_90, worked.w90_more,
            charged.final_on is not null as has_final,
            case
                when chosen.has_costs and (booked.job_number is not null or read.asked_at <= chosen.moment)
                then greatest(coalesce(booked.open_price, 0) - coalesce(charged_cost.amount, 0), 0)
            end as unbilled_costs
        from (
            select worked.connection_id, worked.job_number from worked
            union
            select booked.connection_id, booked.job_number from booked
        ) found
        join chosen on chosen.id = found.connection_id and chosen.is_loaded
        left join worked on worked.connection_id = found.connection_id and worked.job_number = found.job_number
        left join booked on booked.connection_id = found.connection_id and booked.job_number = found.job_number
        left join charged on charged.connection_id = found.connection_id and charged.job_number = found.job_number
        left join charged_cost
            on charged_cost.connection_id = found.connection_id and charged_cost.job_number = found.job_number
        left join inflow.parent_read read
            on read.connection_id = found.connection_id and read.entity = 'job_cost'
            and read.parent_key = found.job_number and read.status = 'read'
    )
    select
        j.connection_id, j.connection_name, day, number.job_uuid, j.job_number, number.job_name,
        number.job_category, number.client_uuid, number.client_name,
        inflow.hours(coalesce(j.minutes, 0) / 60.0)::numeric(12, 4),
        inflow.money(case when j.is_valued then coalesce(j.value, 0) end)::numeric(19, 4),
        case when inflow.money(coalesce(j.value, 0)) is null and j.is_valued then 'too large' else j.source end,
        inflow.money(case when j.is_valued then coalesce(j.w0_30, 0) end)::numeric(19, 4),
        inflow.money(case when j.is_valued then coalesce(j.w31_60, 0) end)::numeric(19, 4),
        inflow.money(case when j.is_valued then coalesce(j.w61_90, 0) end)::numeric(19, 4),
        inflow.money(case when j.is_valued then coalesce(j.w90_more, 0) end)::numeric(19, 4), j.oldest_on, j.has_final,
        inflow.hours(coalesce(j.written_off, 0) / 60.0)::numeric(12, 4), inflow.money(j.unbilled_costs)::numeric(19, 4)
    from job_of_day j
    left join report.document_job number
        on number.connection_id = j.connection_id and number.job_number = j.job_number
    left join wfm.job on job.connection_id = j.connection_id and job.uuid = number.job_uuid
    where (j.entries > 0 or j.unbilled_costs > 0 or j.written_off <> 0)
        and not exists (
            select from setting.leave_job leave
            where leave.connection_id = j.connection_id and leave.job_number = j.job_number
        ) and not exists (
            select from setting.closed_state closed
            where closed.connection_id = j.connection_id and lower(closed.state) = lower(job.state)
        )
$$;
comment on function report.work_in_progress_as_of(date, text) is
    'Time and costs not invoiced at the end of a day, by job, as Inflow knew it then; raises for a day before the first '
    'load.';
