public import Foundation

/// A mail that brings a report: what its rows are, how fresh they are, and the file, or why there is none.
public struct ReportLetter: Sendable, Hashable {
    /// How the last Sync All of the connection went.
    public struct SyncAll: Sendable, Hashable {
        /// Number of the run.
        public let run: Int64
        /// How it ended.
        public let outcome: RunOutcome
        /// When it ended, UTC.
        public let finishedAt: Instant

        /// A Sync All that has ended.
        public init(run: Int64, outcome: RunOutcome, finishedAt: Instant) {
            (self.run, self.outcome, self.finishedAt) = (run, outcome, finishedAt)
        }
    }

    /// What became of the rows.
    public enum Content: Sendable, Hashable {
        /// They are in the attached file; `preview` has the first ones, under the headings.
        case attached(rows: Int, file: String, headings: [String], preview: [[String]])
        /// The file is larger than a mail may carry.
        case tooLarge(rows: Int, bytes: Int, command: String)
        /// They could not be read, for a reason in words.
        case failed(String)

        /// Why there are no rows in the mail, in words; `nil` where there are.
        public var problem: String? {
            switch self {
            case .attached: nil
            case .tooLarge(_, let bytes, _): "The file is too large for a mail: \(bytes) bytes."
            case .failed(let why): why
            }
        }
    }

    /// Name of the connection, and the zone whose clock the letter shows.
    public let connection: String, zone: TimeZone
    /// Number of the mail, by which a person stops it.
    public let number: Int64
    /// The report, without its schema where that is `report`.
    public let report: String
    /// The days that it is about, in words; `nil` for all.
    public let span: String?
    /// What became of the rows.
    public let content: Content
    /// The last Sync All that ended; `nil` where none has.
    public let syncAll: SyncAll?
    /// When the rows were read, UTC.
    public let madeAt: Instant
    /// What a person must know of the file besides, in a sentence; `nil` for nothing.
    public var remark: String?

    /// A letter from its parts.
    public init(
        connection: String, zone: TimeZone, number: Int64, report: String, span: String?, content: Content,
        syncAll: SyncAll?, madeAt: Instant
    ) {
        (self.connection, self.zone, self.number, self.report) = (connection, zone, number, report)
        (self.span, self.content, self.syncAll, self.madeAt) = (span, content, syncAll, madeAt)
    }

    private var shown: String { MailText.sentence(connection) }
    private var name: String { connection.shellWord }
    private var days: String { span.map { ", \($0)" } ?? "" }

    /// The subject line: one line, no control characters.
    public var subject: String {
        let what =
            switch content {
            case .attached(let rows, _, _, _), .tooLarge(let rows, _, _): MailText.counted(rows, "row")
            case .failed: "it could not be made"
            }
        return MailText.oneLine("Inflow, \(shown): \(report)\(days): \(what)", atMost: 200)
    }

    /// The text; each line ends with `\n`.
    public var text: String {
        [
            contentText, remark, freshnessText,
            "Sent by Inflow, \(madeAt.named(in: zone)). To stop it: inflow report stop \(name) \(number)",
        ].compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    private var contentText: String {
        let title = "Report \(report) of \"\(shown)\"\(days)"
        switch content {
        case .attached(let rows, let file, let headings, let preview):
            guard rows > 0 else { return "\(title): no row. The file \(file) has only the headings." }
            let first = preview.isEmpty || preview.count == rows ? "" : " The first \(preview.count):"
            let lines = preview.map { row in row.map { MailText.oneLine($0, atMost: 40) } }
            return "\(title): \(MailText.counted(rows, "row")), in the file \(file).\(first)"
                + (preview.isEmpty ? "" : "\n\n" + MailText.table(headings, lines, numbers: 0..<0))
        case .tooLarge(let rows, let bytes, let command):
            return
                "\(title): \(MailText.counted(rows, "row")). The file has \(MailText.grouped(bytes)) bytes, more than a "
                + "mail may carry, so it is not attached. This makes it:\n  \(command)"
        case .failed(let why):
            return
                "\(title) could not be made:\n\(MailText.lines(why))\n\nNothing is attached. Inflow tries again at its "
                + "next time."
        }
    }

    private var freshnessText: String {
        guard let syncAll else { return "No Sync All has ended yet: the tables may lack most records." }
        let ended =
            "The last Sync All, run \(syncAll.run), ended \(syncAll.finishedAt.named(in: zone)): "
            + "\(syncAll.outcome.rawValue)."
        let hours = Int(madeAt.timeIntervalSince(syncAll.finishedAt) / 3_600)
        var parts = [ended]
        if !syncAll.outcome.isSuccess { parts.append("The rows are as earlier runs left them.") }
        if hours >= 36 { parts.append("That is \(hours) hours ago: the rows may be out of date.") }
        return parts.joined(separator: " ")
    }
}
