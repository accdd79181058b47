import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ReportShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a report: \"inflow report NAME\" is the same.",
        discussion: """
            It reads as a reader: the rows of one connection, or of all, and changes nothing. --from and --to act on \
            the day that the report is about, such as month_on or worked_on; a month counts where any of its days \
            does. On a terminal a table ends after 200 rows and says so, and leaves out identifiers unless --columns \
            names them. Other formats, files and pipes have all rows.

            In CSV a text that begins with = + - @ gets an apostrophe before it, so that a spreadsheet does not \
            compute it; --exact leaves it as it is. A workbook for Excel, --format xlsx, needs no such care; it goes
            into a file or a pipe.
            """
                + "\n\n"
                + examples(
                    "inflow report hours_and_invoiced_by_client --connection acme --from last-year",
                    "inflow report quality --format csv --columns entity,label,difference",
                    "inflow report invoices_by_month --from last-year --format xlsx > invoices.xlsx",
                    "inflow report receivables_ageing --as-of last-month",
                    "inflow report hours_and_invoiced_by_client --where \"hours > 100\" --limit 20"))

    @Argument(help: "Name of the report: \"inflow report list\" has all.", completion: .reports) var name: String
    @Option(help: "Name of the connection; without it, all connections.", completion: .connections)
    var connection: String?
    @Option(help: "First day, included: \(Day.forms).") var from: Day?
    @Option(help: "Last day, included.") var to: Day?
    @Option(help: "The report as it was at the end of this day, where it has such a form.") var asOf: Day?
    @Option(help: "How to print it.") var format = RowFormat.table
    @Option(help: "Columns to print, in order, with commas between them.") var columns: String?
    @Option(help: "A condition in SQL; only a reader evaluates it.") var `where`: String?
    @Option(help: "Most rows to print.") var limit: Int?
    @Flag(help: "Leave text in CSV as it is, also where a spreadsheet takes it for a formula.") var exact = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is \(limit); it must be 1 or more.") }
    }

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let zones = try await zones(wiring)
            try await wiring.reading(connection) { session, connection in
                let reports = try await session.relations().filter(\.isReport)
                let report = try ReportQuery.find(name, among: reports)
                var query = ReportQuery(report)
                let asOf = try ReportShowCommand.day("--as-of", asOf.map { day in zones.map { day.last(in: $0) } })
                if let asOf { query = try await session.asOf(asOf, report) }
                query.from = try ReportShowCommand.day("--from", from.map { day in zones.map { day.first(in: $0) } })
                query.to = try ReportShowCommand.day("--to", to.map { day in zones.map { day.last(in: $0) } })
                query.condition = `where`
                query.limit = limit
                query.columns = columns.map(ReportShowCommand.names) ?? ReportShowCommand.readable(query, format)
                let statement = try query.statement()
                await wiring.auditIfPossible(
                    .rowsExported, connection, subject: query.relation.fullName, details: choice(query, asOf))
                try await RowPrinter(format: format, isExact: exact).print(
                    statement.sql, statement.parameters, limit: limit, named: query.relation.name, from: session)
            }
        }
    }

    /// What chooses the rows, for the audit log.
    private func choice(_ query: ReportQuery, _ asOf: LocalDate?) -> [String: String] {
        [
            "from": query.from?.description, "to": query.to?.description, "as of": asOf?.description,
            "where": `where`, "columns": columns, "most rows": limit?.description,
        ].compactMapValues(\.self)
    }

    static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// The columns that a person reads: a table has no identifiers, unless there is nothing else.
    private static func readable(_ query: ReportQuery, _ format: RowFormat) -> [String] {
        let names = query.relation.columns.map(\.name)
        guard format == .table else { return [] }
        return names.filter { $0 != "connection_id" && $0 != "uuid" && !$0.hasSuffix("_uuid") }
    }

    /// The zones in which "today" is asked: that of the connection, or those of all.
    private func zones(_ wiring: Wiring) async throws -> [TimeZone] {
        if let connection = try await wiring.readable(connection) { return [connection.settings.timeZone] }
        let zones = Set(try await ConnectionStore(wiring.warehouse).list().readable.map(\.settings.timeZone))
        return zones.isEmpty ? [.gmt] : Array(zones)
    }

    /// The one day that a written day means in all zones.
    private static func day(_ option: String, _ days: [LocalDate]?) throws -> LocalDate? {
        guard let days, let first = days.first else { return nil }
        guard Set(days).count == 1 else {
            throw UserError(
                "The day of \(option) is \(days.min() ?? first) or \(days.max() ?? first), since the connections are "
                    + "in several time zones. Nothing was read. Name a connection, or write the day as yyyy-MM-dd.",
                exitCode: 64)
        }
        return first
    }
}
