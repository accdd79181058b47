-- Two questions that many statements ask of a run, each answered in one place. Swift answers them by RunOutcome.isSuccess and
-- Trigger.isSyncAll; a test compares the answers word by word.

create function inflow.run_succeeded(outcome text) returns boolean
    language sql immutable parallel safe
    return outcome in ('green', 'warnings', 'rejections');
comment on function inflow.run_succeeded(text) is
    'Whether a run, or its part for one entity, read everything it had planned; rejected records do not count against it.';

create function inflow.is_sync_all(trigger text) returns boolean
    language sql immutable parallel safe
    return trigger in ('manual', 'slot', 'catch_up');
comment on function inflow.is_sync_all(text) is
    'Whether a run is a Sync All: it reads every entity and counts as the connection''s last run.';

comment on column inflow.run.trigger is
    'What began it: manual, slot or catch_up (a Sync All by a person, by the schedule, or late by the schedule), targeted, '
    'backfill, reconcile, deletions (approved ones are looked for once more), retry (of rejected records) or rederive (from '
    'the archive, without a call).';
