-- The run log tells a run's parts as fully as the run's own report does, to whoever follows it from another process.

alter table inflow.entity_run
    add column planned_chunks bigint not null default 0,
    add column loaded_chunks bigint not null default 0,
    add column held bigint not null default 0,
    add column replaced_characters bigint not null default 0,
    add column drift text[] not null default '{}',
    add column warnings text[] not null default '{}',
    add column errors text[] not null default '{}';
comment on column inflow.entity_run.planned_chunks is
    'Chunks to be read, as known when the run began; when it has ended, those that were.';
comment on column inflow.entity_run.loaded_chunks is 'Chunks committed; 0 until the run has ended.';
comment on column inflow.entity_run.held is 'Rows absent from an answer that are held for a person.';
comment on column inflow.entity_run.replaced_characters is 'Illegal characters of the answers that were replaced.';
comment on column inflow.entity_run.drift is 'Elements that no definition names: table and path.';
comment on column inflow.entity_run.warnings is 'What deserves a look although nothing failed, a sentence each.';
comment on column inflow.entity_run.errors is 'What went wrong, a sentence each.';
