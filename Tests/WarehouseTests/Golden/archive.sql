-- write of spans
with given as (
    select a.number::integer, a.endpoint, a.key, a.asked, a.body_bytes, a.stored_bytes, a.pieces::integer,
        decode(a.digest, 'hex') as digest
    from unnest($10::bigint[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
        $16::bigint[], $17::text[]
    ) a (number, endpoint, key, asked, body_bytes, stored_bytes, pieces, digest)
), same as (
    update inflow.archive o set run_id = $2, chunk = $4, asked_at = $9::timestamptz, number = a.number
    from given a
    where o.connection_id = $1 and o.entity = $3 and o.kind = $5 and o.endpoint = a.endpoint
        and o.superseded_at is null and o.asked_at < $9::timestamptz and o.span_from = $6::date and o.span_until = $7::date and o.key is not distinct from a.key
        and o.asked = a.asked and o.digest = a.digest and o.body_bytes = a.body_bytes
    returning a.number
), kept as (
    insert into inflow.archive (
        connection_id, run_id, entity, chunk, kind, span_from, span_until, changed_since, asked_at,
        number, endpoint, key, asked, body_bytes, stored_bytes, pieces, digest)
    select $1, $2, $3, $4, $5, $6::date, $7::date, $8::timestamptz, $9::timestamptz, a.*
    from given a
    where a.number not in (select number from same)
    order by a.number
    returning id, number
), piece as (
    select s.answer::integer as answer, s.number::integer as number,
        substring($18::bytea from s.start::integer for s.length::integer) as bytes
    from unnest($19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
        s (answer, number, start, length)
)
insert into inflow.archive_piece (connection_id, archive_id, number, bytes)
select $1, k.id, p.number, p.bytes
from kept k
join piece p on p.answer = k.number;

-- write of what is asked by key
with given as (
    select a.number::integer, a.endpoint, a.key, a.asked, a.body_bytes, a.stored_bytes, a.pieces::integer,
        decode(a.digest, 'hex') as digest
    from unnest($10::bigint[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
        $16::bigint[], $17::text[]
    ) a (number, endpoint, key, asked, body_bytes, stored_bytes, pieces, digest)
), same as (
    update inflow.archive o set run_id = $2, chunk = $4, asked_at = $9::timestamptz, number = a.number
    from given a
    where o.connection_id = $1 and o.entity = $3 and o.kind = $5 and o.endpoint = a.endpoint
        and o.superseded_at is null and o.asked_at < $9::timestamptz and o.kind = $5 and o.key = a.key
        and o.asked = a.asked and o.digest = a.digest and o.body_bytes = a.body_bytes
    returning a.number
), kept as (
    insert into inflow.archive (
        connection_id, run_id, entity, chunk, kind, span_from, span_until, changed_since, asked_at,
        number, endpoint, key, asked, body_bytes, stored_bytes, pieces, digest)
    select $1, $2, $3, $4, $5, $6::date, $7::date, $8::timestamptz, $9::timestamptz, a.*
    from given a
    where a.number not in (select number from same)
    order by a.number
    returning id, number
), piece as (
    select s.answer::integer as answer, s.number::integer as number,
        substring($18::bytea from s.start::integer for s.length::integer) as bytes
    from unnest($19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
        s (answer, number, start, length)
    union all select answer, number, bytes from pg_temp.stage_archive
)
insert into inflow.archive_piece (connection_id, archive_id, number, bytes)
select $1, k.id, p.number, p.bytes
from kept k
join piece p on p.answer = k.number;

-- supersede by whole
update inflow.archive o set superseded_at = now()
where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
    and o.superseded_at is null and o.kind in ('whole', 'since')
    and exists (select from inflow.archive n where n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
    and n.superseded_at is null and n.asked_at > o.asked_at and n.kind = $4);

-- supersede by span
update inflow.archive o set superseded_at = now()
where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
    and o.superseded_at is null and o.kind = $4 and o.span_from < $6::date and o.span_until > $5::date
    and daterange(o.span_from, o.span_until) <@ (
        select range_agg(daterange(n.span_from, n.span_until))
        from inflow.archive n
        where n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
    and n.superseded_at is null and n.asked_at > o.asked_at and n.kind = o.kind
            and n.span_from < o.span_until and n.span_until > o.span_from
    );

-- supersede by since
update inflow.archive o set superseded_at = now()
where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
    and o.superseded_at is null and o.kind = $4
    and exists (
        select from inflow.archive n
        where n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
    and n.superseded_at is null and n.asked_at > o.asked_at and n.kind = o.kind and n.changed_since <= o.changed_since
    );

-- supersede by sweep
update inflow.archive o set superseded_at = now()
where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
    and o.superseded_at is null and o.kind = $4
    and exists (select from inflow.archive n where n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
    and n.superseded_at is null and n.asked_at > o.asked_at and n.kind = o.kind);

-- supersede by parents
update inflow.archive o set superseded_at = now()
where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
    and o.superseded_at is null and o.kind = $4 and o.key = any ($5::text[])
    and exists (
        select from inflow.archive n
        where n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
    and n.superseded_at is null and n.asked_at > o.asked_at and n.kind = o.kind and n.key = o.key
    );
