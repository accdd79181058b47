-- Question: what has been done for each job and not been invoiced, what is it worth, and how old is it?
--
-- Grain:    one row per connection and job with billable time or costs that are not invoiced, or that has hours written
--           off: of such a job without anything else all but written_off_hours is 0.
-- Units:    money is in the organisation's currency and excludes tax; hours are minutes / 60.
-- Dates:    worked_on of time and incurred_on of costs; ages are days from worked_on to today in the connection's
--           zone, entry by entry.
-- Included: time that hangs on no invoice line, or on one of a cancelled invoice; costs beyond what was invoiced for
--           costs.
-- Left out: what is dated on or before the job's last final invoice, which writes the rest off without telling, but
--           for its hours (written_off_hours); jobs of setting.leave_job; jobs in a state of setting.closed_state; records the
--           platform no longer lists; connections that were removed. Time on drafts is on an invoice, and not work in
--           progress.
-- Caveats:  quoted and percentage invoices carry no time: compare interim_invoiced, which also has lines whose time is
--           not loaded. The platform does not tell write-offs, nor which costs an invoice holds: unbilled_costs is a
--           difference for the job, at least 0, and null until its costs have been read. Internal jobs are in, unless a
--           setting says that they are not. Value is at the rates of setting.staff_rate (source "set"), else at what an
--           hour of the job was invoiced for so far ("realised"; "mixed" where both), and null where neither is known
--           ("none"). report.work_in_progress_as_of(day) says the hours and their value at the end of a day.

create or replace view report.work_in_progress with (security_invoker = true) as
with asked as (
    select
        sums.*, connection.name as connection_name, today.day as as_of_on, read.asked_at as costs_read_at,
        sums.open_entries = sums.open_valued as is_valued,
        case
            when read.asked_at is not null or sums.open_costs_price is not null
            then greatest(coalesce(sums.open_costs_price, 0) - sums.open_costs_invoiced, 0)
        end as unbilled_costs
    -- Sums that are kept while loading (decision 0030).
    from inflow.job_sum_now sums
    join inflow.connection on connection.id = sums.connection_id
    cross join lateral (select (now() at time zone connection.time_zone)::date as day) today
    left join inflow.parent_read read
        on read.connection_id = sums.connection_id and read.entity = 'job_cost' and read.parent_key = sums.job_number
        and read.status = 'read'
)
select
    asked.connection_id,
    asked.connection_name,
    asked.as_of_on,
    asked.job_uuid,
    asked.job_number,
    job.name as job_name,
    job.type as job_category,
    job.state as job_state,
    job.client_uuid,
    coalesce(client.name, job.client_name) as client_name,
    job.manager_uuid,
    btrim(coalesce(manager.name, job.manager_name)) as manager_name,
    inflow.hours(asked.open_minutes / 60.0)::numeric(12, 4) as unbilled_hours,
    inflow.hours(asked.open_billable_minutes / 60.0)::numeric(12, 4) as unbilled_billable_hours,
    inflow.hours(asked.written_off_minutes / 60.0)::numeric(12, 4) as written_off_hours,
    inflow.money(case when asked.is_valued then coalesce(asked.open_value / 60, 0) end)::numeric(19, 4) as time_value,
    case
        when not asked.is_valued then 'none'
        when inflow.money(coalesce(asked.open_value / 60, 0)) is null then 'too large'
        when asked.open_entries = asked.open_valued_by_setting then 'set'
        when asked.open_valued_by_setting = 0 then 'realised'
        else 'mixed'
    end as time_value_source,
    inflow.money(case when asked.is_valued then coalesce(aged.w0_30 / 60, 0) end)::numeric(19, 4) as w0_30,
    inflow.money(case when asked.is_valued then coalesce(aged.w31_60 / 60, 0) end)::numeric(19, 4) as w31_60,
    inflow.money(case when asked.is_valued then coalesce(aged.w61_90 / 60, 0) end)::numeric(19, 4) as w61_90,
    inflow.money(case
        when not asked.is_valued then null
        when asked.latest_on < asked.as_of_on - 90 then coalesce(asked.open_value / 60, 0)
        else coalesce(aged.w90_more / 60, 0)
    end)::numeric(19, 4) as w90_more,
    asked.oldest_on,
    inflow.money(asked.unbilled_costs)::numeric(19, 4) as unbilled_costs,
    asked.costs_read_at,
    quote.amount::numeric(19, 4) as quoted,
    inflow.money(asked.invoiced)::numeric(19, 4) as invoiced,
    inflow.money(asked.interim_invoiced)::numeric(19, 4) as interim_invoiced,
    asked.last_invoiced_on,
    asked.final_on is not null as has_final_invoice
from asked
left join wfm.job on job.connection_id = asked.connection_id and job.uuid = asked.job_uuid
left join wfm.client on client.connection_id = job.connection_id and client.uuid = job.client_uuid
left join wfm.quote
    on quote.connection_id = job.connection_id and quote.uuid = job.approved_quote_uuid and quote.deleted_at is null
left join wfm.staff manager on manager.connection_id = job.connection_id and manager.uuid = job.manager_uuid
-- Entry by entry, of jobs with any that young; of others all is old.
left join lateral (
    select
        sum(entry.value) filter (where age.days <= 30) as w0_30,
        sum(entry.value) filter (where age.days between 31 and 60) as w31_60,
        sum(entry.value) filter (where age.days between 61 and 90) as w61_90,
        sum(entry.value) filter (where age.days > 90) as w90_more
    from unnest(asked.value_days, asked.day_values) entry (worked_on, value)
    cross join lateral (select asked.as_of_on - entry.worked_on as days) age
    where asked.latest_on >= asked.as_of_on - 90
) aged on true
where (asked.open_entries > 0 or asked.unbilled_costs > 0 or asked.written_off_minutes <> 0)
    and not exists (
        select from setting.leave_job leave
        where leave.connection_id = asked.connection_id and leave.job_number = asked.job_number
    )
    and not exists (
        select from setting.closed_state closed
        where closed.connection_id = asked.connection_id and lower(closed.state) = lower(job.state)
    );

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
    'set (setting.staff_rate), realised (what the job''s hours were invoiced for so far), mixed, none (not known) or '
    'too large (for the column, which is null then).';
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
