-- Is a Sync All of a connection asked for already? The one that runs comes first.
--
-- $1 the connection; workers are of no connection.
select q.id, q.status, q.run_id, coalesce(r.started_at, q.asked_at) as since,
    coalesce(w.holder, q.asked_by) as holder
from inflow.request q
left join inflow.run r on r.connection_id = q.connection_id and r.id = q.run_id
left join inflow.worker w on w.id = q.worker
where q.connection_id = $1 and q.status <> 'done' and q.kind in ('sync_all', 'slot')
order by q.status = 'running' desc, q.id
limit 1
