-- Which unknown elements has no answer held for long enough? Deletes the notes of all of them.
--
-- $1 connection, $2 days they are kept, $3 above 0 (there are few: they go at once).
delete from inflow.drift
where connection_id = $1 and last_seen_at < now() - make_interval(days => $2::integer) and $3::integer > 0
