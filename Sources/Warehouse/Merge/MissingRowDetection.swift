internal import Foundation
internal import Inflow
internal import Postgres

/// Judges what an answer does not hold, inside the chunk's transaction, after its rows are written.
///
/// An answer to a span or a whole list says which rows it is about, so a row of ours that is about the same and not
/// in it is *missing*. That is a suspicion and no proof: the row is noted in `inflow.missing`, and a later step of
/// the run asks for it by key (``MissingRows``). Nothing is marked as deleted here.
///
/// Rows are not missed by an answer that cannot tell: one that holds a record whose key could not be read,
/// or elements where no record is known, one made
/// from the archive, and one asked for before the row was written. Where more are absent than the connection's brakes
/// allow, or the answer is empty and rows were expected, all of them are held for a person.
///
/// The same answer proves coverage: the months that lie whole in its span, or the whole list, were read. One of which rows
/// are missing, or that held a record without a readable key, proves none: the run notes the coverage once nothing is
/// missing any more (`FollowUps`).
struct MissingRowDetection: Sendable {
    let context: ChunkContext
    let staged: StagedChunk.Summary
    /// Records in the answer.
    let pulled: Int
    /// Elements of the answer outside the known places.
    var outside = 0

    private var sql: MergeSQL { context.sql }

    /// Whether the answer may hold records that were not recognised: it shows neither what is missing nor what was read.
    private var cannotTell: Bool { staged.hasUnreadableKey || outside > 0 }

    /// Forgets what has come back, notes what is missing, and notes what was read.
    ///
    /// `nothingMissing` says whether the table is known to hold nothing of the extent that the answer does not. Returns
    /// how many rows were missed, and how many of these are held for a person.
    func run(
        on session: isolated PostgresConnection, nothingMissing: Bool
    ) throws(PostgresError) -> (missing: Int, held: Int) {
        guard !staged.isDerived, !sql.isReplay else { return (0, 0) }
        try forget(session)
        switch context.chunk {
        case .span(let window):
            var counts = (missing: 0, held: 0)
            if !nothingMissing { counts = try noteMissing(window, session) }
            if counts.missing + counts.held == 0, !cannotTell {
                try noteCoverage(window.wholeMonths, window, isSame: nothingMissing, session)
            }
            return counts
        case .whole:
            var counts = (missing: 0, held: 0)
            if !nothingMissing { counts = try noteMissing(nil, session) }
            if counts.missing + counts.held == 0, !cannotTell {
                try noteCoverage([], nil, isSame: nothingMissing, session)
            }
            return counts
        case .sweep:
            try session.query(sql.noteOpen, context.names + [.timestamp(context.askedAt), .int64(context.runID)])
            return (0, 0)
        case .since, .parents:
            return (0, 0)
        }
    }

    private func bounds(_ window: Window?) -> [PostgresParameter] {
        guard let window else { return [] }
        let zone: [PostgresParameter] = sql.isDatedByInstant ? [.text(context.settings.timeZone.identifier)] : []
        return [.text(window.from.description), .text(window.until.description)] + zone
    }

    /// What came back is no longer missing; looked up only where something is.
    private func forget(_ session: isolated PostgresConnection) throws(PostgresError) {
        let noted = try session.query(
            """
            select exists (select from inflow.missing where connection_id = $1 and entity = $2) as missing,
                exists (
                    select from inflow.open_document where connection_id = $1 and entity = $2 and seen_at = 'epoch'
                ) as has_left
            """, context.names)[0]
        let asked = context.names + [.timestamp(context.askedAt)]
        if try noted.bool("missing") { try session.query(sql.forgetMissing, asked) }
        if try noted.bool("has_left") { try session.query(sql.forgetLeft, asked) }
    }

    private func noteMissing(
        _ window: Window?, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (missing: Int, held: Int) {
        guard !cannotTell, let statement = sql.noteMissing(context.chunk) else { return (0, 0) }
        let settings = context.settings
        let parameters: [PostgresParameter] =
            context.names + [
                .text(context.label), .int64(context.runID), .timestamp(context.askedAt), .int(settings.brakeRows),
                .int(settings.brakePercent), .int(pulled),
            ] + bounds(window)
        let counts = try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
            try session.query(statement, parameters)[0]
        }
        return (try counts.int("missing"), try counts.int("held"))
    }

    private func noteCoverage(
        _ months: [LocalDate], _ window: Window?, isSame: Bool, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let isSame = isSame && !sql.isDatedByInstant
        guard window == nil || !months.isEmpty, let statement = sql.noteCoverage(context.chunk, isSame: isSame) else {
            return
        }
        try session.query(
            statement,
            context.names + [
                .int64(context.runID), .timestamp(context.askedAt), .int(staged.rejected),
                .textArray(months.map(\.description)),
            ] + (isSame ? [] : bounds(window)))
    }
}
