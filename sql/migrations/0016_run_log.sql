-- The run log tells a run's parts as fully as the run's own report does, to whoever follows it from another process.

alter table inflow.entity_run
    add column planned_chunks bigint not null default 0,
    add column details jsonb not null default '{}';
comment on column inflow.entity_run.planned_chunks is
    'Chunks to be read, as known when the run began; when it has ended, those that were.';
comment on column inflow.entity_run.details is
    'What it came to beside the numbers, once it has ended: chunks loaded, rows held, days unreadable, readings postponed, '
    'characters replaced, unknown elements, warnings, notes and errors.';
