-- What did the runs of a week do to each entity?
--
-- $1 the connection, $2 first instant of the week, $3 the instant at which it ended. A run belongs to the week in which
-- it began.
select e.entity, sum(e.inserted) as inserted, sum(e.updated) as updated, sum(e.marked_deleted) as marked
from inflow.run r
join inflow.entity_run e on e.run_id = r.id
where r.connection_id = $1 and r.started_at >= $2 and r.started_at < $3 and r.status <> 'running'
group by e.entity
