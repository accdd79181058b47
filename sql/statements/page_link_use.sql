-- Uses a one-time link: begins the session of the one browser that comes first with it.
--
-- $1 SHA-256 of what the link holds, $2 SHA-256 of the new session's token, $3 seconds until the session ends at the latest,
-- $4 address, $5 user agent.
--
-- Of two browsers at once the second waits for the first and then finds the link used. No row where the link is unknown, used
-- or too old, or where a user exists. A user who is being added in the same moment ends the session with its first request.
with used as (
    update inflow.page_link set used_at = now()
    where token_hash = $1 and used_at is null and now() < expires_at and not exists (select from inflow.page_user)
    returning id
)
insert into inflow.page_session (token_hash, link_id, ends_at, address, user_agent)
select $2, u.id, now() + make_interval(secs => $3::double precision), $4, $5
from used u
returning id, created_at, used_at, ends_at
