public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// An entry of the audit log: who did what, when and from where.
public struct AuditEntry: Sendable, Hashable {
    /// Number of the entry, which rises with time; 0 for one that is not written yet.
    public let id: Int64
    /// When it was done; for one that is not written yet, when the value was made.
    public let at: Instant
    /// Who did it, and from where.
    public let doer: Doer
    /// What was done.
    public let action: AuditAction
    /// Name of the connection at that time; `nil` where it is about none.
    public let connection: String?
    /// What it was done to: a user, a token, a run, a setting.
    public let subject: String?
    /// More of it, never a secret: what stands here is shown to every admin and kept for two years.
    public let details: [String: String]

    /// Something that is to be noted.
    public init(
        _ action: AuditAction, by doer: Doer, connection: String? = nil, subject: String? = nil,
        details: [String: String] = [:]
    ) {
        (id, at) = (0, Date())
        self.doer = doer
        self.action = action
        self.connection = connection
        self.subject = subject
        self.details = details
    }

    init(_ row: PostgresResult.Row) throws(PostgresError) {
        id = try row.int64("id")
        at = try row.date("at")
        doer = Doer(
            PageActor(
                try row.word("actor_kind", of: "inflow.audit.actor_kind"), number: try row.optionalInt64("actor_id"),
                name: try row.text("actor")), from: try row.optionalText("address"))
        action = try row.word("action", of: "inflow.audit.action")
        connection = try row.optionalText("connection")
        subject = try row.optionalText("subject")
        details = try row.require("details") { details in
            details.string.flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        }
    }
}

/// Keeps who did what on the page, by its API and at the command line.
///
/// Stores that change something write their entry in the same transaction, so that nothing is done without a trace
/// and no trace is of what was not done. Connections are kept by name: an entry outlives its connection.
public struct AuditLog: Sendable {
    private let warehouse: Warehouse
    /// Days that an entry is kept: two years.
    public static let days = 731

    /// The log of a warehouse.
    public init(_ warehouse: Warehouse) {
        self.warehouse = warehouse
    }

    /// Notes what was done elsewhere, such as a run that was asked for.
    public func note(_ entry: AuditEntry) async throws(WarehouseError) {
        try await warehouse.perform(purpose: "audit", doing: "noting what was done") { session throws(PostgresError) in
            try AuditLog.write(entry, session)
        }
    }

    /// Notes it on a session, within the transaction that does it.
    static func write(_ entry: AuditEntry, _ session: isolated PostgresConnection) throws(PostgresError) {
        func text(_ text: String?, most: Int = 500) -> PostgresParameter {
            text.map { .text(PageToken.kept($0, most: most)) } ?? .null
        }
        let details = entry.details.mapValues { PageToken.kept($0, most: 2_000) }
        let json = (try? JSONEncoder().encode(details)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        let actor = entry.doer.actor
        try session.query(
            Statements.auditWrite,
            [
                .text(actor.kind.rawValue), actor.number.map { .int64($0) } ?? .null, text(actor.name),
                .text(entry.action.rawValue), text(entry.connection), text(entry.subject), .text(json),
                text(entry.doer.address, most: 100),
            ])
    }

    /// The newest entries first: those since a moment, of a connection's name, of one action; `nil` leaves it open.
    ///
    /// `before` is the number of the last entry of the page before.
    public func list(
        since: Instant? = nil, connection: String? = nil, action: AuditAction? = nil, before: Int64? = nil, limit: Int
    ) async throws(WarehouseError) -> [AuditEntry] {
        try await warehouse.query(
            Statements.auditList,
            [
                since.map { .timestamp($0) } ?? .null, connection.map { .text($0) } ?? .null,
                action.map { .text($0.rawValue) } ?? .null, before.map { .int64($0) } ?? .null, .int(limit),
            ], purpose: "audit", doing: "reading the audit log"
        ) { row throws(PostgresError) in try AuditEntry(row) }
    }
}
