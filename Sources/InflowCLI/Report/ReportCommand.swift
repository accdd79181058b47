import ArgumentParser

/// `inflow report`: the reports of the warehouse, read as a reader.
///
/// The commands know no report: a view of schema `report`, or of a connection's own fields, is one as soon as it is
/// there.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "List the reports, and print one as table, CSV, JSON, Markdown or workbook.",
        subcommands: [ReportListCommand.self, ReportShowCommand.self], defaultSubcommand: ReportShowCommand.self)
}
