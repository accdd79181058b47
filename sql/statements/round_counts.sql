-- Which numbers of records look like a limit at which the platform cuts its answers? Several answers of a kind, one of
-- them of this run, that hold the same number, a hundred or more and round: spans of one entity, or whole lists. Where another
-- answer of this run holds more, the platform does not cut there.
--
-- $1 connection, $2 entities whose lists come without pages, $3 run.
with answer as (
    select entity, chunk, pulled, run_id, case when chunk = 'whole' then '' else entity end as kind,
        max(pulled) filter (where run_id = $3)
            over (partition by case when chunk = 'whole' then '' else entity end) as most
    from inflow.chunk
    where connection_id = $1 and entity = any ($2) and status = 'loaded' and pulled >= 100
        and (span_from is not null or chunk = 'whole')
        and (run_id = $3 or ended_at > now() - interval '31 days')
)
select string_agg(distinct entity, ',') as entities, pulled as records,
    array_to_string((array_agg(distinct case when chunk = 'whole' then entity else chunk end))[:3], ', ') as answers
from answer
where pulled = most and (pulled % 100 = 0 or pulled & (pulled - 1) = 0)
group by kind, pulled
having count(distinct (entity, chunk)) > 1 and bool_or(run_id = $3)
order by kind, pulled
