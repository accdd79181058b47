-- What is read per record: when a record was asked before, by which a change of the record is told from a change of its
-- values alone, and how often in a row the platform did not know it.
alter table inflow.parent_read
    add column asked_before timestamptz,
    add column unknown_times integer not null default 0;
update inflow.parent_read set unknown_times = 1 where status = 'unknown';
comment on column inflow.parent_read.status is
    'read; unknown, when the platform did not know the record, which is asked again after 1, 2, 4, 8, 16 and then every 30 '
    'days, or when it changes; failed, when it has never been read and the last try failed.';
comment on column inflow.parent_read.asked_before is
    'When the answer of an earlier run was asked for: rows that are missing now although the record has not changed since '
    'count towards the brake. Null where there was none.';
comment on column inflow.parent_read.unknown_times is
    'How many times in a row the platform did not know the record; 0 once it is read.';
