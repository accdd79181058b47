import ArgumentParser
import Inflow
import Warehouse

struct SettingListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the rows of a table of schema setting, or of all of them.",
        discussion: examples("inflow setting list acme", "inflow setting list acme staff_rate"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(
        help: "staff_rate, staff_capacity, leave_job or closed_state; all without it.", completion: .settingTables,
        transform: settingTable)
    var table: SettingTable?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let store = SettingStore(wiring.warehouse, connection)
            var documents: [Document] = []
            for table in table.map({ [$0] }) ?? SettingTable.allCases {
                documents.append(
                    Document(
                        table: table.rawValue, columns: table.columns.map(\.heading),
                        rows: try await store.rows(of: table)))
            }
            if json { return try Console.json(documents) }
            for (place, one) in documents.enumerated() {
                let blank = place > 0 ? "\n" : ""
                guard !one.rows.isEmpty else {
                    Console.print("\(blank)setting.\(one.table) has no rows of \"\(name)\".")
                    continue
                }
                Console.print("\(blank)setting.\(one.table)")
                Console.table(one.columns, one.rows.map { $0.map { $0 ?? "–" } })
            }
        }
    }

    private struct Document: Encodable {
        let table: String
        let columns: [String]
        let rows: [[String?]]
    }
}
