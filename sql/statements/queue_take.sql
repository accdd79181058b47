-- Which request comes next, of a connection that nothing runs for? Takes it: those first whose worker died least often, then
-- the oldest.
--
-- $1 worker, $2 the only request that it takes, or null, $3 whether it takes backfills only (true), none (false) or any (null). Two workers at once take different requests (skip locked); two requests of one connection are kept apart by a
-- unique index, and the second worker gets its error.
with next as (
    select q.id
    from inflow.request q
    where q.status = 'queued' and ($2::bigint is null or q.id = $2) and not exists (
        select from inflow.request o
        where o.connection_id = q.connection_id and o.status = 'running'
            and (o.kind = 'backfill') = (q.kind = 'backfill')
    ) and ($3::boolean is null or (q.kind = 'backfill') = $3)
    order by q.deaths, q.asked_at, q.id
    limit 1
    for update skip locked
)
update inflow.request q set status = 'running', worker = $1, epoch = q.epoch + 1,
    heartbeat_at = clock_timestamp(), attempts = q.attempts + 1
from next
where q.id = next.id
returning q.id, q.connection_id, q.kind, array_to_string(q.entities, ',') as entities,
    q.first_day::text as first_day,
    q.last_day::text as last_day, q.chunk_size, array_to_string(q.rejections, ',') as rejections, q.slot::text as slot, q.is_catch_up, q.asked_at, q.epoch, q.run_id
