-- Why the tables are as they are: rejections with a life of their own, and the tables as they were at a time.

-- Rejections. One row per record that is not loaded, renewed while the record comes unfit again.
alter table inflow.rejection
    add column status text not null default 'open' check (status in ('open', 'closed', 'dismissed')),
    add column times_seen integer not null default 1,
    add column last_run_id bigint,
    add column last_seen_at timestamptz not null default now(),
    add column asked_at timestamptz not null default now(),
    add column ended_run_id bigint,
    add column ended_at timestamptz,
    -- Compared with keys of records, which are compared as bytes.
    alter column key type text collate "C";
update inflow.rejection
set last_run_id = run_id, last_seen_at = rejected_at, asked_at = rejected_at;
-- Until now a record had a row for every run that rejected it; the last one stands for it.
update inflow.rejection r
set status = 'closed', ended_at = now()
where key <> ''
    and exists (
        select
        from inflow.rejection later
        where later.connection_id = r.connection_id and later.entity = r.entity and later.key = r.key
            and later.run_id > r.run_id
    );
alter table inflow.rejection
    alter column last_run_id set not null;
-- So small while all is well that looking into it costs a merge nothing.
create index rejection_living on inflow.rejection (connection_id, entity, key)
    where status <> 'closed';

comment on table inflow.rejection is
    'Records that were not loaded, and why. A record is loaded whole or rejected whole. While the same record comes unfit '
    'again its row is renewed; the load that takes the record in at last closes it.';
comment on column inflow.rejection.run_id is 'The run that rejected it first.';
comment on column inflow.rejection.chunk is
    'The chunk it came in last; a reading by key does not count, so that it says where the record stands.';
comment on column inflow.rejection.table_name is 'The table of the value concerned, as of the last time.';
comment on column inflow.rejection.column_name is 'The column concerned, as of the last time.';
comment on column inflow.rejection.raw is 'The text as the platform sent it the last time.';
comment on column inflow.rejection.reason is 'Why, the last time: missing, not_a_number, not_a_date, …';
comment on column inflow.rejection.rejected_at is 'When it was rejected first.';
comment on column inflow.rejection.status is
    'open; closed, when a load has taken the record in, or the answer no longer has the record without key; dismissed, '
    'when a person does not want to see it while the fault is the same.';
comment on column inflow.rejection.times_seen is 'In how many runs it was rejected.';
comment on column inflow.rejection.last_run_id is 'The run that rejected it last.';
comment on column inflow.rejection.last_seen_at is 'When it was rejected last.';
comment on column inflow.rejection.asked_at is
    'When the answer was asked for that had it last; an answer asked for earlier does not close it.';
comment on column inflow.rejection.ended_run_id is 'The run whose load closed it; null while it is open or dismissed.';
comment on column inflow.rejection.ended_at is 'When it was closed or dismissed; null while it is open.';

comment on column inflow.run.trigger is
    'What began it: manual, targeted, or retry (of rejected records).';

-- History. Keys are compared as bytes here too; the second index finds what was superseded since a time.
alter table inflow.history alter column key type text collate "C";
create index history_valid_until on inflow.history (entity, valid_until);

-- wfm.<entity>_as_of(moment): one function for each entity, all made from one text.
--
-- The rows of today that had already been as they are, and of the others the version that held. That a record has one of the
-- two only is made sure of here and not left to the clocks: of rows of today and versions the row comes first, of versions
-- the last. The functions run with the caller's rights, so that row-level security holds for what they read.
do $$
declare
    entity record;
begin
    for entity in
        select name, key
        from (values
            ('job', 'uuid'), ('quote', 'uuid'), ('purchase_order', 'number'), ('invoice', 'uuid'),
            ('timesheet', 'uuid'), ('lead', 'uuid'), ('client', 'uuid')
        ) known (name, key)
        -- The tests of the merge have a warehouse without the platform's tables.
        where to_regclass('wfm.' || name) is not null
    loop
        execute format(
            $make$
            create function wfm.%1$I(moment timestamptz) returns setof wfm.%2$I
            language plpgsql
            stable
            security invoker
            as $body$
            declare
                first_load timestamptz;
            begin
                return query
                select present.*
                from wfm.%2$I present
                where present.changed_at <= moment
                union all
                select version.*
                from (
                    select distinct on (h.connection_id, h.key)
                        h.connection_id, h.record
                    from inflow.history h
                    where h.entity = %2$L and h.valid_from <= moment and h.valid_until > moment
                        and not exists (
                            select
                            from wfm.%2$I present
                            where present.connection_id = h.connection_id and present.%3$I = h.key
                                and present.changed_at <= moment
                        )
                    order by h.connection_id, h.key, h.valid_from desc, h.id desc
                ) held
                cross join lateral jsonb_populate_record(
                    null::wfm.%2$I, held.record || jsonb_build_object('connection_id', held.connection_id)) version;
                if found then
                    return;
                end if;
                -- Nothing was there: either there was nothing, or nobody had looked.
                select min(ended_at) into first_load
                from inflow.chunk
                where entity = %2$L and status = 'loaded';
                if first_load <= moment then
                    return;
                end if;
                raise exception using
                    errcode = 'invalid_parameter_value',
                    message = format('Inflow cannot say how wfm.%2$s was at %%s: it had loaded nothing of it.', moment),
                    hint = case
                        when first_load is null then 'Nothing of it has been loaded yet.'
                        else format('The first load of it ended at %%s.', first_load)
                    end;
            end
            $body$
            $make$,
            entity.name || '_as_of', entity.name, entity.key);
        execute format(
            'comment on function wfm.%I(timestamptz) is %L',
            entity.name || '_as_of',
            format(
                'wfm.%1$s as Inflow knew it at a moment, of all connections the caller may see, in today''s columns. A '
                'record is known so from the beginning of the transaction that merged it (changed_at) until the one that '
                'changed it. Records first seen later are absent; records marked deleted by then are there, with the '
                'deleted_at of then. What history does not keep is null: the two hashes, and columns added since. A value '
                'filled in because Inflow learned to read its column later counts as having always been there. Where no '
                'connection had loaded anything of it by then, the function raises invalid_parameter_value instead of '
                'returning an empty table; a connection that was loaded later than others has no rows.',
                entity.name));
    end loop;
end
$$;
