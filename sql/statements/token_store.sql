-- Stores a pair of tokens after all there are, if the epoch is still in force.
--
-- $1 connection, $2 access token, $3 refresh token (both sealed), $4 when they were issued, $5 when the access token ends,
-- $6 when the refresh token was issued, $7 epoch.
insert into inflow.token (
    connection_id, access, refresh, issued_at, access_expires_at, refresh_issued_at, generation)
select $1, $2, $3, $4, $5, $6,
    (select coalesce(max(generation), 0) + 1 from inflow.token where connection_id = $1)
from inflow.lease
where connection_id = $1 and purpose = 'token' and epoch = $7
returning generation
