import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct SettingExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a table of schema setting as CSV, which \"inflow setting load\" takes.",
        discussion: "An empty table gives the header: a file to begin with.\n\n"
            + examples(
                "inflow setting export acme staff_rate > rates.csv",
                "inflow setting export acme staff_capacity"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(
        help: "staff_rate, staff_capacity, leave_job or closed_state.", completion: .settingTables,
        transform: settingTable)
    var table: SettingTable

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let text = try await SettingStore(wiring.warehouse, connection).text(of: table)
            Console.write(text, to: STDOUT_FILENO)
        }
    }
}
