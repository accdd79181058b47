-- Values that are read by one call for each record: how far they are, and what that claims.

alter table inflow.entity_run drop constraint entity_run_status_check;
alter table inflow.entity_run add constraint entity_run_status_check
    check (status in ('running', 'green', 'partial', 'warnings', 'rejections', 'failed', 'skipped'));

-- The lock that a run holds while its process lives.
create function inflow.run_lock(trigger text) returns text
    language sql
    immutable
    parallel safe
    return case when trigger in ('backfill', 'values') then trigger else 'run' end;
comment on function inflow.run_lock(text) is
    'The lock that a run of this trigger holds: backfills and values in the background have one of their own.';

create table inflow.value_state (
    connection_id bigint not null references inflow.connection (id) on delete cascade,
    entity text not null,
    parent text not null,
    parent_table text not null,
    is_read boolean not null,
    records bigint not null,
    waiting bigint not null,
    oldest_read_at timestamptz,
    counted_at timestamptz not null,
    run_id bigint not null,
    primary key (connection_id, entity)
);
comment on table inflow.value_state is
    'How far each kind of values is read that costs one call for each record, as the last run that read values counted.';
comment on column inflow.value_state.connection_id is 'The connection.';
comment on column inflow.value_state.entity is 'The entity of the values: job_cost, client_custom_field and so on.';
comment on column inflow.value_state.parent is 'The entity whose records have the values.';
comment on column inflow.value_state.parent_table is 'Its table.';
comment on column inflow.value_state.is_read is
    'Whether the setting values names the kind. Inflow does not read the others, and never calls them complete.';
comment on column inflow.value_state.records is 'Records that can be asked for.';
comment on column inflow.value_state.waiting is
    'Records among them whose values are not all here: they wait for a call, or the platform does not know them.';
comment on column inflow.value_state.oldest_read_at is 'When the values read longest ago were asked for; null without any.';
comment on column inflow.value_state.counted_at is
    'Since when changes of records are not counted here: a record that changed later may lack values.';
comment on column inflow.value_state.run_id is 'The run that counted.';

-- Whether all values of a kind are here, by readings since a time. A record that changed since Inflow counted makes it false.
create function inflow.values_complete(connection bigint, of_entity text, verified_since timestamptz)
returns boolean
language plpgsql
stable
security invoker
as $$
declare
    state inflow.value_state;
    has_changed boolean;
begin
    select * into state from inflow.value_state s where s.connection_id = connection and s.entity = of_entity;
    if not found or not state.is_read or state.waiting > 0 or state.oldest_read_at < verified_since then
        return false;
    end if;
    execute format(
        'select exists (select from %s where connection_id = $1 and changed_at >= $2)', state.parent_table::regclass)
        into has_changed using connection, state.counted_at;
    return not has_changed and not exists (select from inflow.gaps(connection, of_entity));
end
$$;
comment on function inflow.values_complete(bigint, text, timestamptz) is
    'Whether all values of a kind that is read by one call for each record are here, by readings since a time.';
