public import Foundation
public import Inflow
internal import Postgres

/// Rows that were missing from whole answers: looked for by key, then marked deleted, or held for a person.
public struct MissingRows: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The deletions of a connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Rows looked for by key in one run and entity at most.
    public static let mostAsked = 100

    /// A row that is missing, as people see it.
    public struct Missing: Sendable, Encodable {
        /// Its number.
        public let id: Int64
        /// The entity.
        public let entity: String
        /// The record's key.
        public let key: String
        /// `missing`, `gone`, `held`, `approved` or `kept`.
        public let status: String
        /// The row's date.
        public let datedOn: String?
        /// The answer it was absent from.
        public let chunk: String
        /// The run that missed it.
        public let run: Int64
        /// When that answer was asked for, UTC.
        public let askedAt: Date?
        /// Why it is held.
        public let reason: String?
    }

    // MARK: in a run

    /// What kind of missing rows is asked for.
    public enum Pending: String, Sendable {
        /// All that are to be looked for.
        case all
        /// Those that a person has approved.
        case approved
    }

    /// Entities of which rows are missing and to be looked for.
    public func pending(_ which: Pending = .all) async throws(WarehouseError) -> Set<String> {
        try await warehouse.perform(purpose: "deletions", doing: "looking for missing rows") {
            session throws(PostgresError) in
            Set(
                try session.query(
                    """
                    select distinct entity from inflow.missing
                    where connection_id = $1 and (status = 'approved' or status = 'missing' and $2)
                    """, [.int64(connection.id), .bool(which == .all)]
                ).texts("entity"))
        }
    }

    /// What `get` is to be asked for an entity's missing rows, newest first; moved rows are forgotten before.
    ///
    /// A row that was written since, or whose date is no longer the one it was missed at, has moved. Rows of an entity
    /// without `get`, or without the value it asks for, are taken to be gone when this run has read their list whole and an
    /// earlier one had missed them already: one list may lack what is there.
    public func toAsk(
        _ entity: EntityDefinition, run: Int64
    ) async throws(WarehouseError) -> [(key: String, asked: String)] {
        let zone = connection.settings.timeZone.identifier
        let (join, day) = (MissingRows.join(entity), entity.localDay(zone: "$3") ?? "m.dated_on")
        let asked = entity.get == nil ? "null" : "t.\(quoted(entity.get?.keyColumn ?? entity.key.first ?? ""))::text"
        let parameters: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        return try await warehouse.perform(purpose: "deletions", doing: "finding missing \(entity.name)s") {
            session throws(PostgresError) in
            try session.query(
                """
                delete from inflow.missing m
                using \(quoted(entity.table)) t
                where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved') and \(join)
                    and (t.asked_at > m.asked_at or t.deleted_at is not null
                        or (m.dated_on is not null and \(day) is distinct from m.dated_on))
                    and $3::text is not null
                """, parameters + [.text(zone)])
            try session.query(
                """
                update inflow.missing m set status = 'gone'
                from \(quoted(entity.table)) t
                where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved') and \(join)
                    and coalesce(\(asked), '') = '' and m.run_id = $3 and m.first_run_id < $3
                """, parameters + [.int64(run)])
            return try session.query(
                """
                select m.key, \(asked) as asked
                from inflow.missing m
                join \(quoted(entity.table)) t on \(join)
                where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved')
                order by m.status = 'missing', m.dated_on desc nulls last, m.key
                limit \(MissingRows.mostAsked)
                """, parameters
            ).read { row throws(PostgresError) in (key: try row.text("key"), asked: try row.optionalText("asked")) }
                .compactMap { row in row.asked.map { (row.key, $0) } }
        }
    }

    /// Takes rows that were asked for and not found to be gone; one whose number another record bears now is held.
    public func noteGone(_ entity: EntityDefinition, _ keys: [String]) async throws(WarehouseError) {
        let join = MissingRows.join(entity)
        let asked = quoted(entity.get?.keyColumn ?? entity.key.first ?? "")
        let isOther = "(\(entity.key.map { "o.\(quoted($0)) <> t.\(quoted($0))" }.joined(separator: " or ")))"
        let isTaken = """
            exists (
                    select from \(quoted(entity.table)) o
                    where o.connection_id = t.connection_id and o.\(asked) = t.\(asked) and \(isOther)
                        and o.deleted_at is null
                )
            """
        _ = try await warehouse.perform(purpose: "deletions", doing: "noting what is gone of \(entity.name)") {
            session throws(PostgresError) in
            try session.query(
                """
                update inflow.missing m set
                    status = case when \(isTaken) then 'held' else 'gone' end,
                    reason = case when \(isTaken) then 'another record bears its number now' else m.reason end
                from \(quoted(entity.table)) t
                where m.connection_id = $1 and m.entity = $2 and m.status in ('missing', 'approved')
                    and m.key = any ($3::text[]) and \(join)
                """,
                [.int64(connection.id), .text(entity.name), .textArray(keys)])
        }
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
            ).read { row throws(PostgresError) in
                (try row.text("entity"), try row.bool("is_approved"), try row.int("rows"))
            }
        }
    }

    /// Holds all rows of some entities that would be marked, but for those that a person has approved.
    public func holdGone(entities: [String], _ reason: String) async throws(WarehouseError) {
        _ = try await warehouse.perform(purpose: "deletions", doing: "holding deletions") {
            session throws(PostgresError) in
            try session.query(
                """
                update inflow.missing set status = 'held', reason = $2
                where connection_id = $1 and status = 'gone' and not is_approved and entity = any ($3::text[])
                """,
                [.int64(connection.id), .text(reason), .textArray(entities)])
        }
    }

    /// Marks an entity's gone rows deleted, with history and a checkpoint of its own, all or nothing.
    ///
    /// - Returns: how many rows were marked.
    public func markGone(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) -> Int {
        let sql = MergeSQL(entity, carries: .everything)
        let id = connection.id
        let (subject, chunk) = ("marking deleted \(entity.name)s", "deletions")
        return try await warehouse.withSession("deletions") { session throws(WarehouseError) in
            let gone = try await lifting(subject) { () async throws(PostgresError) in
                try await session.query(
                    """
                    select exists (
                        select from inflow.missing where connection_id = $1 and entity = $2 and status = 'gone'
                    ) as is_any
                    """, [.int64(id), .text(entity.name)])[0].bool("is_any")
            }
            guard gone else { return 0 }
            return try await session.transaction(lifting: { WarehouseError($0, doing: subject) }) {
                session throws(WarehouseError) in
                var tally = Tally()
                do throws(PostgresError) {
                    try session.query(MergeSQL.takeLock, [.int64(id), .text(entity.name)])
                    try session.query(sql.keepHistoryOfGone, [.int64(id), .text(entity.name), .int64(run)])
                    tally.markedDeleted = try session.query(
                        sql.markGone, [.int64(id), .text(entity.name), .int64(run)]
                    ).affectedRows
                    try session.query(
                        "delete from inflow.missing where connection_id = $1 and entity = $2 and status = 'gone'",
                        [.int64(id), .text(entity.name)])
                } catch {
                    throw WarehouseError(error, doing: subject)
                }
                try Checkpoint(
                    connectionID: id, runID: run, entity: entity.name, chunk: .parents([]), label: chunk,
                    askedAt: Date(), reading: ChunkReceipt(), drift: []
                ).write(tally, nil, on: session)
                Failpoint.pass(.mergeBeforeCommit)
                return tally.markedDeleted
            }
        }
    }

    private static func join(_ entity: EntityDefinition) -> String {
        "t.connection_id = m.connection_id and \(entity.keyText()) = m.key"
    }

    // MARK: for people

    /// What is held, or with `all` also what is still looked for or kept.
    public func list(all: Bool) async throws(WarehouseError) -> [Missing] {
        try await warehouse.perform(purpose: "deletions", doing: "listing deletions") { session throws(PostgresError) in
            try session.query(
                """
                select id, entity, key, status, dated_on::text as dated_on, chunk, run_id, asked_at, reason
                from inflow.missing
                where connection_id = $1 and ($2 or status = 'held')
                order by entity, dated_on desc nulls last, key
                """, [.int64(connection.id), .bool(all)]
            ).read { row throws(PostgresError) in
                try Missing(
                    id: row.int64("id"), entity: row.text("entity"), key: row.text("key"),
                    status: row.text("status"), datedOn: row.optionalText("dated_on"),
                    chunk: row.text("chunk"),
                    run: row.int64("run_id"), askedAt: row.date("asked_at"), reason: row.optionalText("reason"))
            }
        }
    }

    /// Rows that a person approved and that no run has looked for yet: each looks for ``mostAsked`` of an entity.
    public func countApproved() async throws(WarehouseError) -> Int {
        try await warehouse.perform(purpose: "deletions", doing: "counting approved deletions") {
            session throws(PostgresError) in
            try session.query(
                "select count(*) as rows from inflow.missing where connection_id = $1 and status = 'approved'",
                [.int64(connection.id)])[0].int("rows")
        }
    }

    /// Decides about held rows: approved ones are looked for once more and then marked, kept ones stay as they are.
    ///
    /// Numbers name single rows; none mean all that are held, of one entity where it is given.
    /// - Returns: the entities concerned, with how many rows of each.
    public func decide(
        approving: Bool, entity: String?, ids: [Int64]
    ) async throws(WarehouseError) -> [(entity: String, rows: Int)] {
        try await warehouse.perform(purpose: "deletions", doing: "deciding about deletions") {
            session throws(PostgresError) in
            try session.query(
                """
                with decided as (
                    update inflow.missing set status = $2, is_approved = $2 = 'approved'
                    where connection_id = $1 and status = 'held' and ($3::text is null or entity = $3)
                        and (cardinality($4::bigint[]) = 0 or id = any ($4::bigint[]))
                    returning entity
                )
                select entity, count(*) as rows from decided group by 1 order by 1
                """,
                [
                    .int64(connection.id), .text(approving ? "approved" : "kept"),
                    entity.map { .text($0) } ?? .null, .int64Array(ids),
                ]
            ).read { row throws(PostgresError) in (try row.text("entity"), try row.int("rows")) }
        }
    }
}
