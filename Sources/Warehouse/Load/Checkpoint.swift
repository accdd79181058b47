internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// The row saying that a chunk is in, with its tally, its rejections and its drift, written in the chunk's own
/// transaction.
struct Checkpoint: Sendable {
    let context: ChunkContext
    let receipt: ChunkReceipt
    let drift: [Drift]
    /// Values that were rejected in records that are loaded without them.
    let rejectedValues: Int

    /// A checkpoint of a chunk that no answer brought: marked rows, which have a label of their own.
    init(context: ChunkContext, receipt: ChunkReceipt = ChunkReceipt(), drift: [Drift] = [], rejectedValues: Int = 0) {
        (self.context, self.receipt, self.drift) = (context, receipt, drift)
        self.rejectedValues = rejectedValues
    }

    /// The chunk as the run log is to know it.
    ///
    /// What is derived again from the archive was not read again, so its days are not given to a reader of the run
    /// log who asks when they were read.
    private var chunk: Chunk { context.sql.isReplay ? .parents([]) : context.chunk }

    /// Writes it, after making sure that the run is still open; `rejections` where an answer was staged.
    ///
    /// - Throws: `run_closed` when another process has closed the run.
    func write(
        _ tally: Tally, _ rejections: RejectionWriter?, on session: isolated PostgresConnection
    ) throws(WarehouseError) {
        let isOpen = try lifting(context.subject("writing the checkpoint of")) { () throws(PostgresError) in
            let run = try lookAtRun(session)
            guard run.isOpen else { return false }
            try writeChunk(tally, status: .loaded, error: nil, session)
            if tally.rejected + rejectedValues > 0 { try rejections?.keep(on: session) }
            if run.hasRejections { try rejections?.close(pulled: tally.pulled, on: session) }
            if !drift.isEmpty { try writeDrift(session) }
            if tally.outside > 0 {
                try noteFailedCoverage(
                    "The answer holds \(tally.outside) elements where Inflow reads no record.", session)
            }
            return true
        }
        guard isOpen else {
            let (run, entity) = (context.runID, context.entity.name)
            throw WarehouseError(
                .runClosed, subject: entity,
                message:
                    "Run \(run) was closed by another process while it was still reading \(entity). "
                    + "Nothing more of it is written. Look at \"inflow runs\" for the run that took over.")
        }
    }

    /// Whether the run is open, and whether the entity has rejections that are not closed.
    ///
    /// A run that another process found dead and closed must not write any more. Its row is locked against being closed
    /// until the commit; one that is being closed is waited for.
    private func lookAtRun(
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (isOpen: Bool, hasRejections: Bool) {
        let rows = try session.query(
            """
            select \(RejectionWriter.isAny) as has_rejections
            from inflow.run where id = $1 and status = 'running' for share
            """, [.int64(context.runID)] + context.names)
        guard let run = rows.first else { return (false, false) }
        return (true, try run.bool("has_rejections"))
    }

    /// Writes that it failed, unless it is in: a commit may have taken place although its answer was lost.
    func writeFailure(_ error: String, on session: isolated PostgresConnection) throws(PostgresError) {
        try writeChunk(Tally(), status: .failed, error: error, session)
        try noteFailedCoverage(error, session)
    }

    /// Notes that the last reading of the chunk's months, or of its list, does not show that they are complete.
    private func noteFailedCoverage(_ error: String, _ session: isolated PostgresConnection) throws(PostgresError) {
        let months: [String]
        switch chunk {
        case .span(let window): months = window.touchedMonths.map(\.description)
        case .whole: months = [CoverageStore.wholeList]
        case .since, .sweep, .parents: return
        }
        try session.query(
            MergeSQL.noteFailedCoverage,
            context.names + [.int64(context.runID), .text(error), .textArray(months)])
    }

    private func writeChunk(
        _ tally: Tally, status: ChunkStatus, error: String?, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let window: Window? = if case .span(let window) = chunk { window } else { nil }
        let of: [PostgresParameter] = [
            .int64(context.connectionID), .int64(context.runID), .text(context.entity.name), .text(context.label),
            .text(status.rawValue), window.map { .text($0.from.description) } ?? .null,
            window.map { .text($0.until.description) } ?? .null, .timestamp(context.askedAt),
        ]
        let counts: [PostgresParameter] = [
            .int(tally.pulled), .int(tally.inserted), .int(tally.updated), .int(tally.unchanged),
            .int(tally.markedDeleted), .int(tally.rejected), .int(tally.duplicates),
        ]
        let costs: [PostgresParameter] = [
            .int(receipt.traffic.calls), .int(receipt.traffic.bytes), .int(receipt.tries),
            .int(receipt.replacedCharacters), .double(receipt.seconds), error.map { .text($0) } ?? .null,
            .int(tally.older), .int(tally.outside), .int(rejectedValues), .int(receipt.lostCharacters),
        ]
        try session.query(Statements.checkpointWrite, of + counts + costs)
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
                .int64(context.connectionID), .int64(context.runID), .textArray(drift.map(\.table)),
                .textArray(drift.map(\.path)), .textArray(drift.map(\.example)),
            ])
    }
}
