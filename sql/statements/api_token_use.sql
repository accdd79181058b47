-- Which token of the API is it, and is it still good? Notes that it is used, once a minute at most.
--
-- $1 SHA-256 of the token. Each request of the API asks this, so it is one look at an index.
with living as (
    select * from inflow.api_token
    where token_hash = $1 and revoked_at is null and (expires_at is null or now() < expires_at)
), used as (
    update inflow.api_token t set used_at = now()
    from living l
    where t.id = l.id and (t.used_at is null or t.used_at <= now() - interval '1 minute')
)
select l.*, n.name as connection
from living l
left join inflow.connection n on n.id = l.connection_id
