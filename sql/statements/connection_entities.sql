-- How current is each entity that a run ever had in its plan?
--
-- $1 the connection, or null for all.
--
-- Only runs that ask the platform for lists or values count, and only once they have ended. read_at and first_asked_at are of Sync
-- Alls alone: when the oldest answer was asked for of the last one that read the entity to its end, and when the first one
-- began that had it in its plan. Where a Sync All reads only the list of an entity and its records one by one now and then
-- (is_read_now_and_then: lists of an entity without dates are swept), read_at is when all of its records were read.
-- status is how the last reading ended; skipped where no run ever came to it.
with known as (
    select r.connection_id, e.entity, max(r.id) filter (where e.status <> 'skipped') as newest,
        max(coalesce(r.answers_from, r.started_at)) filter (
            where inflow.is_sync_all(r.trigger) and inflow.run_succeeded(e.status)) as read_at,
        min(r.started_at) filter (where inflow.is_sync_all(r.trigger)) as first_asked_at
    from inflow.run r
    join inflow.entity_run e on e.run_id = r.id
    where r.status <> 'running' and e.status <> 'running' and ($1::bigint is null or r.connection_id = $1)
        and (inflow.is_sync_all(r.trigger) or r.trigger in ('targeted', 'backfill', 'reconcile', 'values'))
    group by r.connection_id, e.entity
)
select k.connection_id, k.entity, case when l.entity is null then k.read_at else least(k.read_at, l.verified_at) end as read_at,
    k.first_asked_at, coalesce(e.status, 'skipped') as status, l.entity is not null as is_read_now_and_then
from known k
left join (
    inflow.coverage l join inflow.sweep w on w.connection_id = l.connection_id and w.entity = l.entity
) on l.connection_id = k.connection_id and l.entity = k.entity and l.month = '0001-01-01'
left join inflow.entity_run e on e.run_id = k.newest and e.entity = k.entity
order by k.connection_id, k.entity
