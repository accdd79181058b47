-- What decides when each connection is read next?
--
-- $1 now. Claims count whose slot is no more than a day ahead. consented_at is when a person gave the tokens in force: a
-- refresh does not change it.
select c.id, coalesce(s.is_on, true) as is_on, s.anchor, s.since,
    coalesce(s.is_pinned, false) as is_pinned, s.earlier_anchor, s.earlier_since,
    c.paused_at is not null as is_paused, c.consented_at as consented_at,
    l.slot::text as slot, l.slot_at, l.attempts, l.failures, l.state, l.state_at,
    (
        select max(r.started_at) from inflow.run r
        where r.connection_id = c.id and inflow.is_sync_all(r.trigger) and inflow.run_succeeded(r.status)
    ) as last_run
from inflow.connection c
left join inflow.schedule s on s.connection_id = c.id
left join lateral (
    select * from inflow.slot l
    where l.connection_id = c.id and l.slot_at <= $1::timestamptz + interval '1 day'
    order by l.slot desc
    limit 1
) l on true
