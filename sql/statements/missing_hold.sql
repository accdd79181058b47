-- Which rows of some entities are held now that were not? Holds those that would be marked, but for approved ones.
--
-- $1 connection, $2 why, in words, $3 entities, $4 whether rows that are still to be looked for are held too.
with held as (
    update inflow.missing set status = 'held', reason = $2
    where connection_id = $1 and not is_approved and entity = any ($3::text[])
        and (status = 'gone' or status = 'missing' and origin = 'list' and $4)
    returning entity
)
select entity, count(*) as rows from held group by entity
