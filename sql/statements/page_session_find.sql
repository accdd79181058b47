-- Whose session is it, and is it still good? Notes that it is used, once a minute at most.
--
-- $1 SHA-256 of the token, $2 seconds without a request after which a session ends.
--
-- A user's session ends when the user is disabled or gets another password or role (the epoch rises); that of a one-time
-- link ends when there is a user. Each request asks this, so it is one look at an index.
with living as (
    select s.id, s.user_id, s.created_at, s.used_at, s.ends_at, u.name, u.role, u.has_all_connections
    from inflow.page_session s
    left join inflow.page_user u on u.id = s.user_id
    where s.token_hash = $1 and now() < s.ends_at and now() < s.used_at + make_interval(secs => $2::double precision)
        and case
            when s.user_id is null then not exists (select from inflow.page_user)
            else u.disabled_at is null and u.epoch = s.epoch
        end
), used as (
    update inflow.page_session s set used_at = now()
    from living l
    where s.id = l.id and s.used_at <= now() - interval '1 minute'
)
select l.*, array_to_string(array(
        select c.connection_id from inflow.page_user_connection c where c.user_id = l.user_id order by 1
    ), ',') as connections
from living l
