-- What a reader's catalogue lists can be read, by every driver.
--
-- A reader sees the row of its connection with all its columns, so that "select *" is answered; hence the client, which no
-- reader may see, moves to a table of its own. And no table that a reader sees holds infinite dates or times any more:
-- drivers that know no such value fail on the whole answer.

create table inflow.connection_secret (
    connection_id bigint primary key references inflow.connection (id) on delete cascade,
    client_id text not null,
    client_secret bytea not null
);
comment on table inflow.connection_secret is 'The registered application of each connection; no reader sees a row of it.';
comment on column inflow.connection_secret.connection_id is 'The connection; the encryption of the secret is bound to it.';
comment on column inflow.connection_secret.client_id is 'OAuth client id of the registered application.';
comment on column inflow.connection_secret.client_secret is 'OAuth client secret, encrypted.';
insert into inflow.connection_secret (connection_id, client_id, client_secret)
select id, client_id, client_secret from inflow.connection;
alter table inflow.connection drop column client_id, drop column client_secret;
comment on table inflow.connection is 'One organisation at the platform, with its settings.';

update inflow.coverage set month = '0001-01-01' where month = '-infinity';
alter table inflow.coverage add constraint coverage_month_finite check (isfinite(month));
comment on column inflow.coverage.month is
    'First day of the calendar month; 0001-01-01 for a list without dates, read whole.';

update inflow.open_document set seen_at = 'epoch' where seen_at = '-infinity';
alter table inflow.open_document add constraint open_document_seen_at_finite check (isfinite(seen_at));
comment on column inflow.open_document.seen_at is
    'When the sweep that listed it was asked for; 1970-01-01 (UTC) where it has left the lists and is still to be read.';

alter table inflow.sweep alter column swept_at set default 'epoch';
update inflow.sweep set swept_at = 'epoch' where swept_at = '-infinity';
alter table inflow.sweep add constraint sweep_swept_at_finite check (isfinite(swept_at));
comment on column inflow.sweep.swept_at is
    'When the first of the lists was asked for, the last time that all were read and compared with the table; 1970-01-01 '
    '(UTC) before that.';

create or replace view setting.staff_rate_period with (security_invoker = true) as
select
    connection_id, staff_uuid, cost_rate, charge_rate, valid_from,
    lead(valid_from, 1, '9999-12-31') over (partition by connection_id, staff_uuid order by valid_from) as valid_until
from setting.staff_rate;
comment on column setting.staff_rate_period.valid_until is
    'The day after the last one; 9999-12-31 for the last row of a person.';

create or replace view setting.staff_capacity_period with (security_invoker = true) as
select
    connection_id, staff_uuid, target_share, valid_from,
    array[
        monday_hours, tuesday_hours, wednesday_hours, thursday_hours, friday_hours, saturday_hours, sunday_hours
    ] as weekday_hours,
    lead(valid_from, 1, '9999-12-31') over (partition by connection_id, staff_uuid order by valid_from) as valid_until
from setting.staff_capacity;
comment on column setting.staff_capacity_period.valid_until is
    'The day after the last one; 9999-12-31 for the last row of a person.';

-- Days of which a record is known to be wrong or lacking.
--
-- One row for each such record, or for each month of the span that a record without a readable date came in. A record whose
-- day nobody knows counts for every day: it may belong to any. A rejected record counts until its month is read again and no
-- longer holds it.
create or replace function inflow.gaps(connection bigint, of_entity text default null)
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
        and c.month = greatest(date_trunc('month', d.first_day::timestamp)::date, '0001-01-01')
    where r.connection_id = $1 and ($2 is null or r.entity = $2) and r.status <> 'closed'
        and not coalesce(c.verified_at > r.asked_at, false)
$$;
-- What the readings of an entity say, month by month, and what they do not; all entities without one named.
--
-- read_to:       the last day of the month that the last whole reading can say something of: the reading was sent after the
--                end of that day in the connection's zone and late_entry_days more. Null where there is none: never read
--                whole, a later reading failed, records of the answer were rejected, or it was sent too early.
-- complete_to:   the same, but not beyond the first day of which a record is known to be wrong or lacking.
-- needs_reading: another reading now could say more, or something different.
-- reason:        why it is not complete: never, failed, early, rejected, missing, held or header; null where it is.
--
-- A list without dates has the month -infinity here (0001-01-01 in inflow.coverage). Its read_to is the day that its last
-- reading can say something of.
create or replace function inflow.coverage_state(connection bigint, of_entity text default null)
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
        select c.entity, c.verified_at, rule.today, c.month > '0001-01-01' as is_month,
            case when c.month > '0001-01-01' then c.month else '-infinity' end as month,
            case when c.month > '0001-01-01' then (c.month + interval '1 month')::date - 1 else 'infinity' end as last_day,
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
