-- Comments on tables of records, in plain words. Nothing but comments changes.

comment on table wfm.lead is 'Sales leads, open, won and lost. One row per lead.';
comment on table wfm.lead_activity is
    'Planned and completed activities of leads. One row per activity; activities have no identifier, so one is '
    'known by its place.';
comment on table inflow.parent_read is
    'When Inflow last read the values of each record that cost a call of their own. One row per entity and record; '
    'a record whose row has changed since is due again.';
comment on column inflow.parent_read.entity is 'The entity of the values: job_cost, client_custom_field and so on.';
comment on column inflow.parent_read.parent_key is
    'The key of the request: the number of a job or an invoice, the identifier of everything else.';
comment on column inflow.parent_read.asked_at is 'When Inflow requested the answer; null while there is none.';
comment on column inflow.parent_read.run_id is 'The run that made the request.';
comment on column inflow.parent_read.failed_at is
    'When Inflow last failed to read it; null if the last try succeeded. Inflow then reads it alone, after the '
    'others.';
