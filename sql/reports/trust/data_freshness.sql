-- Question: how far, and as of when, is each kind of record complete?
--
-- Grain:    one row per connection and entity that was ever asked for.
-- Units:    records.
-- Dates:    complete_from and complete_to are days, both included, in the organisation's own calendar; verified_at is
--           UTC.
-- Included: lists with dates, lists without, and values that are read by one call for each record.
-- Left out: entities that were never asked for.
-- Caveats:  complete_to is the end of the unbroken span of complete days that begins with the first month read
--           (complete_from), as report.complete_to says; a month that was read before its end does not begin it where
--           the next one was not read and later ones were. A list without dates has no complete_from. Of values the two
--           are null: waiting says how many records wait for their call, and is_complete whether none does.

create or replace view report.data_freshness with (security_invoker = true) as
with state as (
    select
        connection.id as connection_id, state.entity,
        bool_or(isfinite(state.month)) as is_dated,
        to_regclass(format('wfm.%I', state.entity)) is not null as is_known,
        min(state.month) filter (where isfinite(state.month) and state.verified_at is not null) as first_month,
        max(state.verified_at) as verified_at,
        min(state.verified_at) as oldest_verified_at,
        count(*) filter (
            where not state.is_complete and state.month <= (now() at time zone connection.time_zone)::date
        ) as incomplete_months,
        bool_and(state.is_complete) as is_complete
    from inflow.connection
    cross join lateral inflow.coverage_state(connection.id, null) state
    where not exists (
        select from inflow.value_state v where v.connection_id = connection.id and v.entity = state.entity
    )
    group by connection.id, state.entity
),
freshness as (
    select
        state.connection_id, state.entity, coalesce(span.first_day, state.first_month) as complete_from,
        span.last_day as complete_to,
        verified_at, oldest_verified_at, case when is_dated then incomplete_months end as incomplete_months,
        case when is_dated then null else is_complete end as is_complete,
        null::bigint as records, null::bigint as waiting
    from state
    left join lateral (
        select s.first_day, s.last_day
        from inflow.complete_span(state.connection_id, state.entity) s
        where state.is_dated and state.is_known
    ) span on true
    union all
    select
        connection_id, entity, null, null, null, oldest_read_at, null,
        inflow.values_complete(connection_id, entity, '-infinity'), records, waiting
    from inflow.value_state
),
held as (
    select connection_id, entity, count(*) as held
    from inflow.missing
    where status in ('held', 'missing', 'approved')
    group by connection_id, entity
),
rejected as (
    select connection_id, entity, count(*) as rejected
    from inflow.rejection
    where status = 'open'
    group by connection_id, entity
)
select
    freshness.connection_id,
    connection.name as connection_name,
    freshness.entity,
    freshness.complete_from,
    freshness.complete_to,
    freshness.verified_at,
    freshness.oldest_verified_at,
    freshness.incomplete_months,
    freshness.is_complete,
    freshness.records,
    freshness.waiting,
    coalesce(held.held, 0) as held,
    coalesce(rejected.rejected, 0) as rejected
from freshness
left join held on held.connection_id = freshness.connection_id and held.entity = freshness.entity
left join rejected on rejected.connection_id = freshness.connection_id and rejected.entity = freshness.entity
left join inflow.connection on connection.id = freshness.connection_id;

comment on view report.data_freshness is
    'How far each kind of record is complete, when it was verified, and what stands in the way.';
comment on column report.data_freshness.connection_id is 'Connection, hence organisation.';
comment on column report.data_freshness.connection_name is 'Name of the connection.';
comment on column report.data_freshness.entity is 'The entity: the table''s name in schema wfm.';
comment on column report.data_freshness.complete_from is
    'First day of the first month that was read; null for lists without dates and for values.';
comment on column report.data_freshness.complete_to is
    'Last day of the unbroken span of complete days from complete_from on; null where it is complete to no day.';
comment on column report.data_freshness.verified_at is 'When the latest whole answer was asked for; null for values.';
comment on column report.data_freshness.oldest_verified_at is
    'When the whole answer verified longest ago was asked for; of values, when the one read longest ago was.';
comment on column report.data_freshness.incomplete_months is
    'Months until the current one, itself included, that are not complete to their end; null for lists without dates '
    'and for values.';
comment on column report.data_freshness.is_complete is
    'Whether a list without dates, or all values, are complete; null for lists with dates, which complete_to speaks '
    'of.';
comment on column report.data_freshness.records is 'Records whose values can be asked for; null for lists.';
comment on column report.data_freshness.waiting is 'Records among them that wait for their call; null for lists.';
comment on column report.data_freshness.held is 'Rows that are missing from the platform''s list and not decided yet.';
comment on column report.data_freshness.rejected is 'Records or values that could not be loaded.';
