-- What complete means: one rule, for reports, for the rotation of months, for backfills and for the coverage map.
--
-- A reading says something of a day only where it was sent after the day had ended, and after the time that people take to
-- enter what belongs to it. And a day of which a record is known to be wrong or lacking is not complete, whoever read it.

alter table inflow.connection add column late_entry_days integer not null default 1;
comment on column inflow.connection.late_entry_days is
    'Days after the end of a day within which people may still enter records of it: a reading sent earlier does not complete it.';

-- Where a record that was not loaded belongs.
alter table inflow.rejection
    add column dated_on date,
    add column span_from date,
    add column span_until date;
comment on column inflow.rejection.dated_on is
    'The record''s date, by which the platform lists it; null where it could not be read, or the entity has no dates.';
comment on column inflow.rejection.span_from is 'First day of the span it came in; null where it came in no span.';
comment on column inflow.rejection.span_until is 'The day after the last of that span.';
update inflow.rejection
set span_from = left(chunk, 10)::date, span_until = right(chunk, 10)::date + 1
where chunk ~ '^\d{4}-\d\d-\d\d( to \d{4}-\d\d-\d\d)?$';

-- Documents whose header is newer than their lines.
create table inflow.header_only (
    connection_id bigint not null,
    entity text not null,
    key text collate "C" not null,
    dated_on date,
    asked_at timestamptz not null,
    run_id bigint not null,
    primary key (connection_id, entity, key)
);
comment on table inflow.header_only is
    'Records that an answer without lines inserted or changed, until they are read in full.';
comment on column inflow.header_only.connection_id is 'The connection.';
comment on column inflow.header_only.entity is 'The entity.';
comment on column inflow.header_only.key is 'The record''s key.';
comment on column inflow.header_only.dated_on is 'The record''s date in that answer.';
comment on column inflow.header_only.asked_at is 'When that answer was asked for; only a later one completes the record.';
comment on column inflow.header_only.run_id is 'The run that wrote the header.';
do $$
begin
    -- The tests of the merge have a warehouse without the platform's tables.
    if to_regclass('wfm.invoice') is not null then
        insert into inflow.header_only (connection_id, entity, key, dated_on, asked_at, run_id)
        select connection_id, 'invoice', uuid, issued_on, asked_at, changed_run_id
        from wfm.invoice
        where children_hash is null and deleted_at is null;
    end if;
end
$$;

-- Days of which a record is known to be wrong or lacking.
--
-- One row for each such record, or for each month of the span that a record without a readable date came in. A record whose
-- day nobody knows counts for every day: it may belong to any. A rejected record counts until its month is read again and no
-- longer holds it.
create function inflow.gaps(connection bigint, of_entity text default null)
returns table (entity text, first_day date, last_day date, reason text)
language sql
stable
security invoker
as $$
    select m.entity, coalesce(m.dated_on, '-infinity'), coalesce(m.dated_on, 'infinity'),
        case when m.status = 'held' then 'held' else 'missing' end
    from inflow.missing m
    where m.connection_id = $1 and ($2 is null or m.entity = $2) and m.status <> 'kept'
    union all
    select h.entity, coalesce(h.dated_on, '-infinity'), coalesce(h.dated_on, 'infinity'), 'header'
    from inflow.header_only h
    where h.connection_id = $1 and ($2 is null or h.entity = $2)
    union all
    select r.entity, d.first_day, d.last_day, 'rejected'
    from inflow.rejection r
    cross join lateral (
        select r.dated_on as first_day, r.dated_on as last_day
        where r.dated_on is not null
        union all
        select greatest(r.span_from, m.month::date), least(r.span_until, (m.month + interval '1 month')::date) - 1
        from generate_series(
            date_trunc('month', r.span_from::timestamp), r.span_until::timestamp - interval '1 day', interval '1 month'
        ) m (month)
        where r.dated_on is null
        union all
        select '-infinity', 'infinity'
        where r.dated_on is null and r.span_from is null
    ) d
    left join inflow.coverage c on c.connection_id = r.connection_id and c.entity = r.entity
        and c.month = date_trunc('month', d.first_day::timestamp)::date
    where r.connection_id = $1 and ($2 is null or r.entity = $2) and r.status <> 'closed'
        and not coalesce(c.verified_at > r.asked_at, false)
$$;
comment on function inflow.gaps(bigint, text) is
    'Days, both included, of which a record is known to be missing, held, rejected or without its lines: one row a record.';

-- What the readings of an entity say, month by month, and what they do not; all entities without one named.
--
-- read_to:       the last day of the month that the last whole reading can say something of: the reading was sent after the
--                end of that day in the connection's zone and late_entry_days more. Null where there is none: never read
--                whole, a later reading failed, records of the answer were rejected, or it was sent too early.
-- complete_to:   the same, but not beyond the first day of which a record is known to be wrong or lacking.
-- needs_reading: another reading now could say more, or something different.
-- reason:        why it is not complete: never, failed, early, rejected, missing, held or header; null where it is.
--
-- A list without dates has the month -infinity. Its read_to is the day that its last reading can say something of.
create function inflow.coverage_state(connection bigint, of_entity text default null)
returns table (
    entity text, month date, last_day date, verified_at timestamptz, read_to date, complete_to date, is_complete boolean,
    needs_reading boolean, reason text)
language sql
stable
security invoker
as $$
    with rule as materialized (
        select n.time_zone as zone, n.late_entry_days as late,
            (now() at time zone n.time_zone)::date - 1 - n.late_entry_days as today
        from inflow.connection n
        where n.id = $1
    ), gap as materialized (
        select * from inflow.gaps($1, $2)
    ), reading as (
        select c.entity, c.month, c.verified_at, isfinite(c.month) as is_month, rule.today,
            case when isfinite(c.month) then (c.month + interval '1 month')::date - 1 else 'infinity' end as last_day,
            (c.verified_at at time zone rule.zone)::date - 1 - rule.late as said,
            case
                when c.verified_at is null and c.failed_at is null then 'never'
                when c.failed_at > coalesce(c.verified_at, '-infinity') then 'failed'
                when c.rows_rejected > 0 then 'rejected'
            end as fault
        from inflow.coverage c
        cross join rule
        where c.connection_id = $1 and ($2 is null or c.entity = $2)
    ), judged as (
        select r.*,
            case when r.fault is null and r.said >= r.month then least(r.last_day, r.said) end as read_to,
            r.fault is not null or r.is_month and coalesce(
                greatest(r.said, r.month - 1) < least(r.last_day, r.today), true) as is_early
        from reading r
    )
    select j.entity, j.month, j.last_day, j.verified_at, j.read_to,
        case
            when g.first_day is null then j.read_to
            when j.read_to is not null and g.first_day > j.month then least(j.read_to, g.first_day - 1)
        end,
        j.read_to is not null and (j.read_to = j.last_day or not j.is_month) and g.reason is null,
        j.is_early or coalesce(g.is_dated, false),
        coalesce(j.fault, g.reason, case when j.is_month and j.read_to is distinct from j.last_day then 'early' end)
    from judged j
    left join lateral (
        select min(gap.first_day) as first_day, (array_agg(gap.reason order by gap.first_day, gap.reason))[1] as reason,
            bool_or(isfinite(gap.first_day)) as is_dated
        from gap
        where gap.entity = j.entity and (not j.is_month or gap.first_day <= j.last_day and gap.last_day >= j.month)
        having count(*) > 0
    ) g on true
$$;
comment on function inflow.coverage_state(bigint, text) is
    'What was read of each month of an entity, to which day it is complete, and why not to its end.';

-- To which moment history is known, and what asks for an earlier one is refused.
create table inflow.history_pruned (
    connection_id bigint not null,
    entity text not null,
    pruned_until timestamptz not null,
    primary key (connection_id, entity)
);
comment on table inflow.history_pruned is
    'Up to which moment superseded versions were deleted, as the setting history-days asks for.';
comment on column inflow.history_pruned.connection_id is 'The connection.';
comment on column inflow.history_pruned.entity is 'The entity.';
comment on column inflow.history_pruned.pruned_until is
    'The latest valid_until of a deleted version: what was valid before that moment may be gone, nothing valid at it is.';
-- What was deleted before this table existed: at most what the setting allows by now.
insert into inflow.history_pruned (connection_id, entity, pruned_until)
select c.id, known.entity, now() - make_interval(days => (c.settings ->> 'history-days')::integer)
from inflow.connection c
cross join (values
    ('job'), ('quote'), ('purchase_order'), ('invoice'), ('timesheet'), ('lead'), ('client')
) known (entity)
where (c.settings ->> 'history-days')::integer > 0;

-- wfm.<entity>_as_of(moment), all made from one text: a moment whose history has been deleted raises.
do $$
declare
    entity record;
begin
    for entity in
        select name, key
        from (values
            ('job', 'uuid'), ('quote', 'uuid'), ('purchase_order', 'number'), ('invoice', 'uuid'),
            ('timesheet', 'uuid'), ('lead', 'uuid'), ('client', 'uuid')
        ) known (name, key)
        -- The tests of the merge have a warehouse without the platform's tables.
        where to_regclass('wfm.' || name) is not null
    loop
        execute format(
            $make$
            create or replace function wfm.%1$I(moment timestamptz) returns setof wfm.%2$I
            language plpgsql
            stable
            security invoker
            as $body$
            declare
                first_load timestamptz;
                pruned timestamptz;
            begin
                select max(p.pruned_until) into pruned
                from inflow.history_pruned p
                where p.entity = %2$L and p.pruned_until > moment;
                if pruned is not null then
                    raise exception using
                        errcode = 'invalid_parameter_value',
                        message = format(
                            'Inflow cannot say how wfm.%2$s was at %%s: versions of that time were deleted, as the setting '
                            'history-days of a connection asks for.', moment),
                        hint = format('It can say so from %%s on.', pruned);
                end if;
                return query
                select present.*
                from wfm.%2$I present
                where present.changed_at <= moment
                union all
                select version.*
                from (
                    select distinct on (h.connection_id, h.key)
                        h.connection_id, h.record
                    from inflow.history h
                    where h.entity = %2$L and h.valid_from <= moment and h.valid_until > moment
                        and not exists (
                            select
                            from wfm.%2$I present
                            where present.connection_id = h.connection_id and present.%3$I = h.key
                                and present.changed_at <= moment
                        )
                    order by h.connection_id, h.key, h.valid_from desc, h.id desc
                ) held
                cross join lateral jsonb_populate_record(
                    null::wfm.%2$I, held.record || jsonb_build_object('connection_id', held.connection_id)) version;
                if found then
                    return;
                end if;
                -- Nothing was there: either there was nothing, or nobody had looked.
                select min(ended_at) into first_load
                from inflow.chunk
                where entity = %2$L and status = 'loaded';
                if first_load <= moment then
                    return;
                end if;
                raise exception using
                    errcode = 'invalid_parameter_value',
                    message = format('Inflow cannot say how wfm.%2$s was at %%s: it had loaded nothing of it.', moment),
                    hint = case
                        when first_load is null then 'Nothing of it has been loaded yet.'
                        else format('The first load of it ended at %%s.', first_load)
                    end;
            end
            $body$
            $make$,
            entity.name || '_as_of', entity.name, entity.key);
        execute format(
            'comment on function wfm.%I(timestamptz) is %L',
            entity.name || '_as_of',
            format(
                'wfm.%1$s as Inflow knew it at a moment, of all connections the caller may see, in today''s columns. A '
                'record is known so from the beginning of the transaction that merged it (changed_at) until the one that '
                'changed it. Records first seen later are absent; records marked deleted by then are there, with the '
                'deleted_at of then. What history does not keep is null: the two hashes, and columns added since. A value '
                'filled in because Inflow learned to read its column later counts as having always been there. Where no '
                'connection had loaded anything of it by then, or versions of that time were deleted (history-days), the '
                'function raises invalid_parameter_value instead of returning a short table; a connection that was loaded '
                'later than others has no rows.',
                entity.name));
    end loop;
end
$$;

-- A run is as fresh as the oldest answer it was made from. One that continues another one, which the day's quota had stopped,
-- is made from that one's answers, too.
alter table inflow.run add column answers_from timestamptz;
comment on column inflow.run.answers_from is
    'When the oldest answer was asked for that the run took over from the run it continues; null where it continues none.';
