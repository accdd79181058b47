-- Which browsers are signed in? Those of one-time links first, then by user, the last used first.
--
-- $1 seconds without a request after which a session ends.
--
-- A session is good under the same conditions as in page_session_find.
select s.id, u.name, s.created_at, s.used_at, s.address, s.user_agent
from inflow.page_session s
left join inflow.page_user u on u.id = s.user_id
where now() < s.ends_at and now() < s.used_at + make_interval(secs => $1::double precision)
    and case
        when s.user_id is null then not exists (select from inflow.page_user)
        else u.disabled_at is null and u.epoch = s.epoch
    end
order by u.name nulls first, s.used_at desc, s.id
