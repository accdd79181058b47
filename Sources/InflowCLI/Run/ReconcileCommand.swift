import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Read all that is covered once more, and list each difference that was found and mended.",
        discussion: """
            Months that were read before, of the entities named or of all, within the dates given, both included; lists \
            without dates whole, unless dates are given.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "Entities; none for all.") var entities: [String] = []
    @Option(help: "First day, yyyy-MM-dd.") var from: Day?
    @Option(help: "Last day, yyyy-MM-dd, included.") var to: Day?
    @Flag(help: "One JSON document and nothing else on standard output.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let settings = connection.settings
            let plan = try RunPlan.reconcile(
                entities, of: WorkflowMax.entities, from: from?.date, to: to?.date, settings,
                state: try await SyncStateStore(wiring.warehouse, connection).read(),
                today: LocalDate(Date(), in: settings.timeZone))
            try await PlanRunner(wiring: wiring, connection: connection, json: json, listsDifferences: true).run(plan)
        }
    }
}
