-- Which events have not been told to the subscriptions of a connection? Writes them into the outbox, each once.
--
-- $1 the connection. A run is told of at each of its ends: one that was interrupted ends again after it has gone on. The id of a
-- delivery is made of subscription, event, run and end, so that whoever asks this again writes nothing twice. What ended
-- before the subscription was made, or more than three days ago, is not told.
with ended as (
    select s.id as subscription_id, s.events, s.entity as wanted, c.name as connection, r.*,
        to_char(r.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ended_at
    from inflow.webhook_subscription s
    join inflow.connection c on c.id = s.connection_id
    join inflow.run r on r.connection_id = s.connection_id
    where s.connection_id = $1 and r.status <> 'running'
        and r.finished_at >= greatest(s.created_at, now() - interval '3 days')
),
event as (
    select e.subscription_id, 'run_finished' as event, e.id as run, e.finished_at, null as entity,
        jsonb_build_object('status', e.status, 'trigger', e.trigger, 'scope', e.scope, 'calls', e.calls, 'error', e.error) as facts,
        e.pulled, e.inserted, e.updated, e.marked_deleted, e.rejected, e.connection, e.ended_at
    from ended e
    -- Values are read in the background, all day; what they change is told, and not each time that they pause.
    where 'run_finished' = any (e.events) and e.trigger <> 'values'
        and (e.wanted is null or exists (select from inflow.entity_run p where p.run_id = e.id and p.entity = e.wanted))
    union all
    select e.subscription_id, 'records_changed', e.id, e.finished_at, p.entity, jsonb_build_object('entity', p.entity),
        p.pulled, p.inserted, p.updated, p.marked_deleted, p.rejected, e.connection, e.ended_at
    from ended e
    join inflow.entity_run p on p.run_id = e.id
    where 'records_changed' = any (e.events) and (e.wanted is null or p.entity = e.wanted)
        and p.inserted + p.updated + p.marked_deleted > 0
),
message as (
    select *, md5(concat_ws(' ', subscription_id, event, run, extract(epoch from finished_at), entity))::uuid::text as delivery
    from event
)
insert into inflow.outbox (connection_id, channel, event, incidents, message_id, subject, body, subscription_id)
select $1, 'webhook', event, '{}', delivery,
    case event
        when 'run_finished' then format('Inflow, %s: run %s has ended', connection, run)
        else format('Inflow, %s: run %s changed %s', connection, run, entity)
    end,
    (jsonb_build_object(
        'event', event, 'delivery', delivery, 'connection', connection, 'run', run, 'ended_at', ended_at, 'pulled', pulled,
        'inserted', inserted, 'updated', updated, 'marked_deleted', marked_deleted, 'rejected', rejected) || facts)::text,
    subscription_id
from message
order by run, event desc, entity
on conflict (message_id) do nothing
