-- Which message is due longest? Takes it: one process has it until the lease ends.
--
-- $1 connection or null for all, $2 process that takes it, $3 seconds of the lease.
--
-- A message waits while an earlier one about the same incident on the same channel is neither sent nor given up: the end of
-- an incident is reported only after its beginning. A message to a subscription goes whatever the channels of alerts are.
with due as (
    select o.connection_id, o.id
    from inflow.outbox o
    join inflow.connection n on n.id = o.connection_id
    where (
            o.subscription_id is not null
            or exists (
                select from inflow.alert_route c
                where c.connection_id = o.connection_id and c.channel = o.channel and c.is_on
            )
        )
        and o.sent_at is null and o.given_up_at is null and o.next_attempt_at <= clock_timestamp()
        and coalesce(o.leased_until < clock_timestamp(), true)
        and ($1::bigint is null or o.connection_id = $1)
        and not exists (
            select from inflow.outbox e
            where e.connection_id = o.connection_id and e.channel = o.channel and e.id < o.id
                and e.sent_at is null and e.given_up_at is null and e.incidents && o.incidents
        )
    order by o.next_attempt_at, o.id
    limit 1
    for update of o skip locked
)
update inflow.outbox o set attempts = o.attempts + 1, holder = $2,
    leased_until = clock_timestamp() + make_interval(secs => $3)
from due
where o.connection_id = due.connection_id and o.id = due.id
returning o.id, o.connection_id, o.channel, o.message_id, o.subject, o.body, o.created_at, o.attempts,
    array_to_string(o.recipients, ',') as recipients, o.attachment_name, o.attachment_type, o.attachment,
    o.subscription_id
