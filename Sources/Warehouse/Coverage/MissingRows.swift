public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Rows that were absent from whole answers: asked for by key, then marked deleted, or held for a person.
///
/// A row in `inflow.missing` goes through these states. The merge notes it as `missing` (``MissingRowDetection``), or
/// as `held` where too many are absent at once. In the same run, ``toAsk(_:run:)`` lists what to ask the platform for
/// by key; an answer that holds the row ends its story. One that the platform provably does not know becomes `gone`; of
/// any other the answer is noted, and it stays missing (``noteVerdicts(_:gone:notKnown:)``). ``markGone(_:run:)`` marks
/// the table's row deleted, with a version in history, unless ``holdGone(entities:_:)`` holds it since the run would
/// mark too many. A person turns `held` into `approved`, which is asked for once more and then marked, or `kept`, which
/// stays as it is.
///
/// Until it is marked the row of the table is untouched.
public struct MissingRows: Sendable {
    let warehouse: Warehouse
    let connection: Connection

    /// The missing rows of one connection; reads nothing before it is asked.
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
    /// entity without `get`, or without the value it asks for, are taken to be gone when two whole lists lack them that
    /// are `absence-days` local days apart, the later not much smaller than the first: one list may lack what is there,
    /// and so may two that are read in one bad hour.
    ///
    /// Rows that were missed lately come before those that a person approved: there may be thousands of these, and each
    /// run asks for ``mostAsked`` only. Where `approvedFirst` it is the other way round.
    ///
    /// With `isPatient`, rows whose next turn is later (``noteVerdicts(_:gone:notKnown:)``) are left out.
    public func toAsk(
        _ entity: EntityDefinition, run: Int64, isPatient: Bool = false, approvedFirst: Bool = false
    ) async throws(WarehouseError) -> [(key: String, asked: String)] {
        let sql = CoverageSQL(entity)
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        let settings = connection.settings
        let zone = PostgresParameter.text(settings.timeZone.identifier)
        return try await warehouse.perform(purpose: "deletions", doing: "finding missing \(entity.name)s") {
            session throws(PostgresError) in
            try session.query(sql.forgetMoved, names + [zone])
            let brake: [PostgresParameter] = [.int(settings.brakeRows), .int(settings.brakePercent)]
            try session.query(
                sql.takeUnaskableAsGone, names + [.int64(run), zone, .int(settings.absenceDays)] + brake)
            try session.query(CoverageSQL.startOver, names + [.int64(run)] + brake)
            return try session.query(
                sql.missingToAsk, names + [.int(MissingRows.mostAsked), .bool(isPatient), .bool(approvedFirst)]
            )
            .read { row throws(PostgresError) in (key: try row.text("key"), asked: try row.optionalText("asked")) }
            .compactMap { row in row.asked.map { (row.key, $0) } }
        }
    }

    /// A live row by what `get` asks for, to see whether the platform gives what exists; nil where the table has none.
    ///
    /// Not one that is missing itself. One of the months of the missing rows is preferred, since their list was just
    /// read; among equals any, so that a record that is gone unnoticed is not chosen for ever.
    public func control(_ entity: EntityDefinition, besides keys: [String]) async throws(WarehouseError) -> String? {
        try await warehouse.query(
            CoverageSQL(entity).control, of: connection,
            [.text(entity.name), .textArray(keys), .text(connection.settings.timeZone.identifier)],
            purpose: "deletions", doing: "finding a \(entity.name) to compare with"
        ) { row throws(PostgresError) in try row.text("asked") }.first
    }

    /// Notes what was asked for by key: rows proved to be gone, and rows of which the answer proves nothing, with why.
    ///
    /// One that is gone and whose number another record has now is held. One that is not known stays missing; its next
    /// turn is after a day, then 2, 4 and so on up to 30. `asked` is when the first of them was asked for.
    public func noteVerdicts(
        _ entity: EntityDefinition, gone: [String], notKnown: [(key: String, why: String)], at asked: Instant
    ) async throws(WarehouseError) {
        let sql = CoverageSQL(entity)
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        try await warehouse.transaction(purpose: "deletions", doing: "noting what is gone of \(entity.name)") {
            session throws(PostgresError) in
            if !gone.isEmpty { try session.query(sql.noteGone, names + [.textArray(gone), .timestamp(asked)]) }
            if !notKnown.isEmpty {
                try session.query(
                    CoverageSQL.noteNotKnown,
                    names + [.textArray(notKnown.map(\.key)), .textArray(notKnown.map(\.why)), .timestamp(asked)])
            }
        }
    }

    /// Counts the rows of each of these entities that stay missing, with what the platform answered to one of them.
    ///
    /// Nothing proves that they are gone, nor that they exist.
    public func unresolved(
        entities: [String]
    ) async throws(WarehouseError) -> [(entity: String, rows: Int, why: String?)] {
        try await warehouse.query(
            """
            select entity, count(*) as rows, max(answer) as why
            from inflow.missing
            where connection_id = $1 and status in ('missing', 'approved') and entity = any ($2::text[])
            group by entity
            """, of: connection, [.textArray(entities)], purpose: "deletions", doing: "counting missing rows"
        ) { row throws(PostgresError) in
            (entity: try row.text("entity"), rows: try row.int("rows"), why: try row.optionalText("why"))
        }
    }

    /// Rows of an entity that have moved since they were missed are forgotten, so that they do not count for the brake.
    public func forgetMoved(_ entity: EntityDefinition) async throws(WarehouseError) {
        _ = try await warehouse.query(
            CoverageSQL(entity).forgetMoved, of: connection,
            [.text(entity.name), .text(connection.settings.timeZone.identifier)], purpose: "deletions",
            doing: "forgetting moved \(entity.name)s")
    }

    /// Notes rows without a date as missing, where they were not looked for in `whole-days`: up to ``mostAsked``.
    public func noteUndated(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) {
        guard let statement = CoverageSQL(entity).noteUndated else { return }
        _ = try await warehouse.query(
            statement, of: connection,
            [.text(entity.name), .int64(run), .int(MissingRows.mostAsked), .int(connection.settings.wholeDays)],
            purpose: "deletions", doing: "finding \(entity.name)s without a date")
    }

    /// Notes that rows were given by key, which matters for those without a date: nothing else shows that they exist.
    public func noteFound(
        _ entity: EntityDefinition, _ keys: [String], at asked: Instant
    ) async throws(WarehouseError) {
        guard !keys.isEmpty, let statement = CoverageSQL(entity).confirmUndated else { return }
        _ = try await warehouse.query(
            statement, of: connection, [.text(entity.name), .textArray(keys), .timestamp(asked)],
            purpose: "deletions", doing: "noting what was found of \(entity.name)")
    }

    /// A count of rows for the brake, which a person's approval takes out of it.
    public struct Count: Sendable, Hashable {
        /// Rows that would be marked, or looked for.
        public var rows = 0
        /// Rows marked in the last seven days without a person's approval.
        public var marked = 0
        /// The entities of the rows, with how many each has.
        public var byEntity: [String: Int] = [:]
    }

    /// Counts rows of some entities that whole answers lack, held ones included; and what was marked in seven days.
    ///
    /// `week` are the entities of which the week is counted.
    public func countMissing(entities: [String], week: [String]) async throws(WarehouseError) -> Count {
        try await count(entities, week, where: "status = 'held' or status = 'missing' and origin = 'list'")
    }

    /// Counts rows of some entities that would be marked now; and what was marked in seven days.
    public func countGone(entities: [String], week: [String]) async throws(WarehouseError) -> Count {
        try await count(entities, week, where: "status = 'gone' and not is_approved")
    }

    private func count(
        _ entities: [String], _ week: [String], where condition: String
    ) async throws(WarehouseError) -> Count {
        try await warehouse.perform(purpose: "deletions", doing: "counting deletions") {
            session throws(PostgresError) in
            var count = Count()
            let rows = try session.query(
                """
                select entity, count(*) as rows
                from inflow.missing
                where connection_id = $1 and entity = any ($2::text[]) and (\(condition))
                group by entity
                """, [.int64(connection.id), .textArray(entities)])
            for row in rows {
                let (entity, number) = (try row.text("entity"), try row.int("rows"))
                count.byEntity[entity] = number
            }
            count.rows = count.byEntity.values.reduce(0, +)
            count.marked = try session.query(
                """
                select coalesce(sum(k.marked_deleted), 0) as rows
                from inflow.run r
                join inflow.chunk k on k.connection_id = r.connection_id and k.run_id = r.id
                where r.connection_id = $1 and r.started_at > now() - interval '8 days' and k.chunk = $2
                    and k.ended_at > now() - interval '7 days' and k.entity = any ($3::text[])
                """, [.int64(connection.id), .text(MissingRows.label), .textArray(week)])[0].require("rows", \.int)
            return count
        }
    }

    /// Holds rows of some entities, but for those that a person has approved: those that would be marked, and with
    /// `missing` also those that are to be looked for.
    ///
    /// - Returns: how many rows of which entity are held now that were not.
    public func hold(
        entities: [String], missing: Bool, _ reason: String
    ) async throws(WarehouseError) -> [(entity: String, rows: Int)] {
        try await warehouse.query(
            Statements.missingHold,
            of: connection, [.text(reason), .textArray(entities), .bool(missing)], purpose: "deletions",
            doing: "holding deletions"
        ) { row throws(PostgresError) in (entity: try row.text("entity"), rows: try row.int("rows")) }
    }

    /// Marks an entity's gone rows deleted, with history and a checkpoint of its own, all or nothing.
    ///
    /// - Returns: how many rows were marked.
    public func markGone(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) -> Int {
        let subject = "marking deleted \(entity.name)s"
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        return try await warehouse.withSession("deletions") { session throws(WarehouseError) in
            let isAnyGone = try await lifting(subject) { () async throws(PostgresError) in
                try await session.query(MissingRows.isAnyGone, names)[0].bool("any")
            }
            guard isAnyGone else { return 0 }
            return try await session.transaction(lifting: { WarehouseError($0, doing: subject) }) {
                session throws(WarehouseError) in
                var marked = 0
                // Told apart by their labels: what a person has approved does not count for the brake of the week.
                for (label, isApproved) in [(MissingRows.label, false), (MissingRows.approvedLabel, true)] {
                    let checkpoint = Checkpoint(context: context(entity, label, run))
                    var tally = Tally()
                    tally.markedDeleted = try lifting(subject) { () throws(PostgresError) in
                        try MissingRows.markGone(checkpoint.context, isApproved: isApproved, session)
                    }
                    guard tally.markedDeleted > 0 else { continue }
                    try checkpoint.write(tally, nil, on: session)
                    marked += tally.markedDeleted
                }
                Failpoint.pass(.mergeBeforeCommit)
                return marked
            }
        }
    }

    private static let label = "deletions"
    private static let approvedLabel = "deletions approved"

    private func context(_ entity: EntityDefinition, _ label: String, _ run: Int64) -> ChunkContext {
        ChunkContext(
            sql: MergeSQL(entity, carries: .everything), chunk: .parents([]), label: label,
            connectionID: connection.id, runID: run, askedAt: Date(), settings: connection.settings)
    }

    private static let isAnyGone = """
        select exists (
            select from inflow.missing where connection_id = $1 and entity = $2 and status = 'gone'
        ) as any
        """

    private static func markGone(
        _ context: ChunkContext, isApproved: Bool, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Int {
        let (names, run) = (context.names, PostgresParameter.int64(context.runID))
        try session.query(MergeSQL.takeLock, names)
        try session.query(context.sql.keepHistoryOfGone, names + [run, .bool(isApproved)])
        let marked = try session.query(context.sql.markGone, names + [run, .bool(isApproved)]).affectedRows
        if marked > 0 { try ValueMarks(context: context).markWithRecords(on: session) }
        try session.query(
            """
            delete from inflow.missing
            where connection_id = $1 and entity = $2 and status = 'gone' and is_approved = $3
            """, names + [.bool(isApproved)])
        return marked
    }
}
