-- Which chunks have a run, and the runs that went on with it, loaded within two days?
--
-- $1 connection, $2 the first of these runs.
select entity, chunk, max(asked_at) as asked_at, max(rejected) as rejected, max(rejected_values) as rejected_values,
    max(lost_characters) as lost_characters, max(outside) as outside
from inflow.chunk
where connection_id = $1 and status = 'loaded' and asked_at > clock_timestamp() - interval '2 days'
    and run_id in (
        select id from inflow.run where connection_id = $1 and (id = $2 or continues_run_id = $2)
    )
group by entity, chunk
