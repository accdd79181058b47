-- Comments that an administrator reads in psql, in plain words. Nothing but comments changes.

comment on column inflow.connection.calls_at_once is 'Most calls in flight; 0 is no limit of Inflow''s.';
comment on column inflow.connection.calls_per_minute is 'Most calls in any 60 seconds; 0 is no limit of Inflow''s.';
comment on column inflow.connection.calls_per_day is 'Most calls in any 24 hours; 0 is no limit of Inflow''s.';
comment on column inflow.connection.needs_consent_at is
    'Since when a person must authorise the connection again. Until then Inflow makes no request for it. Null: no '
    'need.';
comment on column inflow.connection.paused_at is
    'Since when the connection is paused: no run reads it. Null: not paused.';
comment on column inflow.connection.removal_began_at is
    'When its removal began; null unless a removal is under way, or was interrupted and must be run again.';

comment on table inflow.lease is
    'The process that may refresh a token now. A session lock belongs to the row; a commit of the holder checks its '
    'epoch.';
comment on column inflow.lease.purpose is 'The work that the lease permits.';
comment on column inflow.lease.epoch is 'Rises each time a process takes the lease.';
comment on column inflow.lease.heartbeat_at is 'Last heartbeat of the holder, by the database''s clock.';
comment on table inflow.token_attempt is
    'Refreshes under way: Inflow writes the row before it sends the request, and deletes it with the commit of the '
    'answer. A row that stays shows a lost answer, or a process that ended in between.';
comment on column inflow.token_attempt.state is
    'asked (Inflow waits for the answer, or its process ended) or unanswered (the answer did not come).';

comment on column inflow.run.scope is 'The request in words.';
comment on column inflow.run.unchanged is 'Records that the tables held with the same values.';
comment on column inflow.run.cancel_by is 'The person who asked the run to stop.';
comment on column inflow.run.cancel_at is 'When the person asked.';
comment on column inflow.entity_run.unchanged is
    'Records that the tables held with the same values, counted by PostgreSQL.';
comment on column inflow.entity_run.note is
    'Findings without an error: replaced characters, unknown elements and others.';
comment on column inflow.entity_run.details is
    'Findings beside the numbers, once the part has ended: chunks loaded, rows held, days unreadable, readings '
    'postponed, characters replaced, unknown elements, warnings, notes and errors.';
comment on column inflow.chunk.status is 'loaded (committed with its rows) or failed (the tables hold none of it).';
comment on column inflow.chunk.span_from is 'First requested day; null unless the chunk is a span.';
comment on column inflow.chunk.span_until is 'The day after the last requested day.';
comment on column inflow.chunk.asked_at is
    'When Inflow sent its first call, after the wait for a permit, by the database''s clock.';
comment on column inflow.chunk.ended_at is 'When Inflow committed the chunk, or gave up on it.';
comment on column inflow.chunk.unchanged is 'Records that the tables held with the same values.';
comment on column inflow.chunk.tries is 'How often Inflow read it.';

comment on table inflow.drift is
    'Elements that the platform sends and Inflow''s definitions do not name. Their values are in the rows'' extra '
    'column, except those of a path that begins with "../": such an element stands around the records.';
comment on column inflow.history.valid_from is 'When Inflow first read the record with these values.';
comment on column inflow.history.valid_until is 'When Inflow read other values.';

comment on column inflow.coverage.failed_at is
    'When Inflow last failed to read it; older than verified_at if a later reading succeeded.';
comment on column inflow.missing.asked_at is
    'When Inflow requested that answer; the answer says nothing about a row written since.';
comment on column inflow.unknown_number.entity is 'The entity of the number.';

comment on column inflow.archive.span_from is 'First requested day; null unless the chunk is a span.';
comment on column inflow.archive.span_until is 'The day after the last requested day.';
comment on column inflow.archive.changed_since is
    'The request covers only changes since then; null without such a filter.';
comment on column inflow.archive.asked_at is
    'When Inflow last requested the chunk and got this answer, by the database''s clock.';
comment on column inflow.archive.key is 'The key of the request; null for a list.';
comment on column inflow.archive.superseded_at is
    'When later requests had covered everything that its request covers; the retention archive-days counts from '
    'here. Null: it is the newest.';

comment on column inflow.quota_holder.permits is
    'Calls it may make or is making; they count as used if the process ends without giving them back.';

comment on column inflow.reader.created_at is 'When it was first requested.';
comment on column inflow.reader.password_set_at is
    'When its password was last set; Inflow does not store the password.';

comment on table inflow.alert_channel is 'A mail or webhook channel for alerts.';
comment on column inflow.alert_channel.account is 'User at the mail server; empty if it needs none.';
comment on table inflow.incident is
    'A problem of a connection; Inflow sends one alert when it begins and one when it ends.';
comment on column inflow.incident.detail is 'The details in words, as the last review found them.';
comment on table inflow.outbox is
    'Messages. The transaction that opens or closes an incident writes them; they stay until Inflow delivers them '
    'or gives up.';
comment on column inflow.outbox.incidents is 'Numbers of the incidents in the message.';
comment on column inflow.outbox.attempts is 'How often Inflow began to deliver it.';
comment on column inflow.outbox.next_attempt_at is 'The time before which Inflow does not try again.';
comment on column inflow.outbox.leased_until is 'Until when one process may deliver it; after that another may.';
comment on column inflow.outbox.given_up_at is
    'When Inflow gave up: the receiver refused it permanently, or three days of tries failed.';
comment on column inflow.outbox.last_error is 'The error of the last try, in words; empty without one.';

comment on column inflow.schedule.is_on is 'Whether the schedule is on.';
comment on table inflow.slot is 'Scheduled runs that a process has claimed: at most one a local day.';
comment on column inflow.slot.state is 'Result of the last attempt.';
comment on column inflow.slot.state_at is
    'When the last attempt got this result; for a parked one, when calls are free again.';
comment on column inflow.worker.id is 'A name that the process chooses at each start.';
comment on column inflow.worker.version is 'Its version of Inflow.';
comment on column inflow.worker.heartbeat_at is 'Its last heartbeat, by the database''s clock.';
comment on table inflow.request is
    'Requests for runs, in the order in which they begin; one at a time for a connection.';
comment on column inflow.request.asked_at is 'When a person or the schedule made the request.';
comment on column inflow.request.asked_by is 'Machine and process that made the request.';
comment on column inflow.request.epoch is
    'Rises each time a worker takes it; Inflow refuses what a worker writes under an older number.';
comment on column inflow.request.heartbeat_at is 'Last heartbeat of its worker, by the database''s clock.';
comment on column inflow.request.attempts is 'How often a worker took it.';
comment on column inflow.request.run_id is 'Its run; another run continues one that was interrupted.';
