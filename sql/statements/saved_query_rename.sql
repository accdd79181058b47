-- Gives a kept select another name; answers with the name that it had.
--
-- $1 connection, $2 number of the query, $3 the new name.
--
-- No row where the connection has no such query; an error where another of its queries has the name.
with present as (
    select id, name from inflow.saved_query
    where connection_id = $1 and id = $2
    for update
)
update inflow.saved_query q set name = $3
from present p
where q.id = p.id and q.connection_id = $1
returning p.name as before
