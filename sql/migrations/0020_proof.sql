-- What proves that a record is gone: which answers were compared, when each was asked for, and what was set aside as older.

alter table inflow.missing
    add column answer text,
    add column tries integer not null default 0,
    add column ask_after timestamptz,
    add column key_asked_at timestamptz,
    add column first_asked_at timestamptz,
    add column rows_sent bigint,
    add column first_rows_sent bigint,
    add column origin text not null default 'list' check (origin in ('list', 'open_list', 'undated'));
update inflow.missing set first_asked_at = asked_at;
alter table inflow.missing
    alter column first_asked_at set not null,
    alter column first_asked_at set default now();
comment on column inflow.missing.answer is 'Why the platform''s last answer to its key proves nothing, in words; null where it was not asked.';
comment on column inflow.missing.tries is 'How often the platform was asked for its key in vain: such an answer proved nothing.';
comment on column inflow.missing.ask_after is 'When a scheduled run asks for its key again; null where the next run does.';
comment on column inflow.missing.key_asked_at is 'When the platform was last asked for its key.';
comment on column inflow.missing.first_asked_at is 'When the first answer that it was absent from was asked for.';
comment on column inflow.missing.rows_sent is 'Records in the answer that it was absent from last.';
comment on column inflow.missing.first_rows_sent is 'Records in the answer that it was absent from first.';
comment on column inflow.missing.origin is
    'What missed it: list (a whole answer), open_list (a document that has left the lists of open ones, or that the last of them '
    'named) or undated (no answer can miss it, since it has no date).';
comment on column inflow.missing.status is
    'missing (to be looked for), gone (proved not to exist), held (a person decides), approved (by a person, to be looked '
    'for once more), kept (a person wants the rows kept).';

alter table inflow.chunk
    add column older bigint not null default 0,
    drop constraint chunk_check,
    add constraint chunk_arithmetic check (
        status = 'failed' or pulled = inserted + updated + unchanged + older + rejected + duplicates);
alter table inflow.entity_run add column older bigint not null default 0;
alter table inflow.run add column older bigint not null default 0;
comment on column inflow.chunk.older is 'Records set aside: the warehouse holds what a newer answer said of them.';
comment on column inflow.entity_run.older is 'Records set aside: the warehouse held what a newer answer said of them.';
comment on column inflow.run.older is 'Records set aside: the warehouse held what a newer answer said of them.';
comment on column inflow.chunk.asked_at is
    'When its first call was sent, after it had waited for leave to call, by the database''s clock.';

alter table inflow.open_document add column left_at timestamptz;
comment on column inflow.open_document.left_at is
    'When the list was asked for that lacks it, where it has left the lists and is still to be read; an older answer does not '
    'settle it.';
