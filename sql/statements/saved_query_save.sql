-- Keeps a select under a name.
--
-- $1 connection, $2 name, $3 the select, $4 who saves it, $5 whether it replaces a query that has the name.
--
-- No row where the name is taken and nothing is to be replaced.
insert into inflow.saved_query (connection_id, name, query, saved_by) values ($1, $2, $3, $4)
on conflict (connection_id, name) do update
set query = excluded.query, saved_by = excluded.saved_by, saved_at = now()
where $5
returning id
