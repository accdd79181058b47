-- Which archived answers have been superseded long enough? Deletes the oldest of them with their pieces.
--
-- $1 connection, $2 days they are kept, $3 how many are deleted at most.
with expired as (
    select connection_id, id from inflow.archive
    where connection_id = $1 and superseded_at < now() - make_interval(days => $2::integer)
    order by superseded_at
    limit $3
), pieces as (
    delete from inflow.archive_piece p
    using expired e
    where p.connection_id = e.connection_id and p.archive_id = e.id
)
delete from inflow.archive a
using expired e
where a.connection_id = e.connection_id and a.id = e.id
