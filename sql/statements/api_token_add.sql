-- Adds a token of the API.
--
-- $1 name, $2 SHA-256 of the token, $3 scope, $4 the one connection it is for or null, $5 days until it ends or null, $6 by whom.
insert into inflow.api_token (name, token_hash, scope, connection_id, expires_at, created_by)
values ($1, $2, $3, $4, now() + make_interval(days => $5::integer), $6)
returning id
