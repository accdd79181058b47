-- Values of the fields of quotes, for who has them read: the platform's documentation names no call for them.
create table wfm.quote_custom_field (like wfm.lead_custom_field including all);
alter table wfm.quote_custom_field rename lead_uuid to quote_uuid;
comment on table wfm.quote_custom_field is
    'Values of custom fields on quotes. Empty unless the setting values names quote: the platform''s documentation has no '
    'call for them. One row per record and field that has a value; a value that was cleared is marked by deleted_at, and a '
    'checkbox without a row is not ticked. report.custom_field_value has all kinds.';
comment on column wfm.quote_custom_field.quote_uuid is 'The record; joins wfm.quote.uuid.';
