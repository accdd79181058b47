internal import Foundation
internal import Inflow
internal import Postgres

/// The row saying "this chunk is in", with its tally, its rejections and its drift; written in the chunk's own transaction.
struct Checkpoint: Sendable {
    let connectionID: Int64
    let runID: Int64
    let entity: String
    let chunk: Chunk
    let label: String
    let askedAt: Date
    let reading: ChunkReceipt
    let drift: [Drift]

    /// Writes it, after making sure that the run is still ours to write for; `rejections` where an answer was staged.
    func write(
        _ tally: Tally, _ rejections: RejectionWriter?, on session: isolated PostgresConnection
    ) throws(WarehouseError) {
        let isOurs: Bool
        do throws(PostgresError) {
            let (isOpen, hasRejections) = try lookAtRun(session)
            isOurs = isOpen
            if isOurs {
                try writeChunk(tally, status: .loaded, error: nil, session)
                if tally.rejected > 0 { try rejections?.keep(on: session) }
                if hasRejections { try rejections?.close(on: session) }
                if !drift.isEmpty { try writeDrift(session) }
            }
        } catch {
            throw WarehouseError(error, doing: "writing the checkpoint of \(entity), \(label)")
        }
        guard isOurs else {
            throw WarehouseError(
                .runClosed, subject: entity,
                message:
                    "Run \(runID) was closed by another process while it was still reading \(entity). Nothing more of "
                    + "it is written. Look at \"inflow runs\" for the run that took over.")
        }
    }

    /// A run that another process found dead and closed must not write any more; whether the entity has rejections that
    /// are not closed is told along with it.
    ///
    /// The row is locked against being closed until the commit, and one that is being closed is waited for.
    private func lookAtRun(
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (isOpen: Bool, hasRejections: Bool) {
        let rows = try session.query(
            "select \(RejectionWriter.isAny) as has_rejections from inflow.run where id = $1 and status = 'running' for share",
            [.int64(runID), .int64(connectionID), .text(entity)])
        return (!rows.isEmpty, rows.first?["has_rejections"].bool ?? false)
    }

    /// Writes that it failed, unless it is in: a commit may have taken place although its answer was lost.
    func writeFailure(_ error: String, on session: isolated PostgresConnection) throws(PostgresError) {
        try writeChunk(Tally(), status: .failed, error: error, session)
        let months: [String]
        switch chunk {
        case .span(let window): months = window.touchedMonths.map(\.description)
        case .whole: months = ["-infinity"]
        case .since, .sweep, .parents: return
        }
        try session.query(
            MergeSQL.noteFailedCoverage,
            [.int64(connectionID), .text(entity), .int64(runID), .text(error), .textArray(months)])
    }

    private func writeChunk(
        _ tally: Tally, status: ChunkStatus, error: String?, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        var from: PostgresParameter = .null
        var until: PostgresParameter = .null
        if case .span(let window) = chunk {
            from = .text(window.from.description)
            until = .text(window.until.description)
        }
        try session.query(
            """
            insert into inflow.chunk (
                connection_id, run_id, entity, chunk, status, span_from, span_until, asked_at, ended_at,
                pulled, inserted, updated, unchanged, marked_deleted, rejected, duplicates,
                calls, bytes, tries, replaced_characters, seconds, error)
            values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(),
                $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
            on conflict (connection_id, run_id, entity, chunk) do update set
                status = excluded.status, asked_at = excluded.asked_at, ended_at = excluded.ended_at,
                pulled = excluded.pulled, inserted = excluded.inserted, updated = excluded.updated,
                unchanged = excluded.unchanged, marked_deleted = excluded.marked_deleted,
                rejected = excluded.rejected, duplicates = excluded.duplicates, calls = excluded.calls,
                bytes = excluded.bytes, tries = excluded.tries, replaced_characters = excluded.replaced_characters,
                seconds = excluded.seconds, error = excluded.error
            where chunk.status = 'failed' or excluded.status = 'loaded'
            """,
            [
                .int64(connectionID), .int64(runID), .text(entity), .text(label), .text(status.rawValue), from, until,
                .timestamp(askedAt), .int(tally.pulled), .int(tally.inserted), .int(tally.updated),
                .int(tally.unchanged), .int(tally.markedDeleted), .int(tally.rejected), .int(tally.duplicates),
                .int(reading.traffic.calls), .int(reading.traffic.bytes), .int(reading.tries),
                .int(reading.replacedCharacters), .double(reading.seconds), error.map { .text($0) } ?? .null,
            ])
    }

    private func writeDrift(_ session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(
            """
            insert into inflow.drift (connection_id, table_name, path, example, last_run_id)
            select $1, d.table_name, d.path, d.example, $2
            from unnest($3::text[], $4::text[], $5::text[]) d (table_name, path, example)
            on conflict (connection_id, table_name, path) do update set
                last_seen_at = now(), last_run_id = excluded.last_run_id, example = excluded.example
            """,
            [
                .int64(connectionID), .int64(runID), .textArray(drift.map(\.table)), .textArray(drift.map(\.path)),
                .textArray(drift.map(\.example)),
            ])
    }
}
