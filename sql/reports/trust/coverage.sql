-- Question: which months of which entity have been read whole, when last, and to which day is each complete?
--
-- Grain:    one row per connection, entity and calendar month that was ever asked for; a list without dates has one row,
--           whose month_on is null.
-- Times:    verified_at is when the last answer that held the whole month was asked for, UTC.
-- Status:   'failed' (the last reading failed), 'never' (asked for, never read whole), 'partial' (read, and not complete
--           to its last day), 'fresh' (complete, verified within 31 days), 'old' (complete, verified before that). A month
--           that has no row was never asked for.
-- Complete: a month is complete to the last day whose end, in the connection's zone, and the days for late entries
--           (setting late-entry-days) had gone by when the reading was sent, and not beyond the first day of which a record
--           is missing, held, rejected, or known without its lines. The current month is never complete to its end.
-- Caveats:  a part of a month never counts as the month. rows_sent are records of the last whole answer, rows_held the rows
--           of the month in the table right after it; they differ while deletions are held, or records were rejected.

create or replace view report.coverage with (security_invoker = true) as
select
    c.connection_id,
    c.entity,
    case when isfinite(s.month) then s.month end as month_on,
    c.verified_at,
    case
        when c.failed_at > coalesce(c.verified_at, '-infinity') then 'failed'
        when c.verified_at is null then 'never'
        when not s.is_complete then 'partial'
        when c.verified_at > now() - interval '31 days' then 'fresh'
        else 'old'
    end as status,
    c.rows_sent,
    c.rows_held,
    c.rows_rejected,
    c.run_id,
    c.failed_at,
    c.error,
    s.complete_to as complete_to_on,
    case s.reason
        when 'never' then 'it was never read completely'
        when 'failed' then 'the last reading failed'
        when 'early' then 'the last reading was sent before its end and the days for late entries'
        when 'rejected' then 'a record was rejected'
        when 'missing' then 'a record is missing from the platform''s list'
        when 'held' then 'missing records wait for a person''s decision'
        when 'header' then 'a document was listed without its lines'
    end as reason,
    named.name as connection_name
from (select distinct connection_id from inflow.coverage) n
cross join lateral inflow.coverage_state(n.connection_id) s
join inflow.coverage c on c.connection_id = n.connection_id and c.entity = s.entity
    and c.month = greatest(s.month, '0001-01-01')
join inflow.connection named on named.id = c.connection_id;

comment on view report.coverage is
    'What has been read of each entity, by calendar month: when last, how much, and to which day the month is complete.';
comment on column report.coverage.connection_id is 'Connection, hence organisation.';
comment on column report.coverage.entity is 'The entity: the table''s name in schema wfm.';
comment on column report.coverage.month_on is 'First day of the calendar month; null for a list without dates.';
comment on column report.coverage.verified_at is 'When the last answer that held the whole month was asked for.';
comment on column report.coverage.status is 'failed, never, partial, fresh or old.';
comment on column report.coverage.rows_sent is 'Records of the month in that answer.';
comment on column report.coverage.rows_held is 'Rows of the month in the table after it, marked ones not counted.';
comment on column report.coverage.rows_rejected is 'Records of that answer that were not loaded.';
comment on column report.coverage.run_id is 'The run that read it.';
comment on column report.coverage.failed_at is 'When it was last asked for in vain.';
comment on column report.coverage.error is 'Why that failed.';
comment on column report.coverage.complete_to_on is
    'The last day of the month to which it is complete; null where it is not complete to any day of it.';
comment on column report.coverage.reason is 'Why it is not complete to its end; null where it is.';
comment on column report.coverage.connection_name is 'Name of the connection.';

-- True where there is such an entity and, for the one who asks, such a connection; raises otherwise: a misspelt name must not
-- look like data that is not complete. An entity's own table is one with a content_hash.
create or replace function inflow.check_known(connection bigint, of_entity text)
returns boolean
language plpgsql
stable
security invoker
as $$
begin
    if not exists (select from inflow.connection c where c.id = connection) then
        raise exception 'There is no connection number % that you may read.', connection
            using errcode = 'invalid_parameter_value', hint = 'select id, name from inflow.connection lists them.';
    end if;
    if not exists (
        select from pg_attribute a
        where a.attrelid = to_regclass(format('wfm.%I', coalesce(of_entity, ''))) and a.attname = 'content_hash'
    ) then
        raise exception 'There is no entity "%".', coalesce(of_entity, 'null')
            using errcode = 'invalid_parameter_value', hint = 'Each is a table of schema wfm that has a column content_hash.';
    end if;
    return true;
end
$$;
comment on function inflow.check_known(bigint, text) is
    'True where there are such a connection and such an entity; raises otherwise.';

-- The number of a connection; raises where there is none of the name for the one who asks.
create or replace function inflow.connection_number(name text)
returns bigint
language plpgsql
stable
security invoker
as $$
declare
    number bigint;
begin
    select c.id into number from inflow.connection c where c.name = connection_number.name;
    if number is null then
        raise exception 'There is no connection "%" that you may read.', name
            using errcode = 'invalid_parameter_value', hint = 'select id, name from inflow.connection lists them.';
    end if;
    return number;
end
$$;
comment on function inflow.connection_number(text) is
    'The number of a connection by its name; raises where there is none.';

-- Whether an entity is complete for a span of dates, both included, by readings since a time: for use inside reports. True
-- only if every day of the span was read after its end and the days for late entries, the last reading of no month failed or
-- rejected a record, and no record of the span is missing, held, rejected or without its lines. For a list without dates the
-- span does not matter. Values that cost one call for each record (job costs, payments, custom fields) are complete where the
-- records they belong to are, for that span, and no record at all waits for its call; a kind that the setting values does not
-- name never is. An unknown connection or entity is an error.
create or replace function report.is_complete(
    connection bigint, entity text, "from" date, "to" date, verified_since timestamptz default '-infinity')
returns boolean
language sql
stable
security invoker
as $$
    with recursive chain (entity) as (
        select $2
        union
        select v.parent from chain c join inflow.value_state v on v.connection_id = $1 and v.entity = c.entity
    ), list as (
        -- What the values hang on in the end; the entity itself where it is a list.
        select c.entity from chain c
        where not exists (select from inflow.value_state v where v.connection_id = $1 and v.entity = c.entity)
    ), state as materialized (
        select s.* from list l cross join lateral inflow.coverage_state($1, l.entity) s
    )
    select case when not inflow.check_known($1, $2) then false else not exists (
        select from chain c
        where c.entity not in (select l.entity from list l) and not inflow.values_complete($1, c.entity, $5)
    ) and case
        when exists (select from state where isfinite(month)) and not (isfinite($3) and isfinite($4)) then false
        when exists (select from state where isfinite(month)) then $3 <= $4
            and not exists (
                select from generate_series(date_trunc('month', $3::timestamp), $4::timestamp, interval '1 month') m (month)
                left join state s on s.month = m.month::date
                where not coalesce(s.verified_at >= $5 and s.read_to >= least(s.last_day, $4), false)
            )
            and not exists (
                select from list l cross join lateral inflow.gaps($1, l.entity) g
                where g.first_day <= $4 and g.last_day >= $3
            )
        else exists (select from state where is_complete and verified_at >= $5)
    end end
$$;
comment on function report.is_complete(bigint, text, date, date, timestamptz) is
    'Whether an entity is complete for a span of dates (both included), by readings since a time.';

-- The same by the connection's name.
create or replace function report.is_complete(
    connection text, entity text, "from" date, "to" date, verified_since timestamptz default '-infinity')
returns boolean
language sql
stable
security invoker
as $$
    select report.is_complete(inflow.connection_number($1), $2, $3, $4, $5)
$$;
comment on function report.is_complete(text, text, date, date, timestamptz) is
    'Whether an entity is complete for a span of dates, by the connection''s name.';

-- The days from and to which an entity is complete without a gap, from a day on; from the first month that was read where no
-- day is given. A month that was read before its end, and after which none was read, begins no span where later months were
-- read: it says nothing of them, and nobody reads it again. last_day is null where it is complete to no day, and both are for a
-- list without dates.
create or replace function inflow.complete_span(connection bigint, entity text, "from" date default null)
returns table (first_day date, last_day date)
language sql
stable
security invoker
as $$
    with state as materialized (
        select s.*, lead(s.month) over (partition by s.verified_at is null order by s.month) as next_month,
            max(s.month) filter (where s.read_to is not null) over () as last_read_month
        from inflow.coverage_state($1, $2) s
        where isfinite(s.month)
    ), span as (
        select max(month) as last_month, coalesce($3, min(month) filter (where verified_at is not null and not (
            (coalesce(read_to < last_day, false) or reason is not distinct from 'early')
            and next_month is distinct from (month + interval '1 month')::date
            and coalesce(month < last_read_month, false)))) as first_day
        from state
    ), broken as (
        select coalesce(s.read_to, m.month::date - 1) as day
        from span
        cross join generate_series(
            date_trunc('month', span.first_day::timestamp), span.last_month::timestamp, interval '1 month') m (month)
        left join state s on s.month = m.month::date
        where s.read_to is distinct from s.last_day or s.month is null
        order by m.month
        limit 1
    ), reached as (
        select span.first_day, least(
            coalesce((select day from broken), (span.last_month + interval '1 month')::date - 1),
            (select min(g.first_day) - 1 from inflow.gaps($1, $2) g where g.last_day >= span.first_day)) as day
        from span
    )
    select r.first_day, case when r.day >= r.first_day then r.day end
    from reached r
$$;
comment on function inflow.complete_span(bigint, text, date) is
    'The days from and to which an entity is complete without a gap, from a day on or from the first month that was read.';

-- The last day of that span. For a list without dates: the day that its last reading can say something of.
create or replace function report.complete_to(connection bigint, entity text, "from" date default null)
returns date
language sql
stable
security invoker
as $$
    select case
        when not inflow.check_known($1, $2) then null
        when exists (select from inflow.coverage_state($1, $2) s where isfinite(s.month)) then
            (select s.last_day from inflow.complete_span($1, $2, $3) s)
        else (select s.read_to from inflow.coverage_state($1, $2) s where s.is_complete)
    end
$$;
comment on function report.complete_to(bigint, text, date) is
    'The last day to which an entity is complete without a gap, from a day on or from the first month that was read.';

-- The same by the connection's name.
create or replace function report.complete_to(connection text, entity text, "from" date default null)
returns date
language sql
stable
security invoker
as $$
    select report.complete_to(inflow.connection_number($1), $2, $3)
$$;
comment on function report.complete_to(text, text, date) is
    'The last day to which an entity is complete without a gap, by the connection''s name.';
