import Foundation
import Inflow
import Spreadsheet
import Warehouse

/// Makes the reports of a connection that go out by mail: their files as the connection's reader, and their letters.
struct ReportMailWriter {
    /// The most bytes of a file in a mail; in base64 they are a third more, and mail servers take some 20 MB.
    static let mostBytes = 10 << 20
    /// How many rows a letter shows.
    private static let previewRows = 15
    /// The columns that a letter shows them with, at most.
    private static let previewColumns = 6

    let wiring: Wiring
    let connection: Connection

    private var mails: ReportMails { ReportMails(wiring.warehouse, connection) }

    /// Writes what is due into the outbox, each once, and returns how many this call wrote.
    ///
    /// One that cannot be written now does not hold the others back; its error is thrown after them.
    @discardableResult
    func writeDue() async throws(WarehouseError) -> Int {
        var count = 0
        var failure: WarehouseError?
        for due in try await mails.due() {
            do throws(WarehouseError) {
                if try await write(due.mail, for: due.slot, due.syncAll) { count += 1 }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return count
    }

    /// Writes one now, beside its rhythm; false where mail has no server.
    func writeNow(_ mail: ReportMail) async throws(WarehouseError) -> Bool {
        try await write(mail, for: nil, try await mails.lastSyncAll())
    }

    private func write(
        _ mail: ReportMail, for slot: Slot?, _ syncAll: ReportLetter.SyncAll?
    ) async throws(WarehouseError) -> Bool {
        let (content, file, remark) = try await content(of: mail)
        var letter = ReportLetter(
            connection: connection.name, zone: connection.settings.timeZone, number: mail.id,
            report: ReportMailWriter.shown(mail.report), span: span(of: mail), content: content, syncAll: syncAll,
            madeAt: Instant())
        letter.remark = remark
        return try await mails.write(letter, file, of: mail, for: slot)
    }

    /// The name of a report, without its schema where that is `report`.
    static func shown(_ report: String) -> String {
        report.hasPrefix("report.") ? String(report.dropFirst("report.".count)) : report
    }

    /// The days of the report, in words.
    private func span(of mail: ReportMail) -> String? {
        let today = LocalDate(Date(), in: connection.settings.timeZone)
        let first = mail.firstDay.flatMap { WrittenDay($0)?.first(today: today) }
        let last = mail.lastDay.flatMap { WrittenDay($0)?.last(today: today) }
        switch (first, last) {
        case (nil, nil): return nil
        case (let first?, nil): return "from \(first)"
        case (nil, let last?): return "to \(last)"
        case (let first?, let last?): return first == last ? "\(first)" : "\(first) to \(last)"
        }
    }

    /// The statement of a mail's rows.
    ///
    /// - Throws: a refusal where the report or a column is not there any more.
    func query(_ mail: ReportMail, among relations: [ShownRelation]) throws -> ReportQuery {
        var query = ReportQuery(try ReportQuery.find(mail.report, among: relations.filter(\.isReport)))
        let today = LocalDate(Date(), in: connection.settings.timeZone)
        query.from = mail.firstDay.flatMap { WrittenDay($0)?.first(today: today) }
        query.to = mail.lastDay.flatMap { WrittenDay($0)?.last(today: today) }
        (query.columns, query.condition) = (mail.columns, mail.condition)
        return query
    }

    /// What becomes of the rows of a mail: the letter's content, the file, and what a person must know of it.
    private typealias Made = (ReportLetter.Content, ReportMails.File?, remark: String?)

    /// The rows as a file, or why there is none.
    ///
    /// - Throws: what keeps Inflow from asking or writing now, such as a full disk, so that it tries again; a report that
    ///   would fare the same again is content.
    private func content(of mail: ReportMail) async throws(WarehouseError) -> Made {
        do {
            return try await wiring.reading(connection.name) { session, _ in
                let query = try query(mail, among: try await session.relations())
                let statement = try query.statement()
                return try await TemporaryFile.withPath(ending: mail.format.rawValue) { path in
                    var cursor = try await session.rows(statement.sql, statement.parameters)
                    return try await file(&cursor, of: mail, named: query.relation.name, path)
                }
            }
        } catch let error as WarehouseError {
            switch error.code {
            case .statementFailed, .statementCancelled: return (.failed(error.userMessage), nil, nil)
            default: throw error
            }
        } catch let error as ReportQuery.Refusal {
            return (.failed(error.description), nil, nil)
        } catch let error as SpreadsheetError where error.code == .tooManyColumns {
            return (.failed(error.description), nil, nil)
        } catch is CancellationError {
            throw WarehouseError(.cancelled, subject: mail.report, message: "The report was interrupted.")
        } catch {
            throw WarehouseError(
                .statementFailed, subject: mail.report, message: "The file of \(mail.report) was not written: \(error)")
        }
    }

    private func file(
        _ cursor: inout ReaderCursor, of mail: ReportMail, named name: String, _ path: String
    ) async throws -> Made {
        let headings = cursor.columns.map(\.name)
        var preview = PreviewSink(atMost: ReportMailWriter.previewRows)
        let rows: Int
        var remark: String?
        switch mail.format {
        case .csv:
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw UserError("The file \(path) cannot be written.") }
            defer { try? handle.close() }
            var sink = TextSink(CSVRows(isExact: false)) { text in
                try handle.write(contentsOf: Data(text.utf8))
                return true
            }
            rows = try await RowPrinter.copy(&cursor, into: &sink, and: &preview)
        case .xlsx:
            var sink = SpreadsheetSink(path: path, name: name)
            rows = try await RowPrinter.copy(&cursor, into: &sink, and: &preview)
            remark = sink.remark
        }
        let bytes = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard bytes <= ReportMailWriter.mostBytes else {
            return (.tooLarge(rows: rows, bytes: bytes, command: command(of: mail, name)), nil, nil)
        }
        let file = "\(name)_\(LocalDate(Date(), in: connection.settings.timeZone)).\(mail.format.rawValue)"
        // Identifiers say nothing to who reads a letter.
        let shown = headings.indices.filter { !headings[$0].hasSuffix("_id") && !headings[$0].hasSuffix("uuid") }
            .prefix(ReportMailWriter.previewColumns)
        let content = ReportLetter.Content.attached(
            rows: rows, file: file, headings: shown.map { headings[$0] },
            preview: preview.rows.map { row in shown.map { row[$0] ?? "" } })
        return (content, ReportMails.File(file, try Array(Data(contentsOf: URL(fileURLWithPath: path)))), remark)
    }

    /// The command that makes the file of a mail.
    private func command(of mail: ReportMail, _ name: String) -> String {
        var words = ["inflow", "report", mail.report, "--connection", connection.name.shellWord]
        if let day = mail.firstDay { words += ["--from", day] }
        if let day = mail.lastDay { words += ["--to", day] }
        if !mail.columns.isEmpty { words += ["--columns", mail.columns.joined(separator: ",")] }
        if let condition = mail.condition { words += ["--where", condition.shellWord] }
        return (words + ["--format", mail.format.rawValue, ">", "\(name).\(mail.format.rawValue)"])
            .joined(separator: " ")
    }
}

/// Keeps the first rows of an answer.
struct PreviewSink: RowSink {
    private(set) var rows: [[String?]] = []
    private let most: Int

    init(atMost most: Int) { self.most = most }

    mutating func begin(_ columns: [ReaderColumn]) -> Bool { true }

    mutating func add(_ rows: [[String?]]) -> Bool {
        self.rows += rows.prefix(most - self.rows.count)
        return true
    }

    func end() {}
}
