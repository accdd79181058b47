internal import Foundation
internal import Inflow
internal import Postgres

/// Moves a chunk's answers into the archive, inside the merge's transaction, and tells older ones that they are superseded.
struct ArchiveWriter: Sendable {
    let connectionID: Int64
    let runID: Int64
    let entity: String
    let chunk: Chunk
    let label: String
    let askedAt: Date
    let staged: ArchiveStaging

    private var kept: [Int] { staged.answers.indices.filter { staged.answers[$0].bodyBytes != nil } }

    /// Writes the answers; may be done before the entity's lock is taken.
    ///
    /// One that is the same, byte for byte, as the newest answer to the same request is not kept again: the one that is
    /// there counts as this run's from now on.
    func write(on session: isolated PostgresConnection) throws(WarehouseError) {
        let kept = kept
        guard !kept.isEmpty else { return }
        try lifting("archiving \(entity), \(label)") { () throws(PostgresError) in try write(kept, session) }
    }

    /// Tells older answers that they are superseded; under the entity's lock.
    func supersede(on session: isolated PostgresConnection) throws(WarehouseError) {
        let kept = kept
        guard !kept.isEmpty else { return }
        try lifting("archiving \(entity), \(label)") { () throws(PostgresError) in try supersede(kept, session) }
    }

    private func write(_ kept: [Int], _ session: isolated PostgresConnection) throws(PostgresError) {
        let pieces = ArchiveStaging.cutInPieces(18)
        // The index is on the first day of spans, and on the key of what is asked for by key.
        let place = chunk.archivedKind == .span ? "o.span_from = $6::date and o.span_until = $7::date" : "o.kind = $5"
        let key = chunk.archivedKind == .parents ? "o.key = a.key" : "o.key is not distinct from a.key"
        let sql = """
            with given as (
                select a.number::integer, a.endpoint, a.key, a.asked, a.body_bytes, a.stored_bytes, a.pieces::integer,
                    decode(a.digest, 'hex') as digest
                from unnest($10::bigint[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
                    $16::bigint[], $17::text[]) a (number, endpoint, key, asked, body_bytes, stored_bytes, pieces, digest)
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
                \(indented(pieces, by: 4))
                \(staged.hasSpilled ? "union all select answer, number, bytes from pg_temp.stage_archive" : "")
            )
            insert into inflow.archive_piece (connection_id, archive_id, number, bytes)
            select $1, k.id, p.number, p.bytes
            from kept k
            join piece p on p.answer = k.number
            """
        let answers = kept.map { staged.answers[$0] }
        let window = chunk.archivedWindow
        let own: [PostgresParameter] = [
            .int64(connectionID), .int64(runID), .text(entity), .text(label), .text(chunk.archivedKind.rawValue),
            window.map { .text($0.from.description) } ?? .null, window.map { .text($0.until.description) } ?? .null,
            chunk.archivedSince.map { .timestamp($0) } ?? .null, .timestamp(askedAt),
            .int64Array(kept.map(Int64.init)), .textArray(answers.map(\.request.endpoint)),
            .textArray(answers.map(\.request.key)), .textArray(answers.map(\.request.asked)),
            .int64Array(answers.map { Int64($0.bodyBytes ?? 0) }), .int64Array(answers.map { Int64($0.storedBytes) }),
            .int64Array(answers.map { Int64($0.pieces) }), .textArray(answers.map { ArchiveWriter.hex($0.digest) }),
        ]
        try session.query(sql, own + [.bytes(staged.bytes)] + staged.places)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// What the chunk's answers and others of their kind have made superfluous: of one endpoint, asked for earlier, and with
    /// nothing in them that has not been asked for later.
    private func supersede(_ kept: [Int], _ session: isolated PostgresConnection) throws(PostgresError) {
        let endpoints = Set(kept.map { staged.answers[$0].request.endpoint }).sorted()
        var parameters: [PostgresParameter] = [
            .int64(connectionID), .text(entity), .textArray(endpoints), .text(chunk.archivedKind.rawValue),
        ]
        let condition: String
        switch chunk.archivedKind {
        case .span:
            guard let window = chunk.archivedWindow else { return }
            parameters += [.text(window.from.description), .text(window.until.description)]
            condition = """
                o.kind = $4 and o.span_from < $6::date and o.span_until > $5::date
                and daterange(o.span_from, o.span_until) <@ (
                    select range_agg(daterange(n.span_from, n.span_until))
                    from inflow.archive n
                    where \(ArchiveWriter.later) and n.kind = o.kind
                        and n.span_from < o.span_until and n.span_until > o.span_from
                )
                """
        case .whole:
            condition = """
                o.kind in ('whole', 'since')
                and exists (select from inflow.archive n where \(ArchiveWriter.later) and n.kind = $4)
                """
        case .sweep:
            condition = """
                o.kind = $4
                and exists (select from inflow.archive n where \(ArchiveWriter.later) and n.kind = o.kind)
                """
        case .since:
            condition = """
                o.kind = $4
                and exists (
                    select from inflow.archive n
                    where \(ArchiveWriter.later) and n.kind = o.kind and n.changed_since <= o.changed_since
                )
                """
        case .parents:
            parameters.append(.textArray(kept.compactMap { staged.answers[$0].request.key }))
            condition = """
                o.kind = $4 and o.key = any ($5::text[])
                and exists (
                    select from inflow.archive n
                    where \(ArchiveWriter.later) and n.kind = o.kind and n.key = o.key
                )
                """
        }
        try session.query(
            """
            update inflow.archive o set superseded_at = now()
            where o.connection_id = $1 and o.entity = $2 and o.endpoint = any ($3::text[])
                and o.superseded_at is null and \(condition)
            """, parameters)
    }

    private static let later = """
        n.connection_id = o.connection_id and n.entity = o.entity and n.endpoint = o.endpoint
        and n.superseded_at is null and n.asked_at > o.asked_at
        """
}

extension Chunk {
    /// The kind of chunk, as the archive names it.
    var archivedKind: ArchivedKind {
        switch self {
        case .span: .span
        case .since: .since
        case .sweep: .sweep
        case .whole: .whole
        case .parents: .parents
        }
    }

    var archivedWindow: Window? {
        if case .span(let window) = self { window } else { nil }
    }

    var archivedSince: Instant? {
        if case .since(let instant) = self { instant } else { nil }
    }
}
