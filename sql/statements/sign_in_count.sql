-- Keeps how often signing in has failed for one account or from one address.
--
-- $1 kind, $2 subject, $3 failures, $4 when the first was, $5 when the last was, $6 until when nothing is tried, or null.
insert into inflow.sign_in_limit as l (kind, subject, failures, first_failed_at, last_failed_at, locked_until)
values ($1, $2, $3, $4, $5, $6)
on conflict (kind, subject) do update set
    failures = excluded.failures, first_failed_at = excluded.first_failed_at,
    last_failed_at = excluded.last_failed_at, locked_until = excluded.locked_until
