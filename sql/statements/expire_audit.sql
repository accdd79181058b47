-- Which entries of the audit log are old enough? Deletes the oldest of them.
--
-- $1 days they are kept, $2 how many are deleted at most.
delete from inflow.audit
where id in (
    select id from inflow.audit where at < now() - make_interval(days => $1::integer) order by at limit $2
)
