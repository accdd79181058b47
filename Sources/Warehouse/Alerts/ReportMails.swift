public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// A report that goes out by mail.
public struct ReportMail: Sendable, Hashable {
    /// The form of its file.
    public enum Format: String, StoredWord {
        case csv, xlsx

        /// The media type of the file.
        public var mediaType: String {
            switch self {
            case .csv: "text/csv"
            case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        }
    }

    /// Number of the mail; 0 before it is kept.
    public var id: Int64 = 0
    /// The report, with its schema.
    public var report: String
    /// Its columns in order; all where there are none.
    public var columns: [String] = []
    /// A condition in SQL, which only a reader evaluates.
    public var condition: String?
    /// The first and the last day of its span as a person wrote them: `last-month` is read again each time.
    public var firstDay, lastDay: String?
    /// The form of its file.
    public var format: Format
    /// Addresses that it goes to.
    public var recipients: [String]
    /// When it goes out, on the clock of the connection's zone.
    public var rhythm: ReportRhythm
    /// When it was set up, UTC: it is not due for a moment before.
    public var setAt = Instant(timeIntervalSince1970: 0)
    /// The local day that it was last written for.
    public var writtenOn: LocalDate?
    /// When it was last written, UTC.
    public var writtenAt: Instant?
    /// Why the last one has no rows, in words.
    public var problem: String?

    /// A mail that was not kept yet.
    public init(report: String, format: Format, recipients: [String], rhythm: ReportRhythm) {
        (self.report, self.format, self.recipients, self.rhythm) = (report, format, recipients, rhythm)
    }

    init(_ row: PostgresResult.Row) throws(PostgresError) {
        self.init(
            report: try row.text("report"), format: try row.word("format", of: "inflow.report_mail.format"),
            recipients: ReportMail.list(try row.text("recipients")),
            rhythm: try row.known("rhythm", of: "inflow.report_mail.rhythm", as: "rhythm") { ReportRhythm($0) })
        (id, columns) = (try row.int64("id"), ReportMail.list(try row.text("columns")))
        condition = try row.optionalText("condition")
        (firstDay, lastDay) = (try row.optionalText("first_day"), try row.optionalText("last_day"))
        (setAt, writtenAt) = (try row.date("set_at"), try row.optionalDate("written_at"))
        writtenOn = try row.optionalText("written_on").flatMap { LocalDate($0) }
        problem = try row.optionalText("problem")
    }

    /// Names and addresses have no commas.
    private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
}

/// The reports of a connection that go out by mail.
public struct ReportMails: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The mails of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        (self.warehouse, self.connection) = (warehouse, connection)
    }

    /// How long a mail waits for a Sync All that should have ended by then, in seconds.
    static let patience = 7_200.0

    /// A mail whose time has come.
    public struct Due: Sendable {
        /// The mail.
        public let mail: ReportMail
        /// The slot that it is due for.
        public let slot: Slot
        /// How the last Sync All went.
        public let syncAll: ReportLetter.SyncAll?
    }

    /// All of them, oldest first.
    public func list() async throws(WarehouseError) -> [ReportMail] {
        try await warehouse.query(
            """
            select id, report, array_to_string(columns, ',') as columns, condition, first_day, last_day, format,
                array_to_string(recipients, ',') as recipients, rhythm, set_at, written_on, written_at, problem
            from inflow.report_mail
            where connection_id = $1
            order by id
            """, of: connection, [], purpose: "alerts", doing: "reading the reports that go out by mail"
        ) { row throws(PostgresError) in try ReportMail(row) }
    }

    /// Keeps a mail, and returns its number.
    public func add(_ mail: ReportMail) async throws(WarehouseError) -> Int64 {
        try await warehouse.query(
            """
            insert into inflow.report_mail (connection_id, report, columns, condition, first_day, last_day, format,
                recipients, rhythm)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            returning id
            """, of: connection,
            [
                .text(mail.report), .textArray(mail.columns), mail.condition.map { .text($0) } ?? .null,
                mail.firstDay.map { .text($0) } ?? .null, mail.lastDay.map { .text($0) } ?? .null,
                .text(mail.format.rawValue), .textArray(mail.recipients), .text(mail.rhythm.description),
            ], purpose: "alerts", doing: "keeping a report that goes out by mail"
        ) { row throws(PostgresError) in try row.int64("id") }[0]
    }

    /// Removes a mail; false where there is none of that number.
    ///
    /// One that is on its way still arrives.
    public func remove(_ number: Int64) async throws(WarehouseError) -> Bool {
        try await !warehouse.query(
            "delete from inflow.report_mail where connection_id = $1 and id = $2 returning id", of: connection,
            [.int64(number)], purpose: "alerts", doing: "removing a report that goes out by mail"
        ) { row throws(PostgresError) in try row.int64("id") }.isEmpty
    }

    /// Whether mail of the connection has a server and a sender.
    public func hasServer() async throws(WarehouseError) -> Bool {
        try await !warehouse.query(
            "select 1 as is_set from inflow.alert_route where connection_id = $1 and channel = 'email' and is_on",
            of: connection, [], purpose: "alerts", doing: "looking for a mail server"
        ) { row throws(PostgresError) in try row.int("is_set") }.isEmpty
    }

    // MARK: what is due

    /// The mails whose time has come.
    ///
    /// A mail is due once for its latest slot since it was set up, however many passed meanwhile. It waits, for two hours at
    /// most, for the Sync All that the schedule has at or before the slot, and for one that is under way. None is due
    /// while the connection is paused or has no mail server. `moment` stands for the database's clock.
    public func due(at moment: Instant? = nil) async throws(WarehouseError) -> [Due] {
        let mails = try await list()
        guard !mails.isEmpty else { return [] }
        let schedule = try await ScheduleStore(warehouse).schedule(of: connection)
        let facts = try await facts(moment)
        guard let facts, facts.isWanted else { return [] }
        return mails.compactMap { mail in
            guard let slot = mail.rhythm.lastSlot(atOrBefore: facts.now, in: connection.settings.timeZone),
                slot.instant > mail.setAt, mail.writtenOn.map({ slot.day > $0 }) ?? true
            else { return nil }
            let isPatient = facts.now.timeIntervalSince(slot.instant) < ReportMails.patience
            guard !isPatient || !isWaiting(slot, schedule, facts) else { return nil }
            return Due(mail: mail, slot: slot, syncAll: facts.syncAll)
        }
    }

    /// How the last Sync All went that has ended.
    public func lastSyncAll() async throws(WarehouseError) -> ReportLetter.SyncAll? { try await facts(nil)?.syncAll }

    private struct Facts {
        let now: Instant
        let isWanted, isSyncing: Bool
        let begunAt: Instant?
        let syncAll: ReportLetter.SyncAll?
    }

    private func facts(_ moment: Instant?) async throws(WarehouseError) -> Facts? {
        try await warehouse.query(
            Statements.reportMailFacts, of: connection, [moment.map { .timestamp($0) } ?? .null], purpose: "alerts",
            doing: "looking which reports are due"
        ) { row throws(PostgresError) in
            let run = try row.optionalInt64("run")
            let syncAll = try run.map { run throws(PostgresError) in
                ReportLetter.SyncAll(
                    run: run, outcome: try row.word("status", of: "inflow.run.status"),
                    finishedAt: try row.date("finished_at"))
            }
            return Facts(
                now: try row.date("now"), isWanted: try row.bool("is_wanted"), isSyncing: try row.bool("is_syncing"),
                begunAt: try row.optionalDate("begun_at"), syncAll: syncAll)
        }.first
    }

    /// Whether a Sync All is under way, or one that the schedule has at or before the slot has not run since.
    private func isWaiting(_ slot: Slot, _ schedule: Schedule, _ facts: Facts) -> Bool {
        if facts.isSyncing { return true }
        guard schedule.isOn, let anchor = schedule.anchor else { return false }
        let expected = anchor.lastSlot(atOrBefore: slot.instant).instant
        if let since = schedule.since, expected <= since { return false }
        return facts.begunAt.map { $0 < expected } ?? true
    }

    // MARK: writing

    /// A file that a mail carries.
    public struct File: Sendable {
        /// The name it has in the mail, and its bytes.
        public let name: String, bytes: [UInt8]

        /// A file by its name and bytes.
        public init(_ name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
    }

    /// Writes a letter into the outbox, once for a slot; false where another process has, or the mail was removed.
    ///
    /// Without a slot it is one that a person asked for, beside the rhythm.
    public func write(
        _ letter: ReportLetter, _ file: File?, of mail: ReportMail, for slot: Slot?
    ) async throws(WarehouseError) -> Bool {
        let channels = try await AlertChannels(warehouse, connection: connection.id).list()
        guard let channel = channels.first(where: { $0.kind == .email && $0.isOn }) else { return false }
        return try await warehouse.transaction(purpose: "alerts", doing: "writing the mail of a report") {
            session throws(PostgresError) in
            if let slot {
                let isFirst =
                    try session.query(
                        """
                        update inflow.report_mail set written_on = $3, written_at = clock_timestamp(), problem = $4
                        where connection_id = $1 and id = $2 and (written_on is null or written_on < $3)
                        """,
                        [
                            .int64(connection.id), .int64(mail.id), .text(slot.day.description),
                            letter.content.problem.map { .text($0) } ?? .null,
                        ]
                    ).affectedRows > 0
                guard isFirst else { return false }
            }
            let attachment = file.map {
                Outbox.Attachment(name: $0.name, mediaType: mail.format.mediaType, bytes: $0.bytes)
            }
            try Outbox.add(letter, attachment, to: mail.recipients, by: channel, connection.id, session)
            Failpoint.pass(.summaryBeforeCommit)
            return true
        }
    }
}
