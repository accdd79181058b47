-- A service that stays up: schedules whose time is kept, times that were moved for nothing, runs whose process died, and
-- days without a run.
--
-- A Sync All that a person asks for moves the time of the daily run, unless the time is pinned. One that is refused before
-- it read anything puts the earlier time back, which is why the row keeps it.

alter table inflow.schedule
    add column is_pinned boolean not null default false,
    add column earlier_anchor text,
    add column earlier_since timestamptz;
comment on column inflow.schedule.is_pinned is 'Whether a Sync All of a person leaves the time as it is.';
comment on column inflow.schedule.earlier_anchor is
    'The anchor before the last Sync All of a person moved it, empty where there was none; null where nothing was moved.';
comment on column inflow.schedule.earlier_since is 'The column since before that.';

alter table inflow.incident
    drop constraint incident_kind_check,
    add constraint incident_kind_check check (
        kind in (
            'run_failed', 'request_failed', 'held_deletions', 'rejections', 'consent_needed', 'stale_table',
            'token_expiring', 'no_run', 'warehouse_away'));
comment on column inflow.incident.kind is
    'run_failed, request_failed, held_deletions, rejections, consent_needed, stale_table, token_expiring or no_run. '
    'warehouse_away is reported past the warehouse and never stored.';

create function inflow.run_last_sign(connection bigint, run bigint, trigger text, began timestamptz) returns timestamptz
    language sql stable
    return case when not exists (
        select from pg_locks l
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
            and l.database = (select d.oid from pg_database d where d.datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(
                'inflow.' || inflow.run_lock(trigger) || ' ' || connection::text, 0)
            and not exists (
                select from inflow.lease e
                where e.connection_id = connection and e.backend = l.pid
                    and e.heartbeat_at < clock_timestamp() - interval '45 seconds'
            )
    ) then greatest(
        began,
        (
            select max(k.ended_at) from inflow.chunk k
            where k.connection_id = run_last_sign.connection and k.run_id = run_last_sign.run
        ),
        (
            select e.heartbeat_at from inflow.lease e
            where e.connection_id = connection
                and e.purpose = inflow.run_lock(trigger)
        )
    ) end;
comment on function inflow.run_last_sign(bigint, bigint, text, timestamptz) is
    'When the process of a run that has not ended last showed itself, where none holds the lock of its connection any more; '
    'null while one does. A process whose server was restarted takes the lock again within seconds, so the run is dead '
    'where the sign is older than 45 s.';
