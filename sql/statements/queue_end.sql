-- How did a request end? Ends it, and the attempt of its slot, together.
--
-- $1 request, $2 epoch, $3 outcome, $4 error, $5 run, $6 state of the slot, $7 when, or null for now. A worker that has lost the
-- request has an old epoch and changes nothing.
with ended as (
    update inflow.request set status = 'done', outcome = $3, error = $4, run_id = coalesce($5, run_id),
        done_at = clock_timestamp()
    where id = $1 and epoch = $2 and status = 'running'
    returning connection_id, slot, run_id
)
update inflow.slot s set state = $6, failures = failures + ($6 = 'failed')::integer, run_id = e.run_id,
    state_at = coalesce($7::timestamptz, clock_timestamp())
from ended e
where s.connection_id = e.connection_id and s.slot = e.slot
