public import Inflow
internal import Postgres
internal import SQLFiles

/// Mails that report what runs did: the digest of the week, and a mail about each Sync All that went well.
///
/// Each is written once. Its mark in `inflow.summary` and its message in the ``Outbox`` commit together, and of two
/// processes that write the same one, one finds the mark of the other. From there the outbox delivers it as it does
/// alerts.
///
/// - What is due is looked up at each review of a connection, so a digest whose time passed while nothing ran is
///   written late, once, for the week that it was due for; of several missed weeks, for the last.
/// - Nothing is due from before its setting was changed. While a connection is paused it has no digest.
/// - Where no mail is set up nothing is written, and nothing marked: a digest then leaves once it is.
public struct Summaries: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection
    private let known: [EntityDefinition]

    /// The summaries of a connection; `known` are all entities of the platform, in loading order.
    public init(_ warehouse: Warehouse, _ connection: Connection, known: [EntityDefinition]) {
        self.warehouse = warehouse
        self.connection = connection
        self.known = known
    }

    private struct Due {
        let now, digestSince: Instant
        let isPaused, hasMail: Bool
        /// Sync Alls that went well and of which no mail was made.
        let runs: [Int64]

        init(_ row: PostgresResult.Row) throws(PostgresError) {
            (now, digestSince) = (try row.date("now"), try row.date("digest_since"))
            (isPaused, hasMail) = (try row.bool("is_paused"), try row.bool("has_mail"))
            runs = try row.int64List("runs")
        }
    }

    /// Writes what is due, each mail once, and returns what this call wrote.
    ///
    /// `moment` stands for the database's clock.
    @discardableResult
    public func write(at moment: Instant? = nil) async throws(WarehouseError) -> [SummaryKind] {
        let settings = connection.settings
        guard settings.digest != .off || settings.successMail != .off else { return [] }
        let due = try await warehouse.query(
            Statements.summaryDue, of: connection, [moment.map { .timestamp($0) } ?? .null], purpose: "alerts",
            doing: "looking which mails are due"
        ) { row throws(PostgresError) in try Due(row) }.first
        guard let due, due.hasMail else { return [] }
        var written: [SummaryKind] = []
        if !due.isPaused, let slot = settings.digest.lastSlot(atOrBefore: due.now, in: settings.timeZone),
            slot.instant > due.digestSince, try await writeDigest(slot, due.now)
        {
            written.append(.digest)
        }
        guard settings.successMail != .off else { return written }
        for run in due.runs where try await writeSuccess(of: run, due.now) { written.append(.success) }
        return written
    }

    private func writeDigest(_ slot: Slot, _ now: Instant) async throws(WarehouseError) -> Bool {
        let isMarked =
            try await warehouse.query(
                "select from inflow.summary where connection_id = $1 and kind = 'digest' and subject = $2",
                of: connection,
                [.text(slot.day.description)], purpose: "alerts", doing: "looking which mails are due"
            ).isEmpty == false
        guard !isMarked else { return false }
        let findings = await countFindings()
        return try await warehouse.transaction(purpose: "alerts", doing: "writing the digest of \(connection.name)") {
            session throws(PostgresError) in
            guard try mark(.digest, slot.day.description, session) else { return false }
            var facts = DigestFacts(connection: connection, known: known)
            facts.findings = findings
            // The connection was removed meanwhile: its mark goes with it.
            guard let digest = try facts.digest(slot, now, session) else { return false }
            return try add(digest.summary, session)
        }
    }

    /// How many findings the week's records have; `nil` where the report cannot be read now: that holds no digest back.
    private func countFindings() async -> Int? {
        do throws(WarehouseError) {
            return try await DataFindings(warehouse, connection).contradictions(limit: 1).reduce(0) { $0 + $1.count }
        } catch {
            return nil
        }
    }

    private func writeSuccess(of run: Int64, _ now: Instant) async throws(WarehouseError) -> Bool {
        try await warehouse.transaction(purpose: "alerts", doing: "writing the mail about run \(run)") {
            session throws(PostgresError) in
            guard try mark(.success, String(run), session),
                let notice = try SuccessFacts(connection: connection, known: known).notice(run, now, session)
            else { return false }
            guard notice.isChange || connection.settings.successMail == .always else { return false }
            return try add(notice.summary, session)
        }
    }

    /// Marks a mail as written; false where it is already.
    private func mark(
        _ kind: SummaryKind, _ subject: String, _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Bool {
        try session.query(
            "delete from inflow.summary where connection_id = $1 and written_at < now() - interval '90 days'",
            [.int64(connection.id)])
        return try session.query(
            """
            insert into inflow.summary (connection_id, kind, subject)
            select id, $2, $3 from inflow.connection where id = $1
            on conflict do nothing
            """, [.int64(connection.id), .text(kind.rawValue), .text(subject)]
        ).affectedRows > 0
    }

    /// Writes the message; where mail was turned off meanwhile there is none, and the mark stays.
    private func add(_ summary: Summary, _ session: isolated PostgresConnection) throws(PostgresError) -> Bool {
        let mail = try AlertChannels.list(connection.id, session).first { $0.kind == .email && $0.isOn }
        guard let mail else { return false }
        try Outbox.add(summary, to: mail, connection.id, session)
        Failpoint.pass(.summaryBeforeCommit)
        return true
    }
}
