-- Which messages are over? Deletes those older than 90 days that were sent or given up.
--
-- $1 connection. A message about an open incident stays.
delete from inflow.outbox o
where o.connection_id = $1 and o.created_at < now() - interval '90 days'
    and (o.sent_at is not null or o.given_up_at is not null)
    and not exists (
        select from inflow.incident i
        where i.connection_id = $1 and i.id = any (o.incidents) and i.closed_at is null
    )
