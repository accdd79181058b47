internal import Inflow
internal import Postgres

/// The SQL of the archive that depends on the requests of answers.
enum ArchiveSQL {
    /// Writes answers with their pieces, but for those that are the newest answer to the same request, byte for byte.
    ///
    /// $1 connection, $2 run, $3 entity, $4 chunk, $5 kind, $6 first day and $7 day after the last of a span, $8
    /// since when changes were asked for, $9 when it was asked for. $10 to $17, each an element an answer: number,
    /// endpoint, key, what was asked, bytes of the body, bytes stored, pieces, digest in hex. $18 to $22: see
    /// ``ArchiveStaging/cutInPieces(_:)``.
    static func write(_ kind: ArchivedKind, hasSpilled: Bool) -> String {
        // The index is on the first day of spans, and on the key of requests by key.
        let place = kind == .span ? "o.span_from = $6::date and o.span_until = $7::date" : "o.kind = $5"
        let key = kind == .parents ? "o.key = a.key" : "o.key is not distinct from a.key"
        let spilled = hasSpilled ? "\n    union all select answer, number, bytes from pg_temp.stage_archive" : ""
        return """
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
                    and o.superseded_at is null and o.asked_at < $9::timestamptz and \(place) and \(key)
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
                \(indented(ArchiveStaging.cutInPieces(18), by: 4))\(spilled)
            )
            insert into inflow.archive_piece (connection_id, archive_id, number, bytes)
            select $1, k.id, p.number, p.bytes
            from kept k
            join piece p on p.answer = k.number
            """
    }

    /// Marks answers that later ones have made superfluous: of one endpoint, asked for earlier, and with nothing in
    /// them that has not been asked for later.
    ///
    /// $1 connection, $2 entity, $3 endpoints, $4 kind; of a span $5 its first day and $6 the day after its last; of
    /// what was asked for by key $5 the keys.
    static func supersede(_ kind: ArchivedKind) -> String {
        """
        update inflow.archive o set superseded_at = now()
        where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
            and o.superseded_at is null and \(indented(isSuperfluous(kind), by: 4))
        """
    }

    private static func isSuperfluous(_ kind: ArchivedKind) -> String {
        switch kind {
        case .span:
            """
            o.kind = $4 and o.span_from < $6::date and o.span_until > $5::date
            and daterange(o.span_from, o.span_until) <@ (
                select range_agg(daterange(n.span_from, n.span_until))
                from inflow.archive n
                where \(isLater) and n.kind = o.kind
                    and n.span_from < o.span_until and n.span_until > o.span_from
            )
            """
        case .whole:
            """
            o.kind in ('whole', 'since')
            and exists (select from inflow.archive n where \(isLater) and n.kind = $4)
            """
        case .sweep:
            """
            o.kind = $4
            and exists (select from inflow.archive n where \(isLater) and n.kind = o.kind)
            """
        case .since:
            """
            o.kind = $4
            and exists (
                select from inflow.archive n
                where \(isLater) and n.kind = o.kind and n.changed_since <= o.changed_since
            )
            """
        case .parents:
            """
            o.kind = $4 and o.key = any ($5::text[])
            and exists (
                select from inflow.archive n
                where \(isLater) and n.kind = o.kind and n.key = o.key
            )
            """
        }
    }

    private static let isLater = """
        n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
        and n.superseded_at is null and n.asked_at > o.asked_at
        """
}
