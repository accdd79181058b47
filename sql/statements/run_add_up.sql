-- What did a run do? Adds up its chunks.
--
-- $1 run.
update inflow.run r set pulled = c.pulled, inserted = c.inserted, updated = c.updated, unchanged = c.unchanged,
    marked_deleted = c.marked_deleted, rejected = c.rejected, duplicates = c.duplicates, older = c.older,
    outside = c.outside,
    calls = c.calls, bytes = c.bytes
from (
    select coalesce(sum(pulled), 0) as pulled, coalesce(sum(inserted), 0) as inserted,
        coalesce(sum(updated), 0) as updated, coalesce(sum(unchanged), 0) as unchanged,
        coalesce(sum(marked_deleted), 0) as marked_deleted, coalesce(sum(rejected), 0) as rejected,
        coalesce(sum(duplicates), 0) as duplicates, coalesce(sum(older), 0) as older, coalesce(sum(outside), 0) as outside,
        coalesce(sum(calls), 0) as calls,
        coalesce(sum(bytes), 0) as bytes, coalesce(sum(seconds), 0) as seconds
    from inflow.chunk
    where run_id = $1 and connection_id = (select connection_id from inflow.run where id = $1)
) c
where r.id = $1
