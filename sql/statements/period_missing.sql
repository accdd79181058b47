-- What would be signed off of a month, and is it complete? One row for each entity of records.
--
-- $1 connection, $2 first day of the month. reason is null where the records are complete.
select needed.entity, covered.verified_at,
    case
        when report.is_complete($1, needed.entity, month.first_day, month.last_day) then null
        when needed.entity = 'job_cost' and state.waiting > 0 then
            format('%s of %s jobs wait for their costs to be read', state.waiting, state.records)
        when needed.entity = 'job_cost' then 'jobs changed since their costs were read, or are not complete'
        else coalesce(covered.reason, 'a record of it is missing, held, rejected or without its lines')
    end as reason
from (values (1, 'timesheet'), (2, 'invoice'), (3, 'job_cost')) needed (place, entity)
cross join lateral (
    select $2::date as first_day, ($2::date + interval '1 month')::date - 1 as last_day
) month
left join inflow.value_state state on state.connection_id = $1 and state.entity = needed.entity
left join lateral (
    select case when needed.entity = 'job_cost' then state.oldest_read_at else cover.verified_at end as verified_at,
        case
            when cover.connection_id is null then 'it was never asked for'
            else cover.reason
        end as reason
    from (select) one
    left join report.coverage cover on cover.connection_id = $1 and cover.entity = needed.entity
        and cover.month_on = month.first_day
) covered on true
where needed.entity <> 'job_cost' or state.is_read
order by needed.place
