internal import Foundation
public import Inflow
internal import Postgres

/// Rows that were absent from whole answers: asked for by key, then marked deleted, or held for a person.
///
/// A row in `inflow.missing` goes through these states. The merge notes it as `missing` (``MissingRowDetection``), or
/// as `held` where too many are absent at once. In the same run, ``toAsk(_:run:)`` lists what to ask the platform for
/// by key; an answer that holds the row ends its story. One that was asked for and not found becomes `gone`
/// (``noteGone(_:_:)``). ``markGone(_:run:)`` marks the table's row deleted, with a version in history, unless
/// ``holdGone(entities:_:)`` holds it since the run would mark too many. A person turns `held` into `approved`, which
/// is asked for once more and then marked, or `kept`, which stays as it is.
///
/// Until it is marked the row of the table is untouched.
public struct MissingRows: Sendable {
    let warehouse: Warehouse
    let connection: Connection

    /// The missing rows of one connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Rows of one entity that a run asks for by key at most.
    public static let mostAsked = 100

    /// Which missing rows a run looks for.
    public enum Pending: String, Sendable {
        /// All that are missing or approved.
        case all
        /// Those that a person has approved.
        case approved
    }

    /// Entities of which rows are to be asked for.
    public func pending(_ which: Pending = .all) async throws(WarehouseError) -> Set<String> {
        let rows = try await warehouse.query(
            """
            select distinct entity from inflow.missing
            where connection_id = $1 and (status = 'approved' or status = 'missing' and $2)
            """, of: connection, [.bool(which == .all)], purpose: "deletions", doing: "looking for missing rows"
        ) { row throws(PostgresError) in try row.text("entity") }
        return Set(rows)
    }

    /// What `get` is to be asked for an entity's missing rows, newest first; moved rows are forgotten before.
    ///
    /// A row that was written since, or whose date is no longer the one it was missed at, has moved. Rows of an
    /// entity without `get`, or without the value it asks for, are taken to be gone when this run has read their list
    /// whole and an earlier one had missed them already: one list may lack what is there.
    public func toAsk(
        _ entity: EntityDefinition, run: Int64
    ) async throws(WarehouseError) -> [(key: String, asked: String)] {
        let sql = CoverageSQL(entity)
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        let zone = PostgresParameter.text(connection.settings.timeZone.identifier)
        return try await warehouse.perform(purpose: "deletions", doing: "finding missing \(entity.name)s") {
            session throws(PostgresError) in
            try session.query(sql.forgetMoved, names + [zone])
            try session.query(sql.takeUnaskableAsGone, names + [.int64(run)])
            return try session.query(sql.missingToAsk, names + [.int(MissingRows.mostAsked)])
                .read { row throws(PostgresError) in (key: try row.text("key"), asked: try row.optionalText("asked")) }
                .compactMap { row in row.asked.map { (row.key, $0) } }
        }
    }

    /// Takes rows that were asked for and not found to be gone; one whose number another record has now is held.
    public func noteGone(_ entity: EntityDefinition, _ keys: [String]) async throws(WarehouseError) {
        _ = try await warehouse.query(
            CoverageSQL(entity).noteGone, of: connection, [.text(entity.name), .textArray(keys)],
            purpose: "deletions", doing: "noting what is gone of \(entity.name)")
    }

    /// Rows of some entities that would be marked now; the brake of a run does not hold what a person has approved.
    public func countGone(
        entities: [String]
    ) async throws(WarehouseError) -> [(entity: String, approved: Bool, rows: Int)] {
        try await warehouse.perform(purpose: "deletions", doing: "counting deletions") {
            session throws(PostgresError) in
            try session.query(
                """
                select entity, is_approved, count(*) as rows
                from inflow.missing
                where connection_id = $1 and status = 'gone' and entity = any ($2::text[])
                group by 1, 2
                """,
                [.int64(connection.id), .textArray(entities)]
            ).map { row throws(PostgresError) in
                (
                    try row.text("entity"), try row.bool("is_approved"),
                    try row.int("rows")
                )
            }
        }
    }

    /// Holds all rows of some entities that would be marked, but for those that a person has approved.
    public func holdGone(entities: [String], _ reason: String) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            update inflow.missing set status = 'held', reason = $2
            where connection_id = $1 and status = 'gone' and not is_approved and entity = any ($3::text[])
            """,
            of: connection, [.text(reason), .textArray(entities)], purpose: "deletions", doing: "holding deletions")
    }

    /// Marks an entity's gone rows deleted, with history and a checkpoint of its own, all or nothing.
    ///
    /// - Returns: how many rows were marked.
    public func markGone(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) -> Int {
        let subject = "marking deleted \(entity.name)s"
        let checkpoint = Checkpoint(
            context: ChunkContext(
                sql: MergeSQL(entity, carries: .everything), chunk: .parents([]), label: "deletions",
                connectionID: connection.id, runID: run, askedAt: Date(), settings: connection.settings))
        return try await warehouse.withSession("deletions") { session throws(WarehouseError) in
            let names = checkpoint.context.names
            let isAnyGone = try await lifting(subject) { () async throws(PostgresError) in
                try await session.query(MissingRows.isAnyGone, names)[0].require("any", \.bool)
            }
            guard isAnyGone else { return 0 }
            return try await session.transaction(lifting: { WarehouseError($0, doing: subject) }) {
                session throws(WarehouseError) in
                var tally = Tally()
                tally.markedDeleted = try lifting(subject) { () throws(PostgresError) in
                    try MissingRows.markGone(checkpoint.context, session)
                }
                try checkpoint.write(tally, nil, on: session)
                Failpoint.pass(.mergeBeforeCommit)
                return tally.markedDeleted
            }
        }
    }

    private static let isAnyGone = """
        select exists (
            select from inflow.missing where connection_id = $1 and entity = $2 and status = 'gone'
        ) as any
        """

    private static func markGone(
        _ context: ChunkContext, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Int {
        let (names, run) = (context.names, PostgresParameter.int64(context.runID))
        try session.query(MergeSQL.takeLock, names)
        try session.query(context.sql.keepHistoryOfGone, names + [run])
        let marked = try session.query(context.sql.markGone, names + [run]).affectedRows
        if marked > 0 { try ValueMarks(context: context).markWithRecords(on: session) }
        try session.query(
            "delete from inflow.missing where connection_id = $1 and entity = $2 and status = 'gone'", names)
        return marked
    }
}
