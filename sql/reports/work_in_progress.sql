-- Question: what has been done for each job and not been invoiced, what is it worth, and how old is it?
--
-- Grain:    one row per connection and job with billable time or costs that are not invoiced.
-- Units:    money is in the organisation's currency and excludes tax; hours are minutes / 60.
-- Dates:    worked_on of time and incurred_on of costs; ages are days from worked_on to today in the connection's
--           zone, entry by entry.
-- Included: time that hangs on no invoice line, or on one of a cancelled invoice; costs beyond what was invoiced for
--           costs.
-- Left out: what is dated on or before the job's last final invoice, which writes the rest off without telling
--           (written_off_hours); jobs of setting.leave_job; jobs in a state of setting.closed_state; records the
--           platform no longer lists; connections that were removed. Time on drafts is on an invoice, and not work in
--           progress.
-- Caveats:  quoted and percentage invoices carry no time: compare interim_invoiced, which also has lines whose time is
--           not loaded. The platform does not tell write-offs, nor which costs an invoice holds: unbilled_costs is a
--           difference for the job, at least 0, and null until its costs have been read. Internal jobs are in, unless a
--           setting says that they are not. Value is at the rates of setting.staff_rate (source "set"), else at what an
--           hour of the job was invoiced for so far ("realised"; "mixed" where both), and null where neither is known
--           ("none"). report.work_in_progress_as_of(day) says the hours and their value at the end of a day.

-- All of it for one connection at a time: what several steps need is then read once, and of that connection only.
create or replace view report.work_in_progress with (security_invoker = true) as
select
    connection.id as connection_id,
    connection.name as connection_name,
    (now() at time zone connection.time_zone)::date as as_of_on,
    progress.*
from inflow.connection
cross join lateral (
    with released as (
        -- Lines that only cancelled or deleted invoices have. From the few such invoices on, and not from every line.
        select distinct task.uuid
        from wfm.invoice
        join wfm.invoice_task task on task.connection_id = invoice.connection_id and task.invoice_uuid = invoice.uuid
        where invoice.connection_id = connection.id
            and (invoice.deleted_at is not null or lower(invoice.status) = 'cancelled')
            and not exists (
                select from wfm.invoice_task other
                join wfm.invoice kept on kept.connection_id = other.connection_id and kept.uuid = other.invoice_uuid
                where other.connection_id = task.connection_id and other.uuid = task.uuid
                    and other.invoice_uuid <> task.invoice_uuid
                    and kept.deleted_at is null and lower(kept.status) is distinct from 'cancelled'
            )
    ),
    line as materialized (
        -- Once for both of what follows.
        select kind, line_key, job_number, amount, minutes, billable, issued_on, invoice_type
        from report.invoice_line
        where connection_id = connection.id and job_number is not null
    ),
    charged as (
        select
            line.job_number,
            sum(line.amount) as amount,
            sum(line.amount) filter (where line.kind = 'time' and entry.invoice_task_uuid is null) as interim,
            sum(line.amount) filter (where line.kind = 'time' and line.billable)
                / nullif(greatest(sum(line.minutes) filter (where line.billable), 0), 0) * 60 as rate,
            max(line.issued_on) as last_on,
            max(line.issued_on) filter (where lower(line.invoice_type) = 'final invoice') as final_on
        from line
        -- One entry of a line is enough; a list of the lines of all entries would be long.
        left join lateral (
            select timesheet.invoice_task_uuid
            from wfm.timesheet
            where timesheet.connection_id = connection.id and timesheet.invoice_task_uuid = line.line_key
                and timesheet.deleted_at is null and line.kind = 'time'
            limit 1
        ) entry on true
        group by line.job_number
    ),
    entry as (
        select
            timesheet.job_number, timesheet.worked_on, timesheet.minutes, timesheet.billable,
            not coalesce(timesheet.worked_on <= charged.final_on, false) as is_open,
            (now() at time zone connection.time_zone)::date - timesheet.worked_on as age,
            rate.charge_rate is not null as is_set,
            -- Worth times 60: one division for each sum, and not one for each entry.
            case when timesheet.billable then coalesce(rate.charge_rate, charged.rate) * timesheet.minutes end as value
        from wfm.timesheet
        left join released on released.uuid = timesheet.invoice_task_uuid
        left join charged on charged.job_number = timesheet.job_number
        left join setting.staff_rate_period rate
            on rate.connection_id = connection.id and rate.staff_uuid = timesheet.staff_uuid
            and timesheet.worked_on >= rate.valid_from and timesheet.worked_on < rate.valid_until
        where timesheet.connection_id = connection.id and timesheet.deleted_at is null
            and timesheet.job_number is not null
            and (timesheet.invoice_task_uuid is null or released.uuid is not null)
        -- So that the worth of an entry is computed once, and not in each of the sums.
        offset 0
    ),
    worked as (
        select
            job_number,
            sum(minutes) filter (where is_open) as minutes,
            sum(minutes) filter (where billable and is_open) as billable_minutes,
            sum(minutes) filter (where billable and not is_open) as written_off_minutes,
            count(*) filter (where billable and is_open) as entries,
            count(value) filter (where billable and is_open) as valued,
            count(*) filter (where billable and is_open and is_set) as valued_by_setting,
            sum(value) filter (where billable and is_open) / 60 as value,
            sum(value) filter (where billable and is_open and age <= 30) / 60 as w0_30,
            sum(value) filter (where billable and is_open and age between 31 and 60) / 60 as w31_60,
            sum(value) filter (where billable and is_open and age between 61 and 90) / 60 as w61_90,
            sum(value) filter (where billable and is_open and age > 90) / 60 as w90_more,
            min(worked_on) filter (where billable and is_open) as oldest_on
        from entry
        group by job_number
    ),
    booked as (
        select cost.job_number, sum(cost.quantity * cost.unit_price) as price
        from wfm.job_cost cost
        left join charged on charged.job_number = cost.job_number
        where cost.connection_id = connection.id and cost.deleted_at is null and cost.billable
            and (charged.final_on is null or cost.incurred_on > charged.final_on)
        group by cost.job_number
    ),
    charged_cost as (
        select line.job_number, sum(line.amount) as amount
        from line
        join charged on charged.job_number = line.job_number
        where line.kind = 'cost'
            and (charged.final_on is null or line.issued_on > charged.final_on)
        group by line.job_number
    ),
    figure as (
        select
            coalesce(worked.job_number, booked.job_number) as job_number,
            worked.minutes, worked.billable_minutes, worked.written_off_minutes, worked.oldest_on,
            coalesce(worked.entries, 0) as entries, worked.valued_by_setting,
            coalesce(worked.entries, 0) = coalesce(worked.valued, 0) as is_valued,
            worked.value, worked.w0_30, worked.w31_60, worked.w61_90, worked.w90_more, booked.price
        from worked
        full join booked on booked.job_number = worked.job_number
    ),
    asked as (
        select
            figure.*, read.asked_at as costs_read_at,
            case
                when read.asked_at is not null or figure.price is not null
                then greatest(coalesce(figure.price, 0) - coalesce(charged_cost.amount, 0), 0)
            end as costs
        from figure
        left join charged_cost on charged_cost.job_number = figure.job_number
        left join inflow.parent_read read
            on read.connection_id = connection.id and read.entity = 'job_cost'
            and read.parent_key = figure.job_number and read.status = 'read'
    )
    select
        number.job_uuid,
        asked.job_number,
        number.job_name,
        number.job_category,
        job.state as job_state,
        number.client_uuid,
        number.client_name,
        job.manager_uuid,
        btrim(coalesce(manager.name, job.manager_name)) as manager_name,
        (coalesce(asked.minutes, 0) / 60.0)::numeric(12, 4) as unbilled_hours,
        (coalesce(asked.billable_minutes, 0) / 60.0)::numeric(12, 4) as unbilled_billable_hours,
        (coalesce(asked.written_off_minutes, 0) / 60.0)::numeric(12, 4) as written_off_hours,
        case when asked.is_valued then coalesce(asked.value, 0) end::numeric(19, 4) as time_value,
        case
            when not asked.is_valued then 'none'
            when asked.entries = asked.valued_by_setting or asked.entries = 0 then 'set'
            when asked.valued_by_setting = 0 then 'realised'
            else 'mixed'
        end as time_value_source,
        case when asked.is_valued then coalesce(asked.w0_30, 0) end::numeric(19, 4) as w0_30,
        case when asked.is_valued then coalesce(asked.w31_60, 0) end::numeric(19, 4) as w31_60,
        case when asked.is_valued then coalesce(asked.w61_90, 0) end::numeric(19, 4) as w61_90,
        case when asked.is_valued then coalesce(asked.w90_more, 0) end::numeric(19, 4) as w90_more,
        asked.oldest_on,
        asked.costs::numeric(19, 4) as unbilled_costs,
        asked.costs_read_at,
        quote.amount::numeric(19, 4) as quoted,
        coalesce(charged.amount, 0)::numeric(19, 4) as invoiced,
        coalesce(charged.interim, 0)::numeric(19, 4) as interim_invoiced,
        charged.last_on as last_invoiced_on,
        charged.final_on is not null as has_final_invoice
    from asked
    left join charged on charged.job_number = asked.job_number
    left join report.document_job number
        on number.connection_id = connection.id and number.job_number = asked.job_number
    left join wfm.job on job.connection_id = connection.id and job.uuid = number.job_uuid
    left join wfm.quote
        on quote.connection_id = connection.id and quote.uuid = job.approved_quote_uuid and quote.deleted_at is null
    left join wfm.staff manager on manager.connection_id = connection.id and manager.uuid = job.manager_uuid
    where (asked.entries > 0 or asked.costs > 0)
        and not exists (
            select from setting.leave_job leave
            where leave.connection_id = connection.id and leave.job_number = asked.job_number
        )
        and not exists (
            select from setting.closed_state closed
            where closed.connection_id = connection.id and lower(closed.state) = lower(job.state)
        )
) progress;

comment on view report.work_in_progress is
    'Billable time and costs of each job that are not invoiced, their worth, and their age entry by entry.';
comment on column report.work_in_progress.connection_id is 'Connection, hence organisation.';
comment on column report.work_in_progress.connection_name is 'Name of the connection.';
comment on column report.work_in_progress.as_of_on is 'The day at which it is: today in the connection''s zone.';
comment on column report.work_in_progress.job_uuid is
    'Job; joins wfm.job (connection_id, uuid). Null where no job with the number is loaded.';
comment on column report.work_in_progress.job_number is 'Number of the job.';
comment on column report.work_in_progress.job_name is 'Name of the job.';
comment on column report.work_in_progress.job_category is 'Category of the job.';
comment on column report.work_in_progress.job_state is 'State of the job, in the organisation''s own words.';
comment on column report.work_in_progress.client_uuid is 'Client of the job; joins wfm.client (connection_id, uuid).';
comment on column report.work_in_progress.client_name is
    'Name of the client today; of a client that is not loaded, the name on the job.';
comment on column report.work_in_progress.manager_uuid is 'Job manager; joins wfm.staff (connection_id, uuid).';
comment on column report.work_in_progress.manager_name is 'Name of the job manager, also of a former one.';
comment on column report.work_in_progress.unbilled_hours is 'Hours that are not invoiced, billable or not.';
comment on column report.work_in_progress.unbilled_billable_hours is 'The billable part of unbilled_hours.';
comment on column report.work_in_progress.written_off_hours is
    'Billable hours, not invoiced, dated on or before the last final invoice; in no other column.';
comment on column report.work_in_progress.time_value is
    'What unbilled_billable_hours are worth; null where an entry has no rate.';
comment on column report.work_in_progress.time_value_source is
    'set (setting.staff_rate), realised (what the job''s hours were invoiced for so far), mixed or none (not known).';
comment on column report.work_in_progress.w0_30 is 'The part of time_value worked in the last 30 days.';
comment on column report.work_in_progress.w31_60 is 'The part of time_value that is 31 to 60 days old.';
comment on column report.work_in_progress.w61_90 is 'The part of time_value that is 61 to 90 days old.';
comment on column report.work_in_progress.w90_more is 'The part of time_value that is more than 90 days old.';
comment on column report.work_in_progress.oldest_on is 'Earliest day of unbilled billable time.';
comment on column report.work_in_progress.unbilled_costs is
    'Billable costs at their price less what was invoiced on cost lines, at least 0; null until the costs have been '
    'read.';
comment on column report.work_in_progress.costs_read_at is
    'When the job''s costs were last asked for; null where they never were.';
comment on column report.work_in_progress.quoted is 'Amount of the approved quote; null without one.';
comment on column report.work_in_progress.invoiced is 'Invoiced for the job so far, over its whole life.';
comment on column report.work_in_progress.interim_invoiced is
    'The part of invoiced on task lines that no time hangs on: quoted, percentage and interim invoices.';
comment on column report.work_in_progress.last_invoiced_on is 'Date of the latest invoice with a line of the job.';
comment on column report.work_in_progress.has_final_invoice is
    'Whether the job had a final invoice; the row is then about what came after it.';
