-- Begins the session of a user who has just signed in, and ends the one that the browser had before.
--
-- $1 SHA-256 of the new token, $2 user, $3 the user's epoch when the password was checked, $4 seconds until it ends at the
-- latest, $5 address, $6 user agent, $7 SHA-256 of the token before, or null.
--
-- No row where the user was changed since the password was checked: then nobody is signed in.
with before as (
    delete from inflow.page_session where token_hash = $7
), entering as (
    update inflow.page_user set signed_in_at = now()
    where id = $2 and epoch = $3 and disabled_at is null
    returning id, epoch
)
insert into inflow.page_session (token_hash, user_id, epoch, ends_at, address, user_agent)
select $1, e.id, e.epoch, now() + make_interval(secs => $4::double precision), $5, $6
from entering e
returning id, created_at, used_at, ends_at
