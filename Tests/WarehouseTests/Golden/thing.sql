-- takeLock
select pg_advisory_xact_lock(hashtextextended('inflow.merge ' || $1::bigint::text || ' ' || $2::text, 0));

-- createStaging
create temporary table "pg_temp"."stage_thing" as
select "uuid", "name", "amount", "on_day", "weight", "colour", "width", "extra", 0::integer as record_ordinal, content_hash, children_hash
from "t"."thing"
with no data;
create temporary table "pg_temp"."changed_thing" as
select connection_id, "uuid", false as existed, 0::integer as what, 0::integer as lines_version
from "t"."thing"
with no data;
create temporary table "pg_temp"."stage_line" as
select "thing_uuid", "uuid", "position", "text", "amount", "note", extra, 0::integer as record_ordinal
from "t"."line"
with no data;
create temporary table "pg_temp"."stage_tag" as
select "thing_uuid", "position", "name", extra, 0::integer as record_ordinal
from "t"."tag"
with no data;;

-- empty
truncate "pg_temp"."changed_thing", "pg_temp"."stage_line", "pg_temp"."stage_tag", "pg_temp"."stage_thing";

-- copyOwn
copy "pg_temp"."stage_thing" ("uuid", "name", "amount", "on_day", "weight", "colour", "width", "extra", "record_ordinal", "content_hash", "children_hash") from stdin;

-- dropDuplicates
delete from "pg_temp"."stage_thing" s
using (
    select "uuid", max(record_ordinal) as kept
    from "pg_temp"."stage_thing"
    group by "uuid"
    having count(*) > 1
) d
where s."uuid" = d."uuid" and s.record_ordinal < d.kept;

-- restoreLost
update "pg_temp"."stage_thing" s set
    "name" = case when inflow.is_same_but_lost(s."name", t."name") then t."name" else s."name" end,
    "colour" = case when inflow.is_same_but_lost(s."colour", t."colour") then t."colour" else s."colour" end,
    extra = inflow.without_losses(s.extra, t.extra)
from "t"."thing" t
where t.connection_id = $1 and t."uuid" = s."uuid"
    and position(chr(65533) in concat(s."name", s."colour", s.extra::text)) > 0;

-- restoreLost of t.line
update "pg_temp"."stage_line" s set
    "text" = case when inflow.is_same_but_lost(s."text", t."text") then t."text" else s."text" end,
    "note" = case when inflow.is_same_but_lost(s."note", t."note") then t."note" else s."note" end,
    extra = inflow.without_losses(s.extra, t.extra)
from "t"."line" t
where t.connection_id = $1 and t."thing_uuid" = s."thing_uuid" and t."uuid" = s."uuid"
    and position(chr(65533) in concat(s."text", s."note", s.extra::text)) > 0;

-- rehashRestored
update "pg_temp"."stage_thing" s set content_hash = t.content_hash
from "t"."thing" t
where t.connection_id = $1 and t."uuid" = s."uuid" and s.content_hash <> t.content_hash
    and (s."name", s."amount", s."on_day", s."weight", s."colour", s."width", s."extra") is not distinct from (t."name", t."amount", t."on_day", t."weight", t."colour", t."width", t."extra");

-- rehashRestoredLines
update "pg_temp"."stage_thing" s set children_hash = t.children_hash
from "t"."thing" t
where t.connection_id = $1 and t."uuid" = s."uuid" and s.children_hash <> t.children_hash
    and not exists ((select c."thing_uuid", c."uuid", c."position", c."text", c."amount", c."note", c."extra" from "pg_temp"."stage_line" c where c."thing_uuid" = s."uuid") except all (select l."thing_uuid", l."uuid", l."position", l."text", l."amount", l."note", l."extra" from "t"."line" l where l.connection_id = t.connection_id and l."thing_uuid" = t."uuid"))
    and not exists ((select l."thing_uuid", l."uuid", l."position", l."text", l."amount", l."note", l."extra" from "t"."line" l where l.connection_id = t.connection_id and l."thing_uuid" = t."uuid") except all (select c."thing_uuid", c."uuid", c."position", c."text", c."amount", c."note", c."extra" from "pg_temp"."stage_line" c where c."thing_uuid" = s."uuid"))
    and not exists ((select c."thing_uuid", c."position", c."name", c."extra" from "pg_temp"."stage_tag" c where c."thing_uuid" = s."uuid") except all (select l."thing_uuid", l."position", l."name", l."extra" from "t"."tag" l where l.connection_id = t.connection_id and l."thing_uuid" = t."uuid"))
    and not exists ((select l."thing_uuid", l."position", l."name", l."extra" from "t"."tag" l where l.connection_id = t.connection_id and l."thing_uuid" = t."uuid") except all (select c."thing_uuid", c."position", c."name", c."extra" from "pg_temp"."stage_tag" c where c."thing_uuid" = s."uuid"));

-- judge
with judged as materialized (
    select s.connection_id, s."uuid", t.connection_id is not null as existed,
        case
            when t.connection_id is null then 1
            when t.asked_at > $3 then case when s.content_hash = t.content_hash and s.children_hash is not distinct from t.children_hash
                                and t.deleted_at is null then 0 else 128 end
            else (case when t.deleted_at is not null then 32 else 0 end)
                | (case
                when s.content_hash = t.content_hash then 0
                when substr(t.content_hash, 1, 2) = $2::bytea then 2
                else case
                    when s."name" is distinct from t."name"
                        or s."amount" is distinct from t."amount"
                        or s."on_day" is distinct from t."on_day"
                        or s."weight" is distinct from t."weight"
                        or ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) >= 2 and s."colour" is distinct from t."colour")
                        or ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) >= 2 and s."width" is distinct from t."width")
                        or (
                    select jsonb_object_agg(e.key, e.value)
                    from jsonb_each(s.extra) e
                    where not (lower(e.key) = 'colour' or starts_with(lower(e.key), 'colour/') or lower(e.key) = 'frame' or starts_with(lower(e.key), 'frame/'))
                ) is distinct from (
                    select jsonb_object_agg(e.key, e.value)
                    from jsonb_each(t.extra) e
                    where not (lower(e.key) = 'colour' or starts_with(lower(e.key), 'colour/') or lower(e.key) = 'frame' or starts_with(lower(e.key), 'frame/'))
                )
                    then 2
                    when ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) < 2 and s."colour" is distinct from t."colour") or ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) < 2 and s."width" is distinct from t."width") or s.extra is distinct from t.extra then 8
                    else 0
                end
            end)
                | (case
                when s.children_hash = t.children_hash then 0
                when substr(t.children_hash, 1, 2) = $2::bytea then 4
                else 16
            end)
        end as what,
        coalesce((get_byte(t.children_hash, 0) * 256 + get_byte(t.children_hash, 1)), 0) as lines_version
    from (select $1::bigint as connection_id, * from "pg_temp"."stage_thing" offset 0) s
    left join "t"."thing" t on t.connection_id = s.connection_id and t."uuid" = s."uuid"
), kept as (
    insert into "pg_temp"."changed_thing"
    select connection_id, "uuid", existed, what, lines_version
    from judged
    where what not in (0, 128)
)
select count(*) filter (where what = 0) as unchanged,
    count(*) filter (where what = 128) as older,
    count(*) filter (where what & 1 <> 0) as inserted,
    count(*) filter (where existed and what not in (0, 128)) as touched,
    count(*) filter (where what & 38 <> 0) as superseded,
    count(*) filter (where what & 4 <> 0) as lines,
    count(*) filter (where what & 16 <> 0) as lines_unknown
from judged;

-- settleLines
update "pg_temp"."changed_thing" c
set what = c.what & ~16 | coalesce((
    select bit_or(x.what) from "pg_temp"."compared_thing" x where x."uuid" = c."uuid"
), 0)
where c.what & 16 <> 0;

-- dropUnchanged
delete from "pg_temp"."changed_thing" where what = 0;

-- recount
select count(*) filter (where what & 1 <> 0) as inserted,
    count(*) filter (where existed) as touched,
    count(*) filter (where what & 38 <> 0) as superseded,
    count(*) filter (where what & 68 <> 0) as lines
from "pg_temp"."changed_thing";

-- keepHistory
insert into inflow.history (
    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
select t.connection_id, $1, t."uuid", t.changed_at, now(), $2,
    case when c.what & 32 <> 0 then 'revived' else 'updated' end,
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
from "pg_temp"."changed_thing" c
join "t"."thing" t on t.connection_id = c.connection_id and t."uuid" = c."uuid"
where c.what & 38 <> 0;

-- insertOwn
insert into "t"."thing" (
    connection_id, "uuid", "name", "amount", "on_day", "weight", "colour", "width", "extra",
    first_run_id, changed_run_id, changed_at, asked_at, content_hash, children_hash)
select c.connection_id, s."uuid", s."name", s."amount", s."on_day", s."weight", s."colour", s."width", s."extra", $1, $1, now(), $2, s.content_hash, s.children_hash
from "pg_temp"."changed_thing" c
join "pg_temp"."stage_thing" s on s."uuid" = c."uuid"
where c.what & 1 <> 0;

-- updateOwn
update "t"."thing" t set
    "name" = s."name",
    "amount" = s."amount",
    "on_day" = s."on_day",
    "weight" = s."weight",
    "colour" = s."colour",
    "width" = s."width",
    "extra" = s."extra",
    deleted_at = null,
    changed_run_id = $1,
    changed_at = case when c.what & 38 <> 0 then now() else t.changed_at end,
    asked_at = $2,
    content_hash = s.content_hash,
    children_hash = coalesce(s.children_hash, t.children_hash)
from "pg_temp"."changed_thing" c
join "pg_temp"."stage_thing" s on s."uuid" = c."uuid"
where c.existed and t.connection_id = c.connection_id and t."uuid" = c."uuid";

-- dropStaging
drop table if exists "pg_temp"."stage_thing", "pg_temp"."changed_thing", "pg_temp"."stage_line", "pg_temp"."stage_tag", "pg_temp"."compared_thing", "pg_temp"."gone_line", "pg_temp"."gone_tag";

-- countLinesDiffering
with written as materialized (
    select connection_id, "uuid"
    from "pg_temp"."changed_thing"
    where what & 69 <> 0
)
select ((
        select coalesce(sum(abs(coalesce(s.lines, 0) - h.lines)), 0)
        from written c
        left join (
            select "thing_uuid", count(*) as lines
            from "pg_temp"."stage_line"
            group by "thing_uuid"
        ) s on s."thing_uuid" = c."uuid"
        cross join lateral (
            select count(*) as lines
            from "t"."line" t
            where t.connection_id = c.connection_id and t."thing_uuid" = c."uuid"
        ) h
    ) + (
        select coalesce(sum(abs(coalesce(s.lines, 0) - h.lines)), 0)
        from written c
        left join (
            select "thing_uuid", count(*) as lines
            from "pg_temp"."stage_tag"
            group by "thing_uuid"
        ) s on s."thing_uuid" = c."uuid"
        cross join lateral (
            select count(*) as lines
            from "t"."tag" t
            where t.connection_id = c.connection_id and t."thing_uuid" = c."uuid"
        ) h
    ))::bigint as differing;

-- isHeld
select exists (select from "t"."thing" t where t.connection_id = $1) as held;

-- findSame
with looked as materialized (
    select s.record_ordinal, t.connection_id is not null as same
    from "pg_temp"."stage_thing" s
    left join (
        select t.connection_id, t."uuid", t.content_hash, t.children_hash
        from "t"."thing" t
        where t.connection_id = $1 and t.deleted_at is null
    ) t on t."uuid" = s."uuid" and t.content_hash = s.content_hash
        and t.children_hash is not distinct from s.children_hash
)
select count(*) filter (where same) as same,
    array_agg(record_ordinal::bigint) filter (where not same) as others,
    (select count(*) from "t"."thing" t where t.connection_id = $1 and t.deleted_at is null) as held
from looked;

-- insertAll
insert into "t"."thing" (
    connection_id, "uuid", "name", "amount", "on_day", "weight", "colour", "width", "extra",
    first_run_id, changed_run_id, changed_at, asked_at, content_hash, children_hash)
select $3::bigint, s."uuid", s."name", s."amount", s."on_day", s."weight", s."colour", s."width", s."extra", $1, $1, now(), $2, s.content_hash, s.children_hash
from "pg_temp"."stage_thing" s;

-- judgeOthers
with judged as materialized (
    select s.connection_id, s."uuid", t.connection_id is not null as existed,
        case
            when t.connection_id is null then 1
            when t.asked_at > $3 then case when s.content_hash = t.content_hash and s.children_hash is not distinct from t.children_hash
                                and t.deleted_at is null then 0 else 128 end
            else (case when t.deleted_at is not null then 32 else 0 end)
                | (case
                when s.content_hash = t.content_hash then 0
                when substr(t.content_hash, 1, 2) = $2::bytea then 2
                else case
                    when s."name" is distinct from t."name"
                        or s."amount" is distinct from t."amount"
                        or s."on_day" is distinct from t."on_day"
                        or s."weight" is distinct from t."weight"
                        or ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) >= 2 and s."colour" is distinct from t."colour")
                        or ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) >= 2 and s."width" is distinct from t."width")
                        or (
                    select jsonb_object_agg(e.key, e.value)
                    from jsonb_each(s.extra) e
                    where not (lower(e.key) = 'colour' or starts_with(lower(e.key), 'colour/') or lower(e.key) = 'frame' or starts_with(lower(e.key), 'frame/'))
                ) is distinct from (
                    select jsonb_object_agg(e.key, e.value)
                    from jsonb_each(t.extra) e
                    where not (lower(e.key) = 'colour' or starts_with(lower(e.key), 'colour/') or lower(e.key) = 'frame' or starts_with(lower(e.key), 'frame/'))
                )
                    then 2
                    when ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) < 2 and s."colour" is distinct from t."colour") or ((get_byte(t.content_hash, 0) * 256 + get_byte(t.content_hash, 1)) < 2 and s."width" is distinct from t."width") or s.extra is distinct from t.extra then 8
                    else 0
                end
            end)
                | (case
                when s.children_hash = t.children_hash then 0
                when substr(t.children_hash, 1, 2) = $2::bytea then 4
                else 16
            end)
        end as what,
        coalesce((get_byte(t.children_hash, 0) * 256 + get_byte(t.children_hash, 1)), 0) as lines_version
    from (select $1::bigint as connection_id, * from "pg_temp"."stage_thing" where record_ordinal = any ($4::bigint[]) offset 0) s
    left join "t"."thing" t on t.connection_id = s.connection_id and t."uuid" = s."uuid"
), kept as (
    insert into "pg_temp"."changed_thing"
    select connection_id, "uuid", existed, what, lines_version
    from judged
    where what not in (0, 128)
)
select count(*) filter (where what = 0) as unchanged,
    count(*) filter (where what = 128) as older,
    count(*) filter (where what & 1 <> 0) as inserted,
    count(*) filter (where existed and what not in (0, 128)) as touched,
    count(*) filter (where what & 38 <> 0) as superseded,
    count(*) filter (where what & 4 <> 0) as lines,
    count(*) filter (where what & 16 <> 0) as lines_unknown
from judged;

-- copy of t.line
copy "pg_temp"."stage_line" ("thing_uuid", "uuid", "position", "text", "amount", "note", "extra", "record_ordinal") from stdin;

-- dropOrphans of t.line
delete from "pg_temp"."stage_line" c where not exists (select from "pg_temp"."stage_thing" s where s.record_ordinal = c.record_ordinal);

-- dropDuplicates of t.line
delete from "pg_temp"."stage_line" s
using (
    select "thing_uuid", "uuid", max(position) as kept
    from "pg_temp"."stage_line"
    group by "thing_uuid", "uuid"
    having count(*) > 1
) d
where s."thing_uuid" = d."thing_uuid" and s."uuid" = d."uuid" and s.position < d.kept;

-- compareLines of t.line
insert into "pg_temp"."compared_thing"
select coalesce(s."thing_uuid", t."thing_uuid"),
    bit_or(case
        when s.record_ordinal is null or t.connection_id is null
            or s."position" is distinct from t."position" or s."text" is distinct from t."text" or s."amount" is distinct from t."amount" or (lines_version >= 2 and s."note" is distinct from t."note") or (
    select jsonb_object_agg(e.key, e.value)
    from jsonb_each(s.extra) e
    where not (lower(e.key) = 'note' or starts_with(lower(e.key), 'note/'))
) is distinct from (
    select jsonb_object_agg(e.key, e.value)
    from jsonb_each(t.extra) e
    where not (lower(e.key) = 'note' or starts_with(lower(e.key), 'note/'))
)
        then 4
        when (lines_version < 2 and s."note" is distinct from t."note") or s.extra is distinct from t.extra then 64
        else 0
    end)
from (
    select s.*, c.lines_version
    from "pg_temp"."stage_line" s
    join "pg_temp"."changed_thing" c on s."thing_uuid" = c."uuid"
    where c.what & 16 <> 0
) s
full join (
    select t.*
    from "t"."line" t
    join "pg_temp"."changed_thing" c on c.connection_id = t.connection_id and t."thing_uuid" = c."uuid"
    where c.what & 16 <> 0
) t on s."thing_uuid" = t."thing_uuid" and s."uuid" = t."uuid"
group by 1;

-- findLines of t.line
insert into "pg_temp"."gone_line"
select t.connection_id, t."thing_uuid", t."uuid"
from "pg_temp"."changed_thing" c
join "t"."line" t on t.connection_id = c.connection_id and t."thing_uuid" = c."uuid"
where c.existed and c.what & 68 <> 0;

-- findLinesLeftBehind of t.line
insert into "pg_temp"."gone_line"
select t.connection_id, t."thing_uuid", t."uuid"
from "pg_temp"."changed_thing" c
join "t"."line" t on t.connection_id = c.connection_id and t."thing_uuid" = c."uuid"
where not c.existed;

-- deleteStray of t.line
delete from "t"."line" l
where l.connection_id = $1 and not exists (
    select from "t"."thing" t where t.connection_id = l.connection_id and l."thing_uuid" = t."uuid"
);

-- keepGoneLines of t.line
delete from "pg_temp"."gone_line" g
using "pg_temp"."stage_line" s
where s."thing_uuid" = g."thing_uuid" and s."uuid" = g."uuid";

-- deleteLines of t.line
delete from "t"."line" t
using "pg_temp"."gone_line" g
where t.connection_id = g.connection_id and t."thing_uuid" = g."thing_uuid" and t."uuid" = g."uuid";

-- writeLines of t.line
insert into "t"."line" as t (connection_id, "thing_uuid", "uuid", "position", "text", "amount", "note", "extra")
select c.connection_id, s."thing_uuid", s."uuid", s."position", s."text", s."amount", s."note", s."extra"
from "pg_temp"."changed_thing" c
join "pg_temp"."stage_line" s on s."thing_uuid" = c."uuid"
where c.what & 69 <> 0
on conflict (connection_id, "thing_uuid", "uuid") do update set
    "position" = excluded."position",
    "text" = excluded."text",
    "amount" = excluded."amount",
    "note" = excluded."note",
    "extra" = excluded."extra"
where (t."position", t."text", t."amount", t."note", t."extra") is distinct from (excluded."position", excluded."text", excluded."amount", excluded."note", excluded."extra");

-- insertAllLines of t.line
insert into "t"."line" (connection_id, "thing_uuid", "uuid", "position", "text", "amount", "note", "extra")
select $1::bigint, s."thing_uuid", s."uuid", s."position", s."text", s."amount", s."note", s."extra"
from "pg_temp"."stage_line" s;

-- createCompared
create temporary table if not exists "pg_temp"."compared_thing" as
select "uuid", 0::integer as what
from "t"."thing"
with no data;

-- createGone of t.line
create temporary table if not exists "pg_temp"."gone_line" as
select connection_id, "thing_uuid", "uuid"
from "t"."line"
with no data;

-- examples
select c."uuid" as key, c.what, f.name, f.old, f.new
from (
    select * from "pg_temp"."changed_thing" where existed and what <> 0 order by "uuid" limit 5
) c
join "pg_temp"."stage_thing" s on s."uuid" = c."uuid"
join "t"."thing" t on t.connection_id = $1 and t."uuid" = c."uuid"
left join lateral (
    select o.name, o.value as old, n.value as new
    from (values ('name', t."name"::text), ('amount', t."amount"::text), ('on_day', t."on_day"::text), ('weight', t."weight"::text), ('colour', t."colour"::text), ('width', t."width"::text), ('extra', t."extra"::text)) o (name, value)
    join (values ('name', s."name"::text), ('amount', s."amount"::text), ('on_day', s."on_day"::text), ('weight', s."weight"::text), ('colour', s."colour"::text), ('width', s."width"::text), ('extra', s."extra"::text)) n (name, value) on n.name = o.name
    where o.value is distinct from n.value
) f on true
order by 1, 3;

-- closeRejections
update inflow.rejection r set status = 'closed', ended_run_id = $3, ended_at = now()
from (select "uuid" collate "C" as key from "pg_temp"."stage_thing") s
where r.connection_id = $1 and r.entity = $2 and r.status <> 'closed' and r.last_seen_at < now() and r.asked_at <= $4 and r.key = s.key
    and ($5 or (r.table_name = $6 and r.column_name = any ($7::text[])) or r.table_name = any ($8::text[]));

-- closeUnreadableDays
update inflow.rejection r set status = 'closed', ended_run_id = $3, ended_at = now()
where r.connection_id = $1 and r.entity = $2 and r.status <> 'closed' and r.last_seen_at < now() and r.asked_at <= $4 and r.key = '' and r.reason = 'unreadable_day'
    and r.chunk collate "C" >= $5 and r.chunk collate "C" < $6;

-- closeKeylessRejections
update inflow.rejection r set status = 'closed', ended_run_id = $3, ended_at = now()
where r.connection_id = $1 and r.entity = $2 and r.status <> 'closed' and r.last_seen_at < now() and r.asked_at <= $4 and r.key = '' and r.chunk = $5;

-- history
with version as (
    select id, valid_from, run_id, change, record, lines
    from inflow.history
    where connection_id = $1 and entity = $2 and key = $3
    union all
    select null, t.changed_at, null, null, to_jsonb(t),
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
    from "t"."thing" t
    where t.connection_id = $1
        and t."uuid" = $3
), numbered as (
    select row_number() over (order by id nulls last) as number, valid_from as since,
        lag(run_id, 1, (record->>'first_run_id')::bigint) over (order by id nulls last) as run_id,
        lag(change, 1, 'first') over (order by id nulls last) as change,
        record - 'extra' as record, lines, record->'extra' as extra
    from version
), value as (
    select number, null as table_name, null::bigint as line, f.key as name, f.value
    from numbered
    cross join lateral jsonb_each_text(record) f
    union all
    select number, null, null, 'extra.' || f.key, f.value
    from numbered
    cross join lateral jsonb_each_text(
        case when jsonb_typeof(extra) = 'object' then extra else '{}' end) f
    union all
    select number, t.key, l.line, f.key, f.value
    from numbered
    cross join lateral jsonb_each(lines) t
    cross join lateral jsonb_array_elements(t.value) with ordinality l (object, line)
    cross join lateral jsonb_each_text(l.object) f
)
select n.number, n.since, n.run_id, n.change, v.table_name, v.line, v.name, v.value
from numbered n
join value v on v.number = n.number
where v.value is not null
order by n.number, v.table_name nulls first, v.line;
