-- Did the day's quota stop the last run of a request within two days, so that another may go on with it?
--
-- $1 connection, $2 triggers, $3 scope, $4 whether the schedule asks, $5 its slot. Then only a
-- run of the same slot counts. A run that went on with a parked one and was interrupted or failed is parked too.
select coalesce(continues_run_id, id) as run,
    started_at > clock_timestamp() - interval '2 days' and (
        status = 'quota'
        or continues_run_id is not null and status in ('running', 'interrupted', 'failed', 'consent')
    ) as is_parked
from inflow.run
where connection_id = $1 and trigger = any ($2) and scope = $3
    and (not $4::boolean or id in (select run_id from inflow.request where connection_id = $1 and slot = $5::date))
order by id desc
limit 1
