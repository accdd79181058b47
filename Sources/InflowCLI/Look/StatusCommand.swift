import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How connections stand: last and next run, tokens, rows, errors, freshness.",
        discussion: """
            Last run is the last Sync All that read everything, asked for or on schedule; a failed one does not count. \
            Fresh is how long ago the entity was read that was read longest ago. Times are by each connection's own clock.
            """)

    @Argument(help: "The connection; none for all.") var name: String?
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            if let name { _ = try await ConnectionStore(wiring.warehouse).find(name) }
            let now = Date()
            let statuses = ConnectionStatusReader(wiring.warehouse)
            let rows = try await statuses.rows(WorkflowMax.entities)
            var documents = try await statuses.all(now: now).filter { name == nil || $0.name == name }.map {
                StatusDocument($0, rows: rows[$0.id] ?? [:], known: WorkflowMax.entities.map(\.name), now: now)
            }
            if name != nil || json {
                for connection in try await ConnectionStore(wiring.warehouse).list() {
                    guard let place = documents.firstIndex(where: { $0.connection == connection.name }) else {
                        continue
                    }
                    documents[place].values = try await PerParentStatusReader(wiring, connection).status()
                }
            }
            if name != nil, let one = documents.first {
                if json { return try Console.json(one) }
                for line in one.lines(now: now) { Console.print(line) }
                Console.print("")
                one.values?.show()
            } else {
                if json { return try Console.json(documents) }
                for line in StatusDocument.table(documents, now: now) { Console.print(line) }
            }
        }
    }
}
