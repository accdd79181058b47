public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// What deserves a look in a connection's records although it was loaded: unknown elements and contradictions.
public struct DataFindings: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The findings in a connection's records.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// An element that the platform sends and no definition names.
    public struct UnknownElement: Sendable, Encodable {
        /// The table whose `extra` keeps its values.
        public let table: String
        /// Where in the record it stands, as the platform spells it.
        public let path: String
        /// A value that was seen.
        public let example: String
        /// When it was first seen, UTC.
        public let firstSeenAt: Date
        /// When it was last seen, UTC.
        public let lastSeenAt: Date
        /// The run that saw it last.
        public let lastRun: Int64
    }

    /// All unknown elements, by table and path.
    public func drift() async throws(WarehouseError) -> [UnknownElement] {
        try await warehouse.query(
            "select * from inflow.drift where connection_id = $1 order by table_name, path", of: connection,
            purpose: "findings", doing: "reading drift"
        ) { row throws(PostgresError) in
            UnknownElement(
                table: try row.text("table_name"), path: try row.text("path"),
                example: try row.text("example"), firstSeenAt: try row.date("first_seen_at"),
                lastSeenAt: try row.date("last_seen_at"), lastRun: try row.int64("last_run_id"))
        }
    }

    /// A record that contradicts itself or others: a row of `report.quality`.
    public struct Contradiction: Sendable, Encodable {
        /// What was found, as the view has it.
        public let kind: String
        /// The entity's name, as the run log has it.
        public let entity: String
        /// The record's key, its columns joined by `/`.
        public let key: String
        /// What people call it.
        public let label: String?
        /// The finding in words.
        public let words: String
        /// The value that is wrong, shared or unknown.
        public let found: String?
        /// What it should be, of amounts.
        public let expected: String?
        /// Found less expected, of amounts; a decimal as text.
        public let difference: String?
        /// How many findings of the kind have the same cause, this one included: the same unknown staff member, say.
        public let count: Int
        /// The first label of these findings, such as the earliest day worked.
        public let firstLabel: String?
        /// The last label of these findings.
        public let lastLabel: String?
    }

    /// All findings of one kind: how many there are, and the first of them.
    public struct Kind: Sendable, Encodable {
        /// What was found, as the view has it.
        public let kind: String
        /// How many findings there are, listed or not.
        public let count: Int
        /// How many causes these have, listed or not.
        public let causes: Int
        /// The first finding of each of the first causes, those with the most findings first.
        public let first: [Contradiction]
    }

    /// What `report.quality` finds now, with the first `limit` causes of each kind.
    public func contradictions(limit: Int) async throws(WarehouseError) -> [Kind] {
        let found = try await warehouse.transaction(purpose: "findings", doing: "looking for contradictions") {
            session throws(PostgresError) in
            try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
                try session.query(
                    Statements.contradictions, [.int64(connection.id), .int(max(1, limit))])
            }.read { row throws(PostgresError) in
                (try DataFindings.contradiction(row), try row.int("of_kind"), try row.int("causes"))
            }
        }
        var kinds: [Kind] = []
        for (one, ofKind, causes) in found {
            let before = kinds.last?.kind == one.kind ? kinds.popLast()?.first ?? [] : []
            kinds.append(Kind(kind: one.kind, count: ofKind, causes: causes, first: before + [one]))
        }
        return kinds
    }

    private static func contradiction(_ row: PostgresResult.Row) throws(PostgresError) -> Contradiction {
        try Contradiction(
            kind: row.text("kind"), entity: row.text("entity"), key: row.text("key"),
            label: row.optionalText("label"), words: row.text("words"), found: row.optionalText("found"),
            expected: row.optionalText("expected"), difference: row.optionalText("difference"),
            count: row.int("of_cause"), firstLabel: row.optionalText("first_label"),
            lastLabel: row.optionalText("last_label"))
    }
}
