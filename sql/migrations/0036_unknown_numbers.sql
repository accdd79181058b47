-- A number that was asked for without an answer that says anything is asked for again, after those never asked for.

alter table inflow.unknown_number
    add column is_unknown boolean not null default true;
comment on column inflow.unknown_number.is_unknown is
    'Whether the platform said that it has no such record; false where its answer said nothing.';
-- Some were noted without having been asked for.
delete from inflow.unknown_number;
