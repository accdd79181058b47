-- May reports of a connection go out by mail, and how did its Sync Alls go?
--
-- $1 connection, $2 the time in place of the database's clock, or null.
--
-- begun_at: when the latest Sync All began that has ended. run, status, finished_at: the latest that ended.
select coalesce($2::timestamptz, clock_timestamp()) as now,
    n.paused_at is null and exists (
        select from inflow.alert_route r where r.connection_id = $1 and r.channel = 'email' and r.is_on
    ) as is_wanted,
    exists (
        select from inflow.run r
        where r.connection_id = $1 and inflow.is_sync_all(r.trigger) and r.status = 'running'
    ) as is_syncing,
    l.id as run, l.status, l.started_at as begun_at, l.finished_at
from inflow.connection n
left join lateral (
    select r.id, r.status, r.started_at, r.finished_at
    from inflow.run r
    where r.connection_id = n.id and inflow.is_sync_all(r.trigger) and r.status <> 'running'
    order by r.id desc
    limit 1
) l on true
where n.id = $1
