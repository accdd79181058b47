-- Which refusal of the platform still holds? Clears it, and answers until when it held.
--
-- $1 platform, $2 account. Calls that were made still count.
with old as (
    select platform, account_id, refused_until
    from inflow.quota
    where platform = $1 and account_id = $2 and refused_until > clock_timestamp()
    for update
)
update inflow.quota q set refused_until = null, is_day_refused = false
from old
where q.platform = old.platform and q.account_id = old.account_id
returning old.refused_until as until
