-- The archive: answers as they came, compressed, from which tables can be derived again without a call.
--
-- Written in the chunk's own transaction: connection_id first in the keys, no foreign keys.

create table inflow.archive (
    connection_id bigint not null,
    id bigint generated always as identity,
    run_id bigint not null,
    entity text not null,
    chunk text not null,
    kind text not null check (kind in ('span', 'since', 'sweep', 'whole', 'parents')),
    span_from date,
    span_until date,
    changed_since timestamptz,
    asked_at timestamptz not null,
    number integer not null,
    endpoint text not null,
    key text,
    asked text not null,
    body_bytes bigint not null,
    stored_bytes bigint not null,
    pieces integer not null,
    superseded_at timestamptz,
    primary key (connection_id, id)
);
create index archive_current on inflow.archive (connection_id, entity, endpoint, span_from) where superseded_at is null;
create index archive_key on inflow.archive (connection_id, entity, key) where superseded_at is null and key is not null;
create index archive_superseded on inflow.archive (connection_id, superseded_at) where superseded_at is not null;
comment on table inflow.archive is 'Answers of the platform whose records were loaded, one row each; their bytes are in inflow.archive_piece.';
comment on column inflow.archive.connection_id is 'The connection.';
comment on column inflow.archive.id is 'Number of the answer.';
comment on column inflow.archive.run_id is 'The run that asked.';
comment on column inflow.archive.entity is 'The entity.';
comment on column inflow.archive.chunk is 'The chunk it is part of, as in inflow.chunk.';
comment on column inflow.archive.kind is 'What the chunk was: span, since, sweep, whole or parents (by key).';
comment on column inflow.archive.span_from is 'First day asked for; null where the chunk is no span.';
comment on column inflow.archive.span_until is 'First day no longer asked for.';
comment on column inflow.archive.changed_since is 'Only what changed since then was asked for; null where that was no filter.';
comment on column inflow.archive.asked_at is 'When the chunk was asked for, by the database''s clock.';
comment on column inflow.archive.number is 'Place of the answer in its chunk: pages and records by key are answers each.';
comment on column inflow.archive.endpoint is 'Path of the endpoint as the definition names it; it tells how the answer is read.';
comment on column inflow.archive.key is 'The identifier that was asked for; null for a list.';
comment on column inflow.archive.asked is 'Path and query as sent. Headers, and with them tokens, are not kept.';
comment on column inflow.archive.body_bytes is 'Length of the body as it came, decoded.';
comment on column inflow.archive.stored_bytes is 'Length of all its pieces.';
comment on column inflow.archive.pieces is 'Number of pieces.';
comment on column inflow.archive.superseded_at is 'When all it covers had been asked for again; the retention archive-days counts from here. Null: it is the newest.';

create table inflow.archive_piece (
    connection_id bigint not null,
    archive_id bigint not null,
    number integer not null,
    bytes bytea not null,
    primary key (connection_id, archive_id, number)
);
alter table inflow.archive_piece alter column bytes set storage external;
comment on table inflow.archive_piece is 'The bytes of archived answers: one Zstandard stream an answer, cut into pieces. "inflow raw" reads them.';
comment on column inflow.archive_piece.connection_id is 'The connection.';
comment on column inflow.archive_piece.archive_id is 'The answer, as in inflow.archive.';
comment on column inflow.archive_piece.number is 'Place of the piece, from 0.';
comment on column inflow.archive_piece.bytes is 'The piece.';

comment on column inflow.run.trigger is
    'What began it: manual (Sync All), targeted, reconcile, deletions (approved ones are looked for once more), retry (of '
    'rejected records) or rederive (from the archive, without a call).';
