-- Which records did this chunk reject? Opens a rejection for each staged one, or renews the one that is there.
--
-- $1 connection, $2 run, $3 entity, $4 chunk, $5 when the answer was asked for, $6 whether the chunk asked by key,
-- $7 first day of the chunk's span and $8 the day after its last, null where it is no span.
-- Reads pg_temp.stage_rejection.
--
-- A rejection is known by the record's key; without a key by its fault and its chunk. Of several with one key, or one
-- fault, the first meets the first and the second the second. A dismissed one is renewed while its fault is the same;
-- another fault opens a new one.
with staged as materialized (
    select key, table_name, column_name, raw, reason, dated_on, is_value, label, fault,
        row_number() over (partition by key, fault) as place
    from (
        select key collate "C" as key, table_name, column_name, raw, reason, dated_on, is_value, label,
            case when key = '' then concat_ws(' ', table_name, column_name, reason, raw) else '' end as fault
        from pg_temp.stage_rejection
    ) s
), living as materialized (
    select id, status, key, table_name, column_name, raw, reason, fault,
        row_number() over (partition by key, fault order by status desc, id) as place
    from (
        select id, status, key, table_name, column_name, raw, reason,
            case when key = '' then concat_ws(' ', table_name, column_name, reason, raw) else '' end as fault
        from inflow.rejection
        where connection_id = $1 and entity = $3 and status <> 'closed' and (key <> '' or chunk = $4)
    ) l
), renewed as (
    update inflow.rejection r set
        table_name = s.table_name, column_name = s.column_name, raw = s.raw, reason = s.reason,
        is_value = s.is_value, label = coalesce(s.label, r.label),
        chunk = case when $6 then r.chunk else $4 end, dated_on = s.dated_on,
        span_from = case when $6 then r.span_from else $7::date end,
        span_until = case when $6 then r.span_until else $8::date end,
        times_seen = r.times_seen + case when r.last_run_id = $2 then 0 else 1 end,
        last_run_id = $2, last_seen_at = now(), asked_at = greatest(r.asked_at, $5)
    from living l
    join staged s on s.key = l.key and s.fault = l.fault and s.place = l.place
    where r.connection_id = $1 and r.id = l.id
        and (
            l.status = 'open'
            or (l.table_name, l.column_name, l.raw, l.reason)
                = (s.table_name, s.column_name, s.raw, s.reason)
        )
    returning s.key, s.fault, s.place
)
insert into inflow.rejection (
    connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason, asked_at,
    dated_on, is_value, label, span_from, span_until)
select $1, $2, $2, $3, $4, s.key, s.table_name, s.column_name, s.raw, s.reason, $5, s.dated_on, s.is_value, s.label,
    $7::date, $8::date
from staged s
left join renewed n on n.key = s.key and n.fault = s.fault and n.place = s.place
where n.place is null
