-- Which chunks of a run are in, and what did each count? Writes one checkpoint, or replaces the one of an earlier
-- try.
--
-- $1 connection, $2 run, $3 entity, $4 chunk, $5 status ('loaded' or 'failed'), $6 first day and $7 day after the
-- last of a span, else null; $8 when it was asked for; $9 pulled, $10 inserted, $11 updated, $12 unchanged, $13
-- marked deleted, $14 rejected, $15 duplicates, $16 calls, $17 bytes, $18 tries, $19 replaced characters, $20
-- seconds, $21 error or null, $22 set aside as older, $23 outside the known
-- places, $24 rejected values, $25 lost characters.
--
-- A failure never replaces a success: the commit may have taken place although its answer was lost.
insert into inflow.chunk (
    connection_id, run_id, entity, chunk, status, span_from, span_until, asked_at, ended_at,
    pulled, inserted, updated, unchanged, marked_deleted, rejected, duplicates,
    calls, bytes, tries, replaced_characters, seconds, error, older, outside,
    rejected_values, lost_characters)
values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(),
    $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
on conflict (connection_id, run_id, entity, chunk) do update set
    status = excluded.status, asked_at = excluded.asked_at, ended_at = excluded.ended_at,
    pulled = excluded.pulled, inserted = excluded.inserted, updated = excluded.updated,
    unchanged = excluded.unchanged, marked_deleted = excluded.marked_deleted,
    rejected = excluded.rejected, duplicates = excluded.duplicates, calls = excluded.calls,
    bytes = excluded.bytes, tries = excluded.tries, replaced_characters = excluded.replaced_characters,
    rejected_values = excluded.rejected_values, lost_characters = excluded.lost_characters,
    older = excluded.older, outside = excluded.outside, seconds = excluded.seconds, error = excluded.error
where chunk.status = 'failed' or excluded.status = 'loaded'
