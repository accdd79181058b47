-- The end of the day is the time that a clock shows then: drivers of reporting tools know no 24:00, and fail on the whole answer.
update wfm.timesheet set start_time = '00:00' where start_time = '24:00';
update wfm.timesheet set end_time = '00:00' where end_time = '24:00';
comment on column wfm.timesheet.end_time is
    'Time of day the work ended; only where it was recorded by a clock. 00:00 is the end of the day, too.';

-- What the reports look records up by: the line that time hangs on, and the invoices whose lines count for nothing.
create index invoice_task_uuid on wfm.invoice_task (connection_id, uuid);
create index invoice_void on wfm.invoice (connection_id, uuid)
    where deleted_at is not null or lower(status) = 'cancelled';

-- The months of time entries, from the first one to the last or the current one, whichever is later.
--
-- Row-level security keeps PostgreSQL from using an index for a condition on a month that is computed from a day. A report
-- by month takes the months from here and the entries of each between two days, so that a span of months reads its own entries
-- only. Records of a connection that was removed with --keep-data have months too.
create function inflow.timesheet_months()
returns table (connection_id bigint, month_on date, until_on date)
language sql
stable
security invoker
rows 100
-- Steps from connection to connection along the index; PostgreSQL takes the least of one connection for a matter of one row.
set enable_seqscan = off
as $$
    with recursive step as (
        select min(t.connection_id) as id from wfm.timesheet t
        union all
        select (select min(t.connection_id) from wfm.timesheet t where t.connection_id > step.id)
        from step
        where step.id is not null
    )
    select step.id, m.month::date, (m.month + interval '1 month')::date
    from step
    left join inflow.connection n on n.id = step.id
    cross join lateral (
        select
            (select min(t.worked_on) from wfm.timesheet t where t.connection_id = step.id) as first_on,
            (select max(t.worked_on) from wfm.timesheet t where t.connection_id = step.id) as last_on
    ) span
    cross join lateral generate_series(
        date_trunc('month', span.first_on::timestamp),
        greatest(span.last_on::timestamp, now() at time zone coalesce(n.time_zone, 'UTC')), interval '1 month'
    ) m (month)
$$;
comment on function inflow.timesheet_months() is
    'The months of the time entries of each connection: first day of the month, and of the next one.';
