internal import Foundation
internal import Inflow
internal import Postgres

/// Runs the statements on what an answer does not hold, inside the chunk's transaction, after its rows are written.
struct MissingRowDetection: Sendable {
    let sql: MergeSQL
    let chunk: Chunk
    let label: String
    let connectionID: Int64
    let runID: Int64
    let askedAt: Date
    let settings: ConnectionSettings
    /// Records in the answer and records rejected.
    let pulled: Int
    let rejected: Int
    /// Whether the answer held a record whose key could not be read: it proves nothing to be gone.
    let hasUnreadableKey: Bool
    /// Whether the rows come from another table and not from an answer.
    let isDerived: Bool

    /// Does all of it.
    ///
    /// - Returns: how many rows were missed, and how many of these are held for a person.
    func run(
        on session: isolated PostgresConnection, nothingMissing: Bool
    ) throws(PostgresError) -> (missing: Int, held: Int) {
        guard !isDerived else { return (0, 0) }
        try forget(session)
        switch chunk {
        case .span(let window):
            var counts = (missing: 0, held: 0)
            if !nothingMissing { counts = try noteMissing(window, session) }
            try noteCoverage(window.wholeMonths, window, isSame: nothingMissing, session)
            return counts
        case .whole:
            var counts = (missing: 0, held: 0)
            if !nothingMissing { counts = try noteMissing(nil, session) }
            try noteCoverage([], nil, isSame: nothingMissing, session)
            return counts
        case .sweep:
            try session.query(sql.noteOpen, names + [.timestamp(askedAt), .int64(runID)])
            return (0, 0)
        case .since, .parents:
            return (0, 0)
        }
    }

    private var names: [PostgresParameter] { [.int64(connectionID), .text(sql.entity.name)] }

    private func bounds(_ window: Window?) -> [PostgresParameter] {
        guard let window else { return [] }
        let zone: [PostgresParameter] = sql.isDatedByInstant ? [.text(settings.timeZone.identifier)] : []
        return [.text(window.from.description), .text(window.until.description)] + zone
    }

    /// What came back is no longer missing; looked up only where something is.
    private func forget(_ session: isolated PostgresConnection) throws(PostgresError) {
        let noted = try session.query(
            """
            select exists (select from inflow.missing where connection_id = $1 and entity = $2) as missing,
                exists (
                    select from inflow.open_document where connection_id = $1 and entity = $2 and seen_at = '-infinity'
                ) as has_left
            """, names)
        if try noted[0].require("missing", { $0.bool }) { try session.query(sql.forgetMissing, names) }
        if try noted[0].require("has_left", { $0.bool }) { try session.query(sql.forgetLeft, names) }
    }

    private func noteMissing(
        _ window: Window?, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (missing: Int, held: Int) {
        guard !hasUnreadableKey, let statement = sql.noteMissing(chunk) else { return (0, 0) }
        let parameters: [PostgresParameter] =
            names + [
                .text(label), .int64(runID), .timestamp(askedAt), .int(settings.brakeRows), .int(settings.brakePercent),
                .int(pulled),
            ] + bounds(window)
        let result = try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
            try session.query(statement, parameters)
        }
        return (try result[0].require("missing") { $0.int }, try result[0].require("held") { $0.int })
    }

    private func noteCoverage(
        _ months: [LocalDate], _ window: Window?, isSame: Bool, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let isSame = isSame && !sql.isDatedByInstant
        guard window == nil || !months.isEmpty, let statement = sql.noteCoverage(chunk, isSame: isSame) else { return }
        try session.query(
            statement,
            names + [
                .int64(runID), .timestamp(askedAt), .int(rejected), .textArray(months.map(\.description)),
            ] + (isSame ? [] : bounds(window)))
    }
}
