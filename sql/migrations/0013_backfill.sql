-- How large a span one call of a backfill may ask for, learned from how long the platform took.

create table inflow.span_size (
    connection_id bigint not null,
    entity text not null,
    size text not null,
    seconds numeric,
    set_at timestamptz not null default now(),
    primary key (connection_id, entity)
);
comment on table inflow.span_size is 'How large a span one call of a backfill asks for: the largest that was lately answered within a minute.';
comment on column inflow.span_size.connection_id is 'The connection.';
comment on column inflow.span_size.entity is 'The entity.';
comment on column inflow.span_size.size is 'The size in words: 1 day to 12 months.';
comment on column inflow.span_size.seconds is 'How long the last span of the size before took; null where it was not answered in time.';
comment on column inflow.span_size.set_at is 'When it was set.';

comment on column inflow.run.trigger is
    'What began it: manual (Sync All), targeted, backfill, reconcile, deletions (approved ones are looked for once more), retry (of '
    'rejected records) or rederive (from the archive, without a call).';
