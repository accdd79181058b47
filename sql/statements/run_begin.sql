-- Begins a run, and answers with its number.
--
-- $1 connection, $2 trigger, $3 scope, $4 holder, $5 the run that it continues, or null. answers_from is when the oldest answer was
-- asked for that it takes over.
insert into inflow.run (
    connection_id, trigger, scope, status, holder, started_at, continues_run_id, answers_from)
values ($1, $2, $3, 'running', $4, clock_timestamp(), $5::bigint, (
    select min(k.asked_at)
    from inflow.run o
    join inflow.chunk k on k.connection_id = o.connection_id and k.run_id = o.id
    where o.connection_id = $1 and (o.id = $5::bigint or o.continues_run_id = $5::bigint)
        and k.status = 'loaded' and k.asked_at > clock_timestamp() - interval '2 days'
))
returning id
