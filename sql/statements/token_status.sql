-- What is known of a connection's tokens without opening them?
--
-- $1 the connection, whose own row is taken by its id.
select t.generation, t.stored_at, t.access_expires_at, t.refresh_issued_at, c.needs_consent_at,
    c.consent_reason, a.generation as attempt, a.holder, a.began_at
from inflow.connection c
left join inflow.token t on t.connection_id = c.id
left join inflow.token_attempt a on a.connection_id = c.id
where c.id = $1
order by t.generation desc nulls last limit 1
