-- Which records were asked for their values, and which of them does the platform know? Notes it for each.
--
-- $1 connection, $2 entity, $3 run, $4 when they were asked for, $5 keys of known records, $6 keys of unknown ones.
--
-- A key in both lists counts as read. An answer asked for earlier than the one noted changes nothing.
insert into inflow.parent_read as r (connection_id, entity, parent_key, status, asked_at, run_id, unknown_times)
select $1::bigint, $2, p.key, p.status, $4::timestamptz, $3::bigint, (p.status = 'unknown')::integer
from (
    select distinct on (key) key, status
    from (
        select unnest($5::text[]) as key, 'read' as status
        union all select unnest($6::text[]), 'unknown'
    ) u
    order by key, status
) p
on conflict (connection_id, entity, parent_key) do update set
    status = excluded.status, asked_at = excluded.asked_at, run_id = excluded.run_id, failed_at = null,
    asked_before = case when r.run_id = excluded.run_id then r.asked_before else r.asked_at end,
    unknown_times = case when excluded.status = 'unknown' then r.unknown_times + 1 else 0 end
where r.asked_at is null or r.asked_at <= excluded.asked_at
