-- Which messages get another try because their channel was set anew?
--
-- $1 connection, $2 channel. Those that wait, and those given up whose incident is still open, or that report what
-- runs did in the last three days.
update inflow.outbox o set given_up_at = null, next_attempt_at = now()
where o.connection_id = $1 and o.channel = $2 and o.subscription_id is null and o.sent_at is null
    and (
        o.given_up_at is null
        or o.incidents = '{}' and o.created_at > now() - interval '3 days'
        or exists (
            select from inflow.incident i
            where i.connection_id = $1 and i.id = any (o.incidents) and i.closed_at is null
        )
    )
