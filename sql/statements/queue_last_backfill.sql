-- Which backfill of a connection was asked for last, and how does it stand?
--
-- $1 connection.
select q.id, array_to_string(q.entities, ',') as entities, q.first_day::text as first_day,
    q.last_day::text as last_day, q.chunk_size, q.status, q.run_id, q.outcome,
    coalesce(r.status = 'running' and r.cancel_at is not null, false) as is_stopping
from inflow.request q
left join inflow.run r on r.connection_id = q.connection_id and r.id = q.run_id
where q.connection_id = $1 and q.kind = 'backfill'
order by q.id desc
limit 1
