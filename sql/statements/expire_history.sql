-- Which versions of records have been superseded long enough? Deletes the oldest of them.
--
-- $1 connection, $2 days they are kept, $3 how many are looked at, at most.
--
-- Numbers rise with time, so the lowest are the oldest and only these are looked at.
delete from inflow.history h
using (select connection_id, id from inflow.history where connection_id = $1 order by id limit $3) o
where h.connection_id = o.connection_id and h.id = o.id
    and h.valid_until < now() - make_interval(days => $2::integer)
