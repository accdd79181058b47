-- Did the day's quota stop the last run of a scope within two days, so that another may go on with it?
--
-- $1 connection, $2 triggers, $3 scope. A run that went on with a parked one and was interrupted or failed is parked too.
select coalesce(continues_run_id, id) as run,
    started_at > clock_timestamp() - interval '2 days' and (
        status = 'quota'
        or continues_run_id is not null and status in ('running', 'interrupted', 'failed', 'consent')
    ) as is_parked
from inflow.run
where connection_id = $1 and trigger = any ($2) and scope = $3
order by id desc
limit 1
