-- noteReadWhole
insert into inflow.coverage as c (connection_id, entity, month, verified_at, rows_held, run_id)
select $1, $2, '0001-01-01', $3, count(*), $4
from "wfm"."invoice" t
where t.connection_id = $1 and t.deleted_at is null
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_held = excluded.rows_held, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- noteParts
insert into inflow.coverage as c (
    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
select $1::bigint, $2, p.month, p.asked_at, p.sent, (
        select count(*) from "wfm"."invoice" t
        where t.connection_id = $1 and t.deleted_at is null and t."issued_on" >= p.month
            and t."issued_on" < p.month + interval '1 month'
    ), p.rejected, $3::bigint
from (
    select m.month::date as month, min(k.asked_at) as asked_at,
        sum(k.pulled - k.rejected - k.duplicates - k.outside) as sent, sum(k.rejected) as rejected,
        sum(k.outside) as outside,
        range_agg(daterange(k.span_from, k.span_until)) as days
    from unnest($4::text[]) m (month)
    join inflow.chunk k on k.connection_id = $1 and k.run_id = $3 and k.entity = $2
        and k.status = 'loaded' and k.span_from < m.month::date + interval '1 month'
        and k.span_until > m.month::date
    group by m.month
) p
where p.outside = 0 and p.days @> daterange(p.month, (p.month + interval '1 month')::date) and $5::text is not null
    and not exists (
        select from inflow.missing m
        where m.connection_id = $1 and m.entity = $2 and m.status <> 'kept' and m.dated_on >= p.month
            and m.dated_on < p.month + interval '1 month'
    )
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- findLeft
with open_now as materialized (
    select key from inflow.open_document
    where connection_id = $1 and entity = $2 and seen_at >= $3
), open_before as materialized (
    select key, seen_at from inflow.open_document
    where connection_id = $1 and entity = $2 and seen_at < $3
), swept_before as materialized (
    select swept_at from inflow.sweep where connection_id = $1 and entity = $2
), open_states as materialized (
    select distinct t."status" as state
    from open_now o
    join "wfm"."invoice" t on t.connection_id = $1 and t."uuid" = o.key
), found as (
    select t."uuid" as key, t."number"::text as asked,
        t."issued_on" as day
    from "wfm"."invoice" t
    where t.connection_id = $1 and t.deleted_at is null and t.asked_at < $3
        and t."uuid" not in (select key from open_now)
        and (t."uuid" in (select key from open_before) or (
            t.changed_at > (select coalesce(max(swept_at), '-infinity') from swept_before)
            and t."status" in (select state from open_states)
        ))
        and $4::text is not null
), marked as (
    insert into inflow.open_document (connection_id, entity, key, seen_at, run_id, left_at)
    select $1, $2, f.key, 'epoch', 0, $3 from found f
    where not exists (
            select from inflow.coverage c
            where c.connection_id = $1 and c.entity = $2 and c.verified_at >= $3
                and c.month = date_trunc('month', f.day::timestamp)::date
        )
    on conflict (connection_id, entity, key) do update set seen_at = 'epoch', left_at = $3
), done as (
    delete from inflow.open_document d
    where d.connection_id = $1 and d.entity = $2 and d.seen_at < $3
        and d.key not in (
            select f.key from found f
            where not exists (
                    select from inflow.coverage c
                    where c.connection_id = $1 and c.entity = $2 and c.verified_at >= $3
                        and c.month = date_trunc('month', f.day::timestamp)::date
                )
        )
)
select f.asked, date_trunc('month', f.day::timestamp)::date::text as month,
    (select count(*) from open_now) as listed, (select count(*) from open_before) as before
from (select) as one
left join found f on not exists (
        select from inflow.coverage c
        where c.connection_id = $1 and c.entity = $2 and c.verified_at >= $3
            and c.month = date_trunc('month', f.day::timestamp)::date
    );

-- monthsStillLeft
select distinct date_trunc('month', (t."issued_on")::timestamp)::date::text as month
from inflow.open_document o
join "wfm"."invoice" t on t.connection_id = o.connection_id and t."uuid" = o.key
where o.connection_id = $1 and o.entity = $2 and o.seen_at = 'epoch' and t.deleted_at is null
    and $3::text is not null
order by 1;

-- mentioned
select m.number
from (select "job_number" as number from "wfm"."timesheet" where connection_id = $1 and deleted_at is null union all select "job_number" as number from "wfm"."purchase_order" where connection_id = $1 and deleted_at is null union all select "job_number" as number from "wfm"."invoice_task" where connection_id = $1 union all select "job_number" as number from "wfm"."invoice_cost" where connection_id = $1) m
left join "wfm"."job" t on t.connection_id = $1 and t."number" = m.number
left join inflow.unknown_number u on u.connection_id = $1 and u.entity = $2 and u.number = m.number
    and u.asked_at > now() - interval '7 days'
where m.number <> '' and t.connection_id is null and u.is_unknown is not true
group by m.number
order by max(u.asked_at) nulls first, count(*) desc, m.number;

-- noteUnknown
insert into inflow.unknown_number (connection_id, entity, number, is_unknown, asked_at)
select $1, $2, n.number, n.number = any ($4::text[]), now()
from unnest($3::text[]) n (number)
left join "wfm"."job" t on t.connection_id = $1 and t."number" = n.number
where t.connection_id is null
on conflict (connection_id, entity, number) do update set asked_at = now(),
    is_unknown = excluded.is_unknown;

-- forgetMoved
delete from inflow.missing m
using "wfm"."invoice" t
where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved', 'held') and t.connection_id = m.connection_id and t."uuid" = m.key
    and (t.asked_at > greatest(m.asked_at, m.key_asked_at) or t.deleted_at is not null
        or (t.changed_at > m.noted_at and m.dated_on is not null and t."issued_on" is distinct from m.dated_on))
    and $3::text is not null;

-- takeUnaskableAsGone
update inflow.missing m set status = 'gone'
from "t"."thing" t
where m.connection_id = $1 and m.entity = $2 and t.connection_id = m.connection_id and t."uuid" = m.key and coalesce(null, '') = ''
    and m.run_id = $3 and (
        m.status = 'approved'
        or m.status = 'missing' and m.origin = 'list'
            and (m.asked_at at time zone $4)::date >= (m.first_asked_at at time zone $4)::date + $5::integer
            and not coalesce(
        m.first_rows_sent - m.rows_sent > $6::bigint
            and (m.first_rows_sent - m.rows_sent) * 100 > $7::bigint * m.first_rows_sent, false)
    );

-- missingToAsk
select m.key, t."number"::text as asked
from inflow.missing m
join "wfm"."invoice" t on t.connection_id = m.connection_id and t."uuid" = m.key
where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved')
    and (m.status = 'approved' or not $4 or coalesce(m.ask_after <= now(), true))
order by (m.status = 'missing') = $5, m.dated_on desc nulls last, m.key
limit $3;

-- noteGone
update inflow.missing m set
    key_asked_at = greatest(m.key_asked_at, $4::timestamptz),
    status = case when exists (
        select from "wfm"."invoice" o
        where o.connection_id = t.connection_id and o."number" = t."number" and (o."uuid" <> t."uuid")
            and o.deleted_at is null
    ) then 'held' else 'gone' end,
    reason = case when exists (
        select from "wfm"."invoice" o
        where o.connection_id = t.connection_id and o."number" = t."number" and (o."uuid" <> t."uuid")
            and o.deleted_at is null
    ) then 'another record bears its number now'
        else m.reason end
from "wfm"."invoice" t
where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved')
    and m.key = any ($3::text[]) and t.connection_id = m.connection_id and t."uuid" = m.key;

-- control
with near as materialized (
    select distinct date_trunc('month', m.dated_on::timestamp) as month
    from inflow.missing m
    where m.connection_id = $1 and m.entity = $2 and m.dated_on is not null
)
select t."number"::text as asked
from "wfm"."invoice" t
left join near n on n.month = date_trunc('month', (t."issued_on")::timestamp)
where t.connection_id = $1 and t.deleted_at is null and $4::text is not null
    and t."number"::text <> '' and t."number"::text <> all ($3::text[])
    and not exists (
        select from inflow.missing m
        where m.connection_id = $1 and m.entity = $2 and m.key = t."uuid"
    )
order by n.month is null, random()
limit 1;

-- control of a list
with near as materialized (
    select distinct date_trunc('month', m.dated_on::timestamp) as month
    from inflow.missing m
    where m.connection_id = $1 and m.entity = $2 and m.dated_on is not null
)
select t."uuid"::text as asked
from "t"."thing" t
left join near n on n.month = date_trunc('month', (null::date)::timestamp)
where t.connection_id = $1 and t.deleted_at is null and $4::text is not null
    and t."uuid"::text <> '' and t."uuid"::text <> all ($3::text[])
    and not exists (
        select from inflow.missing m
        where m.connection_id = $1 and m.entity = $2 and m.key = t."uuid"
    )
order by n.month is null, random()
limit 1;

-- noteNotKnown
update inflow.missing m set
    answer = a.why, tries = m.tries + 1, key_asked_at = greatest(m.key_asked_at, $5),
    -- Four hours early, so that a run a day is not one turn late.
    ask_after = now() + make_interval(days => least(30, power(2, least(m.tries, 5))::integer), hours => -4)
from unnest($3::text[], $4::text[]) a (key, why)
where m.connection_id = $1 and m.entity = $2 and m.key = a.key and m.status in ('missing', 'approved');

-- startOver
update inflow.missing m set first_asked_at = m.asked_at, first_rows_sent = m.rows_sent, first_run_id = m.run_id
where m.connection_id = $1 and m.entity = $2 and m.status = 'missing' and m.run_id = $3
    and coalesce(
        m.first_rows_sent - m.rows_sent > $4::bigint
            and (m.first_rows_sent - m.rows_sent) * 100 > $5::bigint * m.first_rows_sent, false);

-- noteUndated
insert into inflow.missing (
    connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at, first_asked_at, origin)
select t.connection_id, $2, t."uuid", 'missing', 'rows without a date', $3::bigint, $3::bigint,
    now(), now(), 'undated'
from "wfm"."invoice" t
where t.connection_id = $1 and t."issued_on" is null and t.deleted_at is null
    and t.asked_at < now() - make_interval(days => $5::integer) and t."number"::text <> ''
order by t.asked_at
limit $4
on conflict (connection_id, entity, key) do nothing;

-- confirmUndated
update "wfm"."invoice" t set asked_at = $4
where t.connection_id = $1 and t."uuid" = any ($3::text[]) and t."issued_on" is null
    and t.asked_at < $4 and $2::text is not null;

-- noteLeft
insert into inflow.missing (
    connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at, origin)
select t.connection_id, $2, o.key, 'missing', t."issued_on",
    'the lists of open documents', $3::bigint, $3::bigint, coalesce(o.left_at, now()), coalesce(o.left_at, now()),
    'open_list'
from inflow.open_document o
join "wfm"."invoice" t on t.connection_id = o.connection_id and t."uuid" = o.key
where o.connection_id = $1 and o.entity = $2 and o.seen_at = 'epoch' and t.deleted_at is null
    and t.asked_at <= coalesce(o.left_at, now()) and $4::text is not null
on conflict (connection_id, entity, key) do nothing;

-- noteList
insert into inflow.coverage as c (
    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
select $1::bigint, $2, '0001-01-01', k.asked_at, k.pulled - k.rejected - k.duplicates,
    (select count(*) from "t"."thing" t where t.connection_id = $1 and t.deleted_at is null), k.rejected, $3::bigint
from inflow.chunk k
where k.connection_id = $1 and k.run_id = $3 and k.entity = $2 and k.chunk = 'whole' and k.status = 'loaded'
    and k.outside = 0
    and not exists (
        select from inflow.missing m where m.connection_id = $1 and m.entity = $2 and m.status <> 'kept'
    )
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- forgetDeletedHeaderOnly
delete from inflow.header_only h
using "wfm"."invoice" t
where h.connection_id = $1 and h.entity = $2 and t.connection_id = h.connection_id
    and t."uuid" = h.key and t.deleted_at is not null;

-- headerOnly
select nullif(t."number"::text, '') as asked, date_trunc('month', h.dated_on::timestamp)::date::text as month
from inflow.header_only h
join "wfm"."invoice" t on t.connection_id = h.connection_id and t."uuid" = h.key
where h.connection_id = $1 and h.entity = $2
order by h.dated_on, h.key;

-- distinctValues
select distinct "name" as value from "t"."thing"
where connection_id = $1 and "name" is not null and deleted_at is null order by 1;
