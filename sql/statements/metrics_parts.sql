-- What have all runs done, by connection and entity?
select c.name as connection, s.*
from (
    select r.connection_id, e.entity, sum(e.pulled) as pulled, sum(e.inserted) as inserted,
        sum(e.updated) as updated, sum(e.unchanged) as unchanged, sum(e.marked_deleted) as marked_deleted,
        sum(e.rejected) as rejected, sum(e.duplicates) as duplicates, sum(e.older) as older, sum(e.outside) as outside, sum(e.calls) as calls,
        sum(e.bytes) as bytes, sum(e.seconds) as seconds
    from inflow.run r
    join inflow.entity_run e on e.run_id = r.id
    group by r.connection_id, e.entity
) s
join inflow.connection c on c.id = s.connection_id
order by c.name, s.entity
