-- Deletes what nobody can enter with any more: sessions that have ended, links that were used or are too old, counts of failed
-- sign-ins that no rule remembers.
--
-- $1 hours after which a count is forgotten.
with sessions as (
    delete from inflow.page_session where ends_at <= now()
), links as (
    -- The session of a used link goes with it, so the link stays as long.
    delete from inflow.page_link l
    where expires_at <= now() and not exists (select from inflow.page_session s where s.link_id = l.id and s.ends_at > now())
)
delete from inflow.sign_in_limit
where last_failed_at < now() - make_interval(hours => $1::integer) and coalesce(locked_until, '-infinity') < now()
