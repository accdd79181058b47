-- noteMissing in a list
with present as materialized (
    select t."uuid", t."uuid" as key_text,
        null::date as dated_on
    from "t"."thing" t
    where t.connection_id = $1 and t.deleted_at is null and t.asked_at <= $5
), absent as materialized (
    select p.key_text, p.dated_on, m.status, false as is_listed
    from present p
    left join "pg_temp"."stage_thing" s on s."uuid" = p."uuid"
    left join pg_temp.stage_rejection r on r.key = p.key_text
    left join inflow.missing m on m.connection_id = $1 and m.entity = $2 and m.key = p.key_text
    where s.record_ordinal is null and r.key is null
), judged as materialized (
    select count(*) as present, (
            select count(*) from absent
            where not is_listed and (status is null or status not in ('kept', 'approved'))
        ) as going
    from present
), braked as materialized (
    select case
        when present > 0 and $8::bigint = 0 and going > 0
        then 'the answer held nothing, where ' || present || ' rows were expected'
        when going > $6::bigint and going * 100 > $7::bigint * present
        then going || ' of ' || present || ' rows were absent from the answer'
        end as reason
    from judged
), noted as (
    insert into inflow.missing as m (
        connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at,
        rows_sent, first_rows_sent, reason, origin)
    select distinct on (a.key_text) $1::bigint, $2, a.key_text,
        case when b.reason is null or a.is_listed then 'missing' else 'held' end, a.dated_on, $3, $4, $4, $5,
        $5, $8, $8, case when not a.is_listed then b.reason end,
        case when a.is_listed then 'open_list' else 'list' end
    from absent a, braked b
    on conflict (connection_id, entity, key) do update set
        status = case when m.status in ('kept', 'approved', 'held') then m.status else excluded.status end,
        dated_on = excluded.dated_on, chunk = excluded.chunk, run_id = excluded.run_id,
        asked_at = excluded.asked_at, rows_sent = excluded.rows_sent, origin = excluded.origin,
        reason = case when m.status = 'held' then m.reason else excluded.reason end
    where m.asked_at <= excluded.asked_at
    returning m.status
)
select count(*) filter (where status = 'missing') as missing,
    count(*) filter (where status = 'held') as held
from noted;

-- noteMissing in a span
with present as materialized (
    select t."uuid", t."uuid" as key_text,
        t."on_day" as dated_on
    from "t"."thing" t
    where t.connection_id = $1 and t."on_day" >= $9::date and t."on_day" < $10::date and t.deleted_at is null and t.asked_at <= $5
), absent as materialized (
    select p.key_text, p.dated_on, m.status, false as is_listed
    from present p
    left join "pg_temp"."stage_thing" s on s."uuid" = p."uuid"
    left join pg_temp.stage_rejection r on r.key = p.key_text
    left join inflow.missing m on m.connection_id = $1 and m.entity = $2 and m.key = p.key_text
    where s.record_ordinal is null and r.key is null
), judged as materialized (
    select count(*) as present, (
            select count(*) from absent
            where not is_listed and (status is null or status not in ('kept', 'approved'))
        ) as going
    from present
), braked as materialized (
    select case
        when present > 0 and $8::bigint = 0 and going > 0
        then 'the answer held nothing, where ' || present || ' rows were expected'
        when going > $6::bigint and going * 100 > $7::bigint * present
        then going || ' of ' || present || ' rows were absent from the answer'
        end as reason
    from judged
), noted as (
    insert into inflow.missing as m (
        connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at,
        rows_sent, first_rows_sent, reason, origin)
    select distinct on (a.key_text) $1::bigint, $2, a.key_text,
        case when b.reason is null or a.is_listed then 'missing' else 'held' end, a.dated_on, $3, $4, $4, $5,
        $5, $8, $8, case when not a.is_listed then b.reason end,
        case when a.is_listed then 'open_list' else 'list' end
    from absent a, braked b
    on conflict (connection_id, entity, key) do update set
        status = case when m.status in ('kept', 'approved', 'held') then m.status else excluded.status end,
        dated_on = excluded.dated_on, chunk = excluded.chunk, run_id = excluded.run_id,
        asked_at = excluded.asked_at, rows_sent = excluded.rows_sent, origin = excluded.origin,
        reason = case when m.status = 'held' then m.reason else excluded.reason end
    where m.asked_at <= excluded.asked_at
    returning m.status
)
select count(*) filter (where status = 'missing') as missing,
    count(*) filter (where status = 'held') as held
from noted;

-- noteMissing of what has open lists
with present as materialized (
    select t."uuid", t."uuid" as key_text,
        t."issued_on" as dated_on
    from "wfm"."invoice" t
    where t.connection_id = $1 and t."issued_on" >= $9::date and t."issued_on" < $10::date and t.deleted_at is null and t.asked_at <= $5
        and t."uuid" not in (
            select o.key from inflow.open_document o
            where o.connection_id = $1 and o.entity = $2 and o.run_id = $4 and o.seen_at <= $5
                and o.seen_at <> 'epoch'
        )
), absent as materialized (
    select p.key_text, p.dated_on, m.status, p.key_text in (
            select o.key
            from inflow.open_document o
            join inflow.sweep w on w.connection_id = $1 and w.entity = $2 and w.run_id = o.run_id
            where o.connection_id = $1 and o.entity = $2 and o.seen_at <> 'epoch' and o.run_id <> $4
        ) as is_listed
    from present p
    left join "pg_temp"."stage_invoice" s on s."uuid" = p."uuid"
    left join pg_temp.stage_rejection r on r.key = p.key_text
    left join inflow.missing m on m.connection_id = $1 and m.entity = $2 and m.key = p.key_text
    where s.record_ordinal is null and r.key is null
), judged as materialized (
    select count(*) as present, (
            select count(*) from absent
            where not is_listed and (status is null or status not in ('kept', 'approved'))
        ) as going
    from present
), braked as materialized (
    select case
        when present > 0 and $8::bigint = 0 and going > 0
        then 'the answer held nothing, where ' || present || ' rows were expected'
        when going > $6::bigint and going * 100 > $7::bigint * present
        then going || ' of ' || present || ' rows were absent from the answer'
        end as reason
    from judged
), noted as (
    insert into inflow.missing as m (
        connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at,
        rows_sent, first_rows_sent, reason, origin)
    select distinct on (a.key_text) $1::bigint, $2, a.key_text,
        case when b.reason is null or a.is_listed then 'missing' else 'held' end, a.dated_on, $3, $4, $4, $5,
        $5, $8, $8, case when not a.is_listed then b.reason end,
        case when a.is_listed then 'open_list' else 'list' end
    from absent a, braked b
    on conflict (connection_id, entity, key) do update set
        status = case when m.status in ('kept', 'approved', 'held') then m.status else excluded.status end,
        dated_on = excluded.dated_on, chunk = excluded.chunk, run_id = excluded.run_id,
        asked_at = excluded.asked_at, rows_sent = excluded.rows_sent, origin = excluded.origin,
        reason = case when m.status = 'held' then m.reason else excluded.reason end
    where m.asked_at <= excluded.asked_at
    returning m.status
)
select count(*) filter (where status = 'missing') as missing,
    count(*) filter (where status = 'held') as held
from noted;

-- forgetMissing
delete from inflow.missing m
using (
    select s."uuid" as key_text from "pg_temp"."stage_thing" s
    union select r.key from pg_temp.stage_rejection r
) s
where m.connection_id = $1 and m.entity = $2 and m.key = s.key_text
    and greatest(m.asked_at, m.key_asked_at) <= $3;

-- noteOpen
with swept as (
    insert into inflow.sweep (connection_id, entity, run_id) values ($1::bigint, $2, $4::bigint)
    on conflict (connection_id, entity) do update set run_id = excluded.run_id
)
insert into inflow.open_document as o (connection_id, entity, key, seen_at, run_id)
select $1::bigint, $2, s.key_text, $3::timestamptz, $4::bigint
from (
    select s."uuid" as key_text from "pg_temp"."stage_thing" s
    union select r.key from pg_temp.stage_rejection r where r.key <> ''
) s
on conflict (connection_id, entity, key) do update set
    seen_at = greatest(o.seen_at, excluded.seen_at), run_id = excluded.run_id;

-- forgetLeft
delete from inflow.open_document o
using (
    select s."uuid" as key_text from "pg_temp"."stage_thing" s
    union select r.key from pg_temp.stage_rejection r
) s
where o.connection_id = $1 and o.entity = $2 and o.key = s.key_text and o.seen_at = 'epoch'
    and coalesce(o.left_at <= $3, true);

-- noteCoverage of a list
insert into inflow.coverage as c (
    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
select $1::bigint, $2, '0001-01-01'::date, $4::timestamptz, (select count(*) from "pg_temp"."stage_thing"),
    (select count(*) from "t"."thing" t where t.connection_id = $1 and t.deleted_at is null),
    $5::bigint, $3::bigint
where $6::text[] is not null
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- noteCoverage of a list that is the same
insert into inflow.coverage as c (
    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
select $1::bigint, $2, '0001-01-01'::date, $4::timestamptz, (select count(*) from "pg_temp"."stage_thing"),
    (select count(*) from "pg_temp"."stage_thing"),
    $5::bigint, $3::bigint
where $6::text[] is not null
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- noteCoverage of a span
with sent as (
    select date_trunc('month', s."on_day"::timestamp)::date as month, count(*) as rows
    from "pg_temp"."stage_thing" s
    group by 1
), held as (
    select date_trunc('month', t."on_day"::timestamp)::date as month, count(*) as rows
    from "t"."thing" t
    where t.connection_id = $1 and t."on_day" >= $7::date and t."on_day" < $8::date and t.deleted_at is null
    group by 1
)
insert into inflow.coverage as c (
    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
select $1::bigint, $2, m.month::date, $4::timestamptz, coalesce(s.rows, 0), coalesce(h.rows, 0), $5::bigint,
    $3::bigint
from unnest($6::text[]) m (month)
left join held h on h.month = m.month::date
left join sent s on s.month = m.month::date
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- noteCoverage of a span that is the same
with sent as (
    select date_trunc('month', s."on_day"::timestamp)::date as month, count(*) as rows
    from "pg_temp"."stage_thing" s
    group by 1
), held as (
    select * from sent
)
insert into inflow.coverage as c (
    connection_id, entity, month, verified_at, rows_sent, rows_held, rows_rejected, run_id)
select $1::bigint, $2, m.month::date, $4::timestamptz, coalesce(s.rows, 0), coalesce(h.rows, 0), $5::bigint,
    $3::bigint
from unnest($6::text[]) m (month)
left join held h on h.month = m.month::date
left join sent s on s.month = m.month::date
on conflict (connection_id, entity, month) do update set
    verified_at = excluded.verified_at, rows_sent = excluded.rows_sent, rows_held = excluded.rows_held,
    rows_rejected = excluded.rows_rejected, run_id = excluded.run_id
where c.verified_at is null or c.verified_at <= excluded.verified_at;

-- noteFailedCoverage
insert into inflow.coverage as c (connection_id, entity, month, failed_at, failed_run_id, error)
select $1::bigint, $2, m.month::date, clock_timestamp(), $3::bigint, $4
from unnest($5::text[]) m (month)
on conflict (connection_id, entity, month) do update set
    failed_at = excluded.failed_at, failed_run_id = excluded.failed_run_id, error = excluded.error;

-- keepHistoryOfGone
insert into inflow.history (
    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
select t.connection_id, $2, m.key, t.changed_at, now(), $3, 'marked_deleted',
    to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[],
    jsonb_build_object('line', (
        select coalesce(jsonb_agg(to_jsonb(l) - 'connection_id' order by l.position), '[]')
        from "t"."line" l
        where l.connection_id = t.connection_id and l."thing_uuid" = t."uuid"
    ),
        'tag', (
        select coalesce(jsonb_agg(to_jsonb(l) - 'connection_id' order by l.position), '[]')
        from "t"."tag" l
        where l.connection_id = t.connection_id and l."thing_uuid" = t."uuid"
    ))
from inflow.missing m
    join "t"."thing" t on t.connection_id = m.connection_id
        and t."uuid" = m.key
    where m.connection_id = $1 and m.entity = $2 and m.status = 'gone' and m.is_approved = $4
        and t.deleted_at is null
        and t.asked_at <= greatest(m.asked_at, m.key_asked_at);

-- markGone
update "t"."thing" u set deleted_at = now(), changed_run_id = $3, changed_at = now(),
    asked_at = greatest(m.asked_at, m.key_asked_at)
from inflow.missing m
    join "t"."thing" t on t.connection_id = m.connection_id
        and t."uuid" = m.key
    where m.connection_id = $1 and m.entity = $2 and m.status = 'gone' and m.is_approved = $4
        and t.deleted_at is null
        and t.asked_at <= greatest(m.asked_at, m.key_asked_at) and u.connection_id = t.connection_id and u."uuid" = t."uuid";

-- noteAbsent
insert into inflow.missing as m (
    connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at)
select $1::bigint, $2, concat_ws('/', t."job_number", t."uuid"), 'missing', $6, $3::bigint, $3::bigint, $4::timestamptz
from "wfm"."job_cost" t
left join "pg_temp"."stage_job_cost" s on s."job_number" = t."job_number" and s."uuid" = t."uuid"
where t.connection_id = $1 and t."job_number" = any ($5::text[]) and t.deleted_at is null
    and t.asked_at <= $4 and s.record_ordinal is null
    and not exists (
        select from pg_temp.stage_rejection r
        where not r.is_value and starts_with(r.key, t."job_number" || '/')
    )
on conflict (connection_id, entity, key) do update set
    status = case when m.status = 'gone' then excluded.status else m.status end,
    chunk = excluded.chunk, run_id = excluded.run_id, asked_at = excluded.asked_at
where m.asked_at <= excluded.asked_at;

-- markOrphans
with parent as materialized (
    select p.key, p.deleted_at from t.parent p where p.connection_id = $1
), gone as materialized (
    select t.connection_id, t."job_number", t."uuid", coalesce(p.deleted_at, now()) as deleted_at,
        $4::timestamptz as asked_at
    from "wfm"."job_cost" t
    left join parent p on p.key = t."job_number"
    where t.connection_id = $1 and t.deleted_at is null and (p.key is null or p.deleted_at is not null)
), kept as (
    insert into inflow.history (
        connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
    select t.connection_id, $2, concat_ws('/', t."job_number", t."uuid"), t.changed_at, now(), $3,
        'marked_deleted', to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[], '{}'::jsonb
    from gone g
    join "wfm"."job_cost" t on t.connection_id = g.connection_id and t."job_number" = g."job_number" and t."uuid" = g."uuid"
), forgotten as (
    delete from inflow.missing m
    using gone g
    where m.connection_id = g.connection_id and m.entity = $2 and m.key = concat_ws('/', g."job_number", g."uuid")
)
update "wfm"."job_cost" u set deleted_at = g.deleted_at, changed_run_id = $3, changed_at = now(),
    asked_at = greatest(u.asked_at, g.asked_at)
from gone g
where u.connection_id = g.connection_id and u."job_number" = g."job_number" and u."uuid" = g."uuid";

-- noteHeaderOnly
insert into inflow.header_only as h (connection_id, entity, key, dated_on, asked_at, run_id)
select $1::bigint, $2::text, s."uuid",
    s."issued_on", $3::timestamptz, $4::bigint
from "pg_temp"."changed_invoice" c
join "pg_temp"."stage_invoice" s on s."uuid" = c."uuid"
where $5::text is not null
on conflict (connection_id, entity, key) do update set
    dated_on = excluded.dated_on, asked_at = greatest(h.asked_at, excluded.asked_at), run_id = excluded.run_id;

-- forgetHeaderOnly
delete from inflow.header_only h
using "pg_temp"."stage_invoice" s
where h.connection_id = $1 and h.entity = $2 and h.key = s."uuid" and h.asked_at <= $3;

-- isAnyRevived
select exists (select from "pg_temp"."changed_job" where existed and what & 32 <> 0) as revived;

-- markWithRecords
with parent as materialized (
    select t.connection_id, t."number" as key, max(t.deleted_at) as deleted_at, max(t.asked_at) as asked_at
    from "wfm"."job" t
    where t.connection_id = $1 and t.deleted_at = now()
    group by 1, 2
), gone as materialized (
    select v.connection_id, v."job_number", v."uuid", p.deleted_at, p.asked_at
    from parent p
    join "wfm"."job_cost" v on v.connection_id = p.connection_id and v."job_number" = p.key
    where v.deleted_at is null
        and not exists (
            select
            from "wfm"."job" t
            where t.connection_id = p.connection_id and t."number" = p.key and t.deleted_at is null
        )
), kept as (
    insert into inflow.history (
        connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
    select t.connection_id, $2, concat_ws('/', t."job_number", t."uuid"), t.changed_at, now(), $3,
        'marked_deleted', to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[], '{}'::jsonb
    from gone g
    join "wfm"."job_cost" t on t.connection_id = g.connection_id and t."job_number" = g."job_number" and t."uuid" = g."uuid"
), forgotten as (
    delete from inflow.missing m
    using gone g
    where m.connection_id = g.connection_id and m.entity = $2 and m.key = concat_ws('/', g."job_number", g."uuid")
)
update "wfm"."job_cost" u set deleted_at = g.deleted_at, changed_run_id = $3, changed_at = now(),
    asked_at = greatest(u.asked_at, g.asked_at)
from gone g
where u.connection_id = g.connection_id and u."job_number" = g."job_number" and u."uuid" = g."uuid";

-- reviveWithRecords
with back as materialized (
    select distinct t1.connection_id, t1."job_number", t1."uuid"
    from "pg_temp"."changed_job" c
    join "wfm"."job" t0 on t0.connection_id = c.connection_id and t0."uuid" = c."uuid"
    join "wfm"."job_cost" t1 on t1.connection_id = c.connection_id
        and t1."job_number" = t0."number"
        and t1.deleted_at = t0.deleted_at
    where c.existed and c.what & 32 <> 0
), kept as (
    insert into inflow.history (
        connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
    select t.connection_id, $1, concat_ws('/', t."job_number", t."uuid"), t.changed_at, now(), $2, 'revived',
        to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[], '{}'::jsonb
    from back b
    join "wfm"."job_cost" t on t.connection_id = b.connection_id and t."job_number" = b."job_number" and t."uuid" = b."uuid"
)
update "wfm"."job_cost" u set deleted_at = null, changed_run_id = $2, changed_at = now()
from back b
where u.connection_id = b.connection_id and u."job_number" = b."job_number" and u."uuid" = b."uuid";

-- isHeld in a span
select exists (select from "t"."thing" t where t.connection_id = $1 and t."on_day" >= $2::date - 0 and t."on_day" < $3::date + 0) as held;
