internal import Foundation
internal import Inflow
internal import Postgres

/// Runs the statements of ``MergeSQL`` for one chunk inside one transaction, skipping those that have nothing to do.
///
/// Each count comes from its own statement: duplicates from what was dropped, unchanged from the judgement, inserted
/// and updated from what PostgreSQL wrote. None is derived from another, so that adding up proves something.
struct ChunkMerge: Sendable {
    let context: ChunkContext
    let staged: StagedChunk.Summary
    /// Records in the answer, counted by the parser.
    let pulled: Int
    /// Elements of the answer outside the known places, each of which may be a record.
    var outside = 0
    /// Characters of the answer that were lost on the way.
    var replacedCharacters = 0

    var sql: MergeSQL { context.sql }
    private var askedAt: PostgresParameter { .timestamp(context.askedAt) }

    /// Judges the rows that the answer does not hold.
    var missingRows: MissingRowDetection {
        MissingRowDetection(context: context, staged: staged, pulled: pulled, outside: outside)
    }

    /// What is counted before anything is judged.
    var counted: Tally {
        var tally = Tally()
        tally.pulled = pulled
        (tally.rejected, tally.outside) = (staged.rejected, outside)
        return tally
    }

    /// How many records of each kind are to be written.
    struct Judgement {
        var unchanged = 0
        var older = 0
        var inserted = 0
        var touched = 0
        var superseded = 0
        var lines = 0
        var linesUnknown = 0
        /// Whether the table holds of the extent just what the answer does.
        var nothingMissing = false
    }

    /// Row counts of the merge, and rows held for approval.
    struct Outcome: Sendable {
        var tally: Tally
        /// Rows that are held for a person, since too many were missing at once.
        var held = 0
        /// Rows that are missing, and looked for in the same run.
        var missing = 0
        /// Temporary tables that hold rows now.
        var usedTables: Set<String>
    }

    /// Staged records up to which the target is looked up key by key, whatever the planner believes.
    ///
    /// On a table that was never analyzed it believes that a connection has few rows, and reads them all for each
    /// chunk.
    static let lookedUpByKey = 50_000

    /// Merges and returns the tally, which adds up.
    func run(on session: isolated PostgresConnection) throws(WarehouseError) -> Outcome {
        var tally = counted
        var absent = (missing: 0, held: 0)
        var lines = LineProof()
        var used = Set(
            zip([sql.stage] + sql.children.map { MergeSQL.stage($0) }, staged.rows).filter { $1 > 0 }.map(\.0))
        do throws(PostgresError) {
            try takeLock(session)
            try dropRefused(session)
            var nothingMissing = false
            if staged.rows[0] > 0 {
                tally.duplicates = try dropDuplicates(session, &lines)
                try keepLostText(session)
                if let inserted = try insertAll(session) {
                    tally.inserted = inserted
                    nothingMissing = !sql.isDatedByInstant
                } else {
                    nothingMissing = try judgeAndWrite(session, &tally, &used, &lines)
                }
            }
            try HeaderOnlyRecords(context: context).run(on: session, hasChanged: tally.inserted + tally.updated > 0)
            absent = try missingRows.run(on: session, nothingMissing: nothingMissing)
        } catch {
            throw WarehouseError(error, doing: "merging \(sql.entity.name)")
        }
        try prove(lines)
        try prove(tally)
        return Outcome(tally: tally, held: absent.held, missing: absent.missing, usedTables: used)
    }

    /// - Returns: whether the table is known to hold nothing of the extent that the answer does not.
    private func judgeAndWrite(
        _ session: isolated PostgresConnection, _ tally: inout Tally, _ used: inout Set<String>,
        _ lines: inout LineProof
    ) throws(PostgresError) -> Bool {
        let judgement = try judge(session)
        (tally.unchanged, tally.older) = (judgement.unchanged, judgement.older)
        if judgement.linesUnknown > 0 { used.formUnion([sql.compared, sql.changed]) }
        guard judgement.inserted + judgement.touched > 0 else { return judgement.nothingMissing }
        used.formUnion([sql.changed] + (judgement.lines > 0 ? sql.children.map { MergeSQL.gone($0) } : []))
        (tally.inserted, tally.updated) = try write(judgement, session, &lines)
        if lines.wereLeftBehind { used.formUnion(sql.children.map { MergeSQL.gone($0) }) }
        return false
    }

    private func prove(_ tally: Tally) throws(WarehouseError) {
        guard tally.closes else {
            throw WarehouseError(
                .arithmetic, subject: sql.entity.name,
                message:
                    "The counts of \(sql.entity.name) do not add up: \(tally.pulled) pulled, but \(tally.inserted) "
                    + "inserted + \(tally.updated) updated + \(tally.unchanged) unchanged + \(tally.older) older + "
                    + "\(tally.rejected) rejected + \(tally.duplicates) duplicates + \(tally.outside) outside. "
                    + "The chunk was rolled back. This is a fault of Inflow: please report it with the run's number.")
        }
    }

    /// Takes the entity's lock, before anything that a chunk writes: chunks take their locks in one order.
    func lock(on session: isolated PostgresConnection) throws(WarehouseError) {
        try lifting(context.subject("waiting to merge")) { () throws(PostgresError) in try takeLock(session) }
    }

    /// One merge at a time per connection and entity; and none for a run that was closed meanwhile.
    func takeLock(_ session: isolated PostgresConnection) throws(PostgresError) {
        try session.query(MergeSQL.takeLock, context.names)
    }

    func dropRefused(_ session: isolated PostgresConnection) throws(PostgresError) {
        guard !staged.refused.isEmpty else { return }
        for table in [sql.stage] + sql.children.map({ MergeSQL.stage($0) }) {
            try session.query(
                "delete from \(table) where record_ordinal = any ($1)", [.int64Array(staged.refused.map(Int64.init))])
        }
    }

    func dropDuplicates(
        _ session: isolated PostgresConnection, _ lines: inout LineProof
    ) throws(PostgresError) -> Int {
        let dropped = staged.mayRepeat[0] ? try session.query(sql.dropDuplicates).affectedRows : 0
        for (index, child) in sql.children.enumerated() where staged.rows[index + 1] > 0 {
            if dropped > 0 { try session.execute(sql.dropOrphans(child)) }
            if staged.mayRepeat[index + 1] {
                lines.differing += try session.query(sql.dropDuplicates(child)).affectedRows
            }
        }
        return dropped
    }

    /// The rows the chunk should be about, where its answer says which and carries whole records.
    private func extent(_ slack: Int) -> (condition: String, parameters: [PostgresParameter])? {
        guard sql.carriesAllColumns, sql.carriesAllChildren,
            let condition = sql.extent(context.chunk, slack: slack)
        else { return nil }
        guard case .span(let window) = context.chunk else { return (condition, [.int64(context.connectionID)]) }
        return (
            condition,
            [.int64(context.connectionID), .text(window.from.description), .text(window.until.description)]
        )
    }

    /// Inserts everything where the table holds nothing of the chunk's extent, as in a first load; nil where it does.
    ///
    /// A key that the table has at another date makes PostgreSQL refuse the insert: then nothing was written, and the
    /// records are judged one by one.
    private func insertAll(_ session: isolated PostgresConnection) throws(PostgresError) -> Int? {
        guard let (condition, parameters) = extent(0) else { return nil }
        let held = try session.query(sql.isHeld(condition), parameters)
        guard try !held[0].require("held", { $0.bool }) else { return nil }
        do throws(PostgresError) {
            return try session.transaction { session throws(PostgresError) in
                let inserted = try session.query(
                    sql.insertAll, [.int64(context.runID), askedAt, .int64(context.connectionID)]
                ).affectedRows
                Failpoint.pass(.mergeRowsWritten)
                for (index, child) in sql.children.enumerated() where staged.rows[index + 1] > 0 {
                    try session.query(sql.insertAllLines(child), [.int64(context.connectionID)])
                }
                return inserted
            }
        } catch  where error.code == .uniqueViolation {
            return nil
        }
    }

    /// Records the table has just so, and the ordinals of the others; nil where each is to be looked up.
    private func findSame(
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (same: Int, others: [Int64], held: Int)? {
        guard let (condition, parameters) = extent(1) else { return nil }
        let result = try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
            try session.query(sql.findSame(condition), parameters)
        }
        return (
            try result[0].int("same"),
            try result[0].int64List("others"),
            try result[0].int("held")
        )
    }

    /// How the staged records would count, with those that differ in `changed`.
    func judged(
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> (inserted: Int, updated: Int, unchanged: Int, older: Int) {
        let judgement = try judge(session)
        return (judgement.inserted, judgement.touched, judgement.unchanged, judgement.older)
    }

    private func judge(_ session: isolated PostgresConnection) throws(PostgresError) -> Judgement {
        let version: [UInt8] = [
            UInt8(truncatingIfNeeded: sql.entity.version >> 8), UInt8(truncatingIfNeeded: sql.entity.version),
        ]
        var judgement = Judgement()
        var statement = sql.judge
        var parameters: [PostgresParameter] = [.int64(context.connectionID), .bytes(version), askedAt]
        var count = staged.rows[0]
        // Where nothing is the same there is no point in naming all the others.
        if !sql.comparesColumns, let (same, others, held) = try findSame(session), same > 0 {
            judgement.unchanged = same
            judgement.nothingMissing = others.isEmpty && held == same
            guard !others.isEmpty else { return judgement }
            statement = sql.judgeOthers
            parameters.append(.int64Array(others))
            count = others.count
        }
        let result =
            count <= ChunkMerge.lookedUpByKey
            ? try session.withPlanner(off: .hash, .merge) { () throws(PostgresError) in
                try session.query(statement, parameters)
            } : try session.query(statement, parameters)
        judgement.unchanged += try result[0].int("unchanged")
        judgement.older = try result[0].int("older")
        judgement.linesUnknown = try result[0].int("lines_unknown")
        try read(result, into: &judgement)
        if judgement.linesUnknown > 0 {
            try session.execute(sql.createCompared)
            for child in sql.children { try session.query(sql.compareLines(child)) }
            try session.execute(sql.settleLines)
            judgement.unchanged += try session.query(sql.dropUnchanged).affectedRows
            try read(try session.query(sql.recount), into: &judgement)
        }
        return judgement
    }

    private func read(_ result: PostgresResult, into judgement: inout Judgement) throws(PostgresError) {
        judgement.inserted = try result[0].int("inserted")
        judgement.touched = try result[0].int("touched")
        judgement.superseded = try result[0].int("superseded")
        judgement.lines = try result[0].int("lines")
    }

    private func write(
        _ judgement: Judgement, _ session: isolated PostgresConnection, _ lines: inout LineProof
    ) throws(PostgresError) -> (inserted: Int, updated: Int) {
        let parameters: [PostgresParameter] = [.int64(context.runID), askedAt]
        var counts = (inserted: 0, updated: 0)
        if judgement.touched > 0 { try session.execute(sql.analyzeOwn) }
        if judgement.superseded > 0 {
            try session.query(sql.keepHistory, [.text(sql.entity.name), .int64(context.runID)])
            try ValueMarks(context: context).reviveWithRecords(on: session)
        }
        if judgement.inserted > 0 {
            // Two temporary tables are joined, of which nothing is known: only the nested loop would be a mistake.
            counts.inserted = try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
                try session.query(sql.insertOwn, parameters).affectedRows
            }
        }
        if judgement.touched > 0 { counts.updated = try session.query(sql.updateOwn, parameters).affectedRows }
        Failpoint.pass(.mergeRowsWritten)
        try writeLines(judgement, session, &lines)
        return counts
    }
}
