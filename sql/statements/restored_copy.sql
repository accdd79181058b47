-- What must a restored copy forget, so that it does not take itself for the original?
--
-- $1 why a person must authorise again; null where the original is gone and the copy takes its place, with its tokens.
--
-- The refresh token is good for one use, which is the original's. Processes, queued runs, reserved calls and messages that
-- wait were the original's too, and so were the browsers that are signed in. Every connection is paused until a person resumes it, unless the copy takes over.
with copy as (select $1::text as reason),
paused as (
    update inflow.connection c set paused_at = coalesce(c.paused_at, clock_timestamp()),
        needs_consent_at = clock_timestamp(), consent_reason = copy.reason
    from copy
    where copy.reason is not null
),
tokens as (delete from inflow.token using copy where copy.reason is not null),
attempts as (delete from inflow.token_attempt),
leases as (delete from inflow.lease),
workers as (delete from inflow.worker),
requests as (delete from inflow.request where status <> 'done'),
holders as (delete from inflow.quota_holder),
sessions as (delete from inflow.page_session),
links as (delete from inflow.page_link),
messages as (delete from inflow.outbox where sent_at is null and given_up_at is null)
select name from inflow.connection order by name
