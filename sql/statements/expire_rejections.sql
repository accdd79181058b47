-- Which rejections were last seen, closed or dismissed long enough ago? Deletes some of them.
--
-- $1 connection, $2 days they are kept, $3 how many are deleted at most.
--
-- An open one is kept however old it is: its record is still not in the table, and its month is not complete.
delete from inflow.rejection r
using (
    select connection_id, id from inflow.rejection
    where connection_id = $1 and status <> 'open' and greatest(last_seen_at, ended_at) < now() - make_interval(days => $2::integer)
    limit $3
) o
where r.connection_id = o.connection_id and r.id = o.id
