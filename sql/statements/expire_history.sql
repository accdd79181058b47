-- Which versions of records have been superseded long enough? Deletes the oldest of them, and keeps up to which moment.
--
-- $1 connection, $2 days they are kept, $3 how many are looked at, at most.
--
-- Numbers rise with time, so the lowest are the oldest and only these are looked at.
with expired as materialized (
    select o.id, o.entity, o.valid_until
    from (
        select id, entity, valid_until from inflow.history where connection_id = $1 order by id limit $3
    ) o
    where o.valid_until < now() - make_interval(days => $2::integer)
), noted as (
    insert into inflow.history_pruned as p (connection_id, entity, pruned_until)
    select $1, e.entity, max(e.valid_until)
    from expired e
    group by e.entity
    on conflict (connection_id, entity) do update set
        pruned_until = greatest(p.pruned_until, excluded.pruned_until)
)
delete from inflow.history h
using expired e
where h.connection_id = $1 and h.id = e.id
