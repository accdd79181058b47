-- Who did what? The newest entries first.
--
-- $1 the earliest moment or null, $2 name of a connection or null for all, $3 an action or null for all, $4 the number that
-- entries come before or null (a page ends with the number of its last entry), $5 how many at most.
select id, at, actor_kind, actor_id, actor, action, connection, subject, details::text as details, address
from inflow.audit
where ($1::timestamptz is null or at >= $1::timestamptz)
    and ($2::text is null or connection = $2::text)
    and ($3::text is null or action = $3::text)
    and ($4::bigint is null or id < $4::bigint)
order by id desc
limit $5
