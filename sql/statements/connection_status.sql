-- How does each connection stand? One row for each, from the control tables only.
--
-- $1 the connection, or null for all, $2 name and $3 default of the setting that says how many days a refresh token lives, $4 how often a
-- request may end its process.
--
-- last: the last successful Sync All (Last Run). full_run: the last Sync All that has ended, however. newest: the newest run
-- of any kind but values in the background, which may go on. ended: the last run that ended by itself; where it ended for want of consent, the connection
-- needs one until tokens are stored after it. deadly: the last request of a person that ended its process too often, while no
-- run has succeeded since.
-- A limit of 0 calls is no limit. Minutes and days of the quota's record that are over no longer count.
select c.id, c.name, c.time_zone, s.anchor,
    last.id as last_id, last.trigger as last_trigger, last.status as last_status, last.started_at as last_started_at,
    last.finished_at as last_finished_at, last.seconds as last_seconds, last.error as last_error,
    full_run.id as full_run_id, full_run.trigger as full_run_trigger, full_run.status as full_run_status,
    full_run.started_at as full_run_started_at, full_run.finished_at as full_run_finished_at,
    full_run.seconds as full_run_seconds, full_run.error as full_run_error,
    newest.id as newest_id, newest.trigger as newest_trigger, newest.status as newest_status,
    newest.started_at as newest_started_at, newest.finished_at as newest_finished_at,
    newest.seconds as newest_seconds, newest.error as newest_error, newest.holder as newest_holder,
    sign.last_at < clock_timestamp() - interval '45 seconds' as newest_is_silent,
    deadly.id as deadly_id, deadly.trigger as deadly_trigger, deadly.status as deadly_status,
    deadly.started_at as deadly_started_at, deadly.finished_at as deadly_finished_at,
    deadly.seconds as deadly_seconds, deadly.error as deadly_error,
    c.paused_at,
    coalesce(c.needs_consent_at, case
        when ended.status = 'consent' and coalesce(t.stored_at < ended.finished_at, true) then ended.finished_at
    end) as needs_consent_at,
    coalesce(c.consent_reason, ended.error) as consent_reason,
    t.refresh_issued_at + make_interval(days => coalesce((c.settings ->> $2::text)::integer, $3::integer)) as token_ends_at,
    case when c.calls_per_day > 0 then greatest(0, c.calls_per_day - coalesce((
        select sum(d.calls) from unnest(b.day_until, b.day_calls) d (until, calls)
        where d.until > clock_timestamp()
    ), 0)) end as calls_left_today,
    case when c.calls_per_minute > 0 then greatest(0, c.calls_per_minute - (
        select count(*) from unnest(b.minute_until) m (until) where m.until > clock_timestamp()
    )) end as calls_left_this_minute,
    (select count(*) from inflow.rejection j where j.connection_id = c.id and j.status = 'open') as rejections,
    (select count(*) from inflow.missing m where m.connection_id = c.id and m.status = 'held') as held,
    (select count(*) from inflow.request q where q.connection_id = c.id and q.status = 'queued') as queued,
    (select count(*) from inflow.request q where q.connection_id = c.id and q.status = 'running') as running
from inflow.connection c
left join inflow.schedule s on s.connection_id = c.id
left join lateral (
    select * from inflow.run r
    where r.connection_id = c.id and inflow.is_sync_all(r.trigger) and inflow.run_succeeded(r.status)
    order by r.started_at desc, r.id desc
    limit 1
) last on true
left join lateral (
    select * from inflow.run r
    where r.connection_id = c.id and inflow.is_sync_all(r.trigger) and r.status <> 'running'
    order by r.id desc
    limit 1
) full_run on true
left join lateral (
    select * from inflow.run r where r.connection_id = c.id and r.trigger <> 'values' order by r.id desc limit 1
) newest on true
left join lateral (
    select inflow.run_last_sign(newest.connection_id, newest.id, newest.trigger, newest.started_at) as last_at
    where newest.status = 'running'
) sign on true
left join lateral (
    select * from inflow.run r
    where r.connection_id = c.id and r.status not in ('running', 'interrupted')
    order by r.id desc
    limit 1
) ended on true
left join lateral (
    select t.stored_at, t.refresh_issued_at from inflow.token t where t.connection_id = c.id
    order by t.generation desc limit 1
) t on true
left join lateral (
    select r.* from inflow.request q
    join inflow.run r on r.connection_id = q.connection_id and r.id = q.run_id
    where q.connection_id = c.id and q.kind in ('targeted', 'backfill', 'retry', 'deletions', 'reconcile') and q.status = 'done' and q.outcome = 'failed'
        and q.deaths >= $4::integer
        and not exists (
            select from inflow.run later
            where later.connection_id = c.id and later.started_at > q.done_at and inflow.run_succeeded(later.status)
        )
    order by q.done_at desc
    limit 1
) deadly on true
left join inflow.quota b on b.platform = c.platform and b.account_id = lower(c.account_id)
where $1::bigint is null or c.id = $1
order by c.name
