-- A run that a person asked for and that ended its process too often is an incident, too.

alter table inflow.incident
    drop constraint incident_kind_check,
    add constraint incident_kind_check check (
        kind in (
            'run_failed', 'request_failed', 'held_deletions', 'rejections', 'consent_needed', 'stale_table',
            'token_expiring'));
comment on column inflow.incident.kind is
    'run_failed, request_failed, held_deletions, rejections, consent_needed, stale_table or token_expiring.';
