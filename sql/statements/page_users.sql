-- Who may enter the page, and with which role for what?
--
-- $1 the folded name of the one that is wanted; null: all.
select u.id, u.name, u.password_hash, u.role, u.has_all_connections, u.epoch, u.created_at, u.password_set_at, u.signed_in_at,
    u.disabled_at, array_to_string(array(
        select c.connection_id from inflow.page_user_connection c where c.user_id = u.id order by 1
    ), ',') as connections,
    array_to_json(array(
        select n.name
        from inflow.page_user_connection c
        join inflow.connection n on n.id = c.connection_id
        where c.user_id = u.id
        order by 1
    ))::text as connection_names
from inflow.page_user u
where $1::text is null or u.folded_name = $1::text
order by u.folded_name
