import ArgumentParser
import Inflow
import Warehouse

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Print the answer to one select, as table, CSV, JSON or Markdown.",
        discussion: """
            It reads as a reader: the rows of one connection, or of all, and changes nothing. Tables of schema wfm and \
            views of schema report need no schema before their names. A statement ends after the connection's \
            reader-seconds (300 for all connections). On a terminal a table ends after 200 rows and says so.
            """
                + "\n\n"
                + examples(
                    "inflow query \"select status, count(*) from invoice group by status\" --connection acme",
                    "inflow query \"select * from timesheet\" --format csv"))

    @Argument(help: "The select.") var sql: String
    @Option(help: "Name of the connection; without it, all connections.", completion: .connections)
    var connection: String?
    @Option(help: "How to print it.") var format = RowFormat.table
    @Flag(help: "Leave text in CSV as it is, also where a spreadsheet takes it for a formula.") var exact = false

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            try await wiring.reading(connection) { session, connection in
                await wiring.auditIfPossible(.queryRun, connection, details: ["query": sql])
                try await RowPrinter(format: format, isExact: exact).print(sql, from: session)
            }
        }
    }
}
