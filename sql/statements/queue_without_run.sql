-- Which request of a connection ended last without a run, since the newest run of its lists began?
--
-- $1 connection.
--
-- Runs that read values in the background, and backfills, go on beside; they answer no request of the day.
select q.id, q.connection_id, q.kind, array_to_string(q.entities, ',') as entities, q.first_day::text as first_day,
    q.last_day::text as last_day, q.chunk_size, array_to_string(q.rejections, ',') as rejections, q.slot::text as slot,
    q.is_catch_up, q.asked_at, q.epoch, q.run_id, q.outcome, q.error, q.done_at
from inflow.request q
where q.connection_id = $1 and q.status = 'done' and q.run_id is null
    and q.done_at > coalesce((
        select max(r.started_at) from inflow.run r
        where r.connection_id = $1 and r.trigger not in ('values', 'backfill')
    ), '-infinity')
order by q.done_at desc
limit 1
