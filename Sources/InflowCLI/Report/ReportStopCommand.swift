import ArgumentParser
import Inflow
import Warehouse

struct ReportStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End the mailing of a report.",
        discussion: examples("inflow report stop acme 3"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Number of the mail: \"inflow report mails\" has it.") var number: Int64

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            guard try await ReportMails(wiring.warehouse, connection).remove(number) else {
                throw UserError(
                    "\"\(name)\" has no mail \(number). Nothing was changed. \"inflow report mails "
                        + "\(name.shellWord)\" lists them.", exitCode: 64)
            }
            try await wiring.audit(.reportMailRemoved, by: .command, connection, subject: "mail \(number)")
            Console.print("Mail \(number) of \"\(name)\" is ended. What had been written before still arrives.")
        }
    }
}
