-- Ends a session by its number; answers with whose it was.
--
-- $1 number of the session.
delete from inflow.page_session s
using inflow.page_session e
left join inflow.page_user u on u.id = e.user_id
where s.id = $1 and e.id = s.id
returning u.name, s.address
