import ArgumentParser

/// `inflow report`: the reports of the warehouse, read as a reader.
///
/// The commands know no report: a view of schema `report`, or of a connection's own fields, is one as soon as it is
/// there.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "List the reports, mail one on its days, and print one as table, CSV, JSON, Markdown or workbook.",
        subcommands: [
            ReportListCommand.self, ReportShowCommand.self, ReportSendCommand.self, ReportMailsCommand.self,
            ReportStopCommand.self,
        ], defaultSubcommand: ReportShowCommand.self)
}
