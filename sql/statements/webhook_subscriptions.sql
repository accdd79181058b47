-- What is an outside program told of, about a connection?
--
-- $1 connection.
select id, url, array_to_string(events, ',') as events, entity, created_at, created_by
from inflow.webhook_subscription
where connection_id = $1
order by id
