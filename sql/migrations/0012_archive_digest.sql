-- An answer that is the same as the newest one to the same question is not kept twice.

alter table inflow.archive add column digest bytea;
comment on column inflow.archive.digest is 'SHA-256 of the body as it came, decoded; null where it was archived before this was noted.';
comment on column inflow.archive.run_id is 'The last run that asked and was answered with this very body.';
comment on column inflow.archive.chunk is 'The chunk of that run it is part of, as in inflow.chunk.';
comment on column inflow.archive.asked_at is 'When the chunk was last asked for and answered so, by the database''s clock.';
