-- Question: which runs were there, what did each bring, and how did it end?
--
-- Grain:    one row per run.
-- Units:    records; calls to the platform; bytes received; seconds.
-- Dates:    started_at and finished_at, UTC instants; started_on in the connection's zone.
-- Included: runs of every kind, also those that failed or still run.
-- Left out: the process that ran it.
-- Caveats:  a run that is "running" may have died: "inflow status" says so, and any later run closes it.

create or replace view report.run with (security_invoker = true) as
select
    run.connection_id,
    connection.name as connection_name,
    run.id as run_id,
    run.trigger,
    run.scope,
    run.status,
    run.started_at,
    run.finished_at,
    (run.started_at at time zone connection.time_zone)::date as started_on,
    run.pulled,
    run.inserted,
    run.updated,
    run.unchanged,
    run.marked_deleted,
    run.rejected,
    run.duplicates,
    run.calls,
    run.bytes,
    run.seconds::numeric(19, 4) as seconds,
    run.error
from inflow.run
left join inflow.connection on connection.id = run.connection_id;

comment on view report.run is 'Runs with their counts and how they ended.';
comment on column report.run.connection_id is 'Connection, hence organisation.';
comment on column report.run.connection_name is 'Name of the connection.';
comment on column report.run.run_id is 'Number of the run: "inflow run ID" shows it.';
comment on column report.run.trigger is 'What began it: manual, slot, catch_up, targeted, backfill, values and others.';
comment on column report.run.scope is 'The request in words.';
comment on column report.run.status is 'running, green, warnings, rejections, failed, quota, consent or interrupted.';
comment on column report.run.started_at is 'When it began.';
comment on column report.run.finished_at is 'When it ended; null while it runs.';
comment on column report.run.started_on is 'The day it began, in the connection''s zone.';
comment on column report.run.pulled is 'Records in the answers.';
comment on column report.run.inserted is 'Records that were new.';
comment on column report.run.updated is 'Records that had changed.';
comment on column report.run.unchanged is 'Records that the tables held with the same values.';
comment on column report.run.marked_deleted is 'Records marked as no longer listed.';
comment on column report.run.rejected is 'Records not loaded.';
comment on column report.run.duplicates is 'Records whose key came again in the same answer.';
comment on column report.run.calls is 'Calls to the platform.';
comment on column report.run.bytes is 'Bytes received.';
comment on column report.run.seconds is 'How long it took.';
comment on column report.run.error is 'What went wrong, in words; null where nothing did.';
