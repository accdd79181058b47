-- Which day of an entity can no reading get past? Opens the rejection of the day, or renews the one that is there.
--
-- $1 connection, $2 run, $3 entity, $4 chunk of the day, $5 table, $6 the error in words, $7 the day,
-- $8 the day after it.
with renewed as (
    update inflow.rejection set
        raw = $6, times_seen = times_seen + case when last_run_id = $2 then 0 else 1 end, last_run_id = $2,
        last_seen_at = now(), asked_at = now()
    where connection_id = $1 and entity = $3 and status <> 'closed' and key = ''
        and reason = 'unreadable_day' and chunk = $4
    returning id
)
insert into inflow.rejection (
    connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason, asked_at,
    span_from, span_until)
select $1, $2, $2, $3, $4, '', $5, '', $6, 'unreadable_day', now(), $7::date, $8::date
where not exists (select from renewed)
