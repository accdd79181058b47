-- Which mails about runs may be due? Says from when each kind counts, whether the connection sends mail, and which
-- Sync Alls that went well no mail was made of.
--
-- $1 connection, $2 the time in place of the database's clock, or null.
select coalesce($2::timestamptz, clock_timestamp()) as now, n.digest_since, n.success_since,
    n.paused_at is not null as is_paused,
    exists (
        select from inflow.alert_route r where r.connection_id = $1 and r.channel = 'email' and r.is_on
    ) as has_mail,
    array(
        select r.id from inflow.run r
        where r.connection_id = $1 and inflow.is_sync_all(r.trigger) and inflow.run_succeeded(r.status)
            and r.finished_at > greatest(
                n.success_since, coalesce($2::timestamptz, clock_timestamp()) - interval '1 day')
            and not exists (
                select from inflow.summary s
                where s.connection_id = $1 and s.kind = 'success' and s.subject = r.id::text
            )
        order by r.id
    ) as runs
from inflow.connection n
where n.id = $1
