-- Elements outside the places where Inflow reads records count: each may be a record that no table holds.

alter table inflow.chunk
    add column outside bigint not null default 0,
    drop constraint chunk_arithmetic,
    add constraint chunk_arithmetic check (
        status = 'failed' or pulled = inserted + updated + unchanged + older + rejected + duplicates + outside);
alter table inflow.entity_run add column outside bigint not null default 0;
alter table inflow.run add column outside bigint not null default 0;
comment on column inflow.chunk.outside is
    'Elements with values that stand where Inflow reads no record: each may be a record that no table holds. Such an answer '
    'proves neither that a month is complete nor that a row is gone.';
comment on column inflow.entity_run.outside is
    'Elements with values that stand where Inflow reads no record: each may be a record that no table holds.';
comment on column inflow.run.outside is
    'Elements with values that stand where Inflow reads no record: each may be a record that no table holds.';
