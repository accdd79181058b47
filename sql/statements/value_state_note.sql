-- How far is a kind of values read? Notes it.
--
-- $1 connection, $2 run, $3 entity, $4 the entity whose records have the values, $5 its table, $6 whether the kind is read at
-- all, $7 records that can be asked for, $8 those of them that wait for a call, $9 when the value read longest ago was asked
-- for, $10 since when changes of records are not counted, now without it.
insert into inflow.value_state as s (
    connection_id, run_id, entity, parent, parent_table, is_read, records, waiting, oldest_read_at, counted_at)
values ($1, $2, $3, $4, $5::regclass::text, $6, $7, $8, $9, coalesce($10, now()))
on conflict (connection_id, entity) do update set
    run_id = excluded.run_id, parent = excluded.parent, parent_table = excluded.parent_table, is_read = excluded.is_read,
    records = excluded.records, waiting = excluded.waiting, oldest_read_at = excluded.oldest_read_at,
    counted_at = excluded.counted_at
where s.counted_at <= excluded.counted_at
