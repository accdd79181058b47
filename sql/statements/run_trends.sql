-- What were the last Sync Alls of each connection? The oldest first.
--
-- $1 how many of each. Every connection is meant: connections are listed side by side.
select r.id, r.connection_id, r.started_at, r.seconds, r.pulled, r.status
from inflow.connection c
cross join lateral (
    select * from inflow.run r
    where r.connection_id = c.id and inflow.is_sync_all(r.trigger)
    order by r.id desc
    limit $1
) r
order by r.id
