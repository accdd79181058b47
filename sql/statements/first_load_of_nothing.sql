-- Is a run the first that loaded an entity, and did none of its answers hold a record?
--
-- $1 connection, $2 entity, $3 run.
select exists (
        select from inflow.chunk
        where connection_id = $1 and run_id = $3 and entity = $2 and status = 'loaded' and calls > 0
    ) and not exists (
        select from inflow.run r
        join inflow.chunk c on c.connection_id = r.connection_id and c.run_id = r.id
        where r.connection_id = $1 and r.id <> $3 and r.status in ('green', 'warnings', 'rejections')
            and c.entity = $2 and c.status = 'loaded'
    ) and not exists (
        select from inflow.chunk
        where connection_id = $1 and entity = $2 and status = 'loaded' and pulled > 0
    ) as is_nothing
