-- Notes in the audit log who did what.
--
-- $1 kind of the actor, $2 its number or null, $3 its name, $4 action, $5 name of the connection or null, $6 subject or null,
-- $7 details as JSON, $8 address or null.
insert into inflow.audit (actor_kind, actor_id, actor, action, connection, subject, details, address)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
