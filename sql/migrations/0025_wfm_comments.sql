-- Comments on tables of records, in plain words. Nothing but comments changes.

comment on table wfm.lead is 'Sales leads, open, won and lost. One row per lead.';
comment on table wfm.lead_activity is
    'Planned and completed activities of leads. One row per activity; activities have no identifier, so one is '
    'known by its place.';
