-- What did a person decide about held rows? Sets their status; answers with each entity and how many rows it concerns.
--
-- $1 connection, $2 'approved' or 'kept', $3 entity or null for all, $4 numbers of single rows or empty for all.
with decided as (
    update inflow.missing set status = $2, is_approved = $2 = 'approved'
    where connection_id = $1 and status = 'held' and ($3::text is null or entity = $3)
        and (cardinality($4::bigint[]) = 0 or id = any ($4::bigint[]))
    returning entity
)
select entity, count(*) as rows from decided group by 1 order by 1
