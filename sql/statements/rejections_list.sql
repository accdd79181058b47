-- What was rejected, and in which days was it asked for? The rejections seen last come first.
--
-- $1 connection, $2 whether closed and dismissed ones are wanted too, $3 numbers of the ones wanted or null for any,
-- $4 how many at most, null for all.
select r.*, c.span_from as first_day, c.span_until - 1 as last_day
from inflow.rejection r
left join lateral (
    select span_from, span_until
    from inflow.chunk
    where connection_id = r.connection_id and run_id in (r.run_id, r.last_run_id) and entity = r.entity
        and chunk = r.chunk
    limit 1
) c on true
where r.connection_id = $1 and ($2 or r.status = 'open') and ($3::bigint[] is null or r.id = any ($3::bigint[]))
order by r.last_seen_at desc, r.id desc
limit $4
