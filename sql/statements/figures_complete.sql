-- How far from a day on are these entities complete, and what stands in the way?
--
-- $1 connection, $2 first day or null for the first month that was read, $3 entities joined by commas. Nothing is said of
-- an entity that was never read.
select entity.name as entity,
    (
        select (inflow.complete_span($1::bigint, entity.name, $2::date)).first_day
    )::text as complete_from,
    report.complete_to($1::bigint, entity.name, $2::date)::text as complete_to,
    (
        select count(*) from inflow.rejection r
        where r.connection_id = $1::bigint and r.entity = entity.name and r.status = 'open'
    ) as rejected,
    (
        select count(*) from inflow.missing m
        where m.connection_id = $1::bigint and m.entity = entity.name and m.status in ('held', 'missing', 'approved')
    ) as held
from unnest(string_to_array($3, ',')) with ordinality entity (name, place)
order by entity.place
