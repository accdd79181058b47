import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Read again what the tables hold, correct every difference and list it.",
        discussion: """
            Inflow reads the months again that it has read before, of the entities you name or of all, within the \
            dates you give. Without dates it also reads every list that has none.
            """
                + "\n\n"
                + examples(
                    "inflow reconcile acme",
                    "inflow reconcile acme invoice --from 2026 --to 2026"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Entities; without any, all.", completion: .entities) var entities: [String] = []
    @Option(help: "First day, included: \(Day.forms).") var from: Day?
    @Option(help: "Last day, included.") var to: Day?
    @Flag(help: "Show what a run would read, why, and with how many calls; read nothing.") var plan = false
    @Flag(help: "Print one JSON document and nothing else on standard output.") var json = false
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            if !plan { try connection.checkReadable() }
            let settings = connection.settings
            let state = try await SyncStateStore(wiring.warehouse, connection).read()
            let what = try RunPlan.reconcile(
                try findEntities(entities), of: WorkflowMax.entities, from: from?.first(settings),
                to: to?.last(settings), settings, state: state, today: LocalDate(Date(), in: settings.timeZone))
            if plan {
                return try await PerParentStatusReader(wiring, connection).document(what.estimated(by: state))
                    .show(json: json)
            }
            guard !what.parts.isEmpty else {
                if json { return try Console.json(RunDocument(.nothing, connection: name, differences: [])) }
                return Console.print(
                    "Nothing to reconcile: \"\(name)\" has read none of it completely. See \"inflow coverage "
                        + "\(name.shellWord)\"."
                )
            }
            try await PlanRunner(wiring: wiring, connection: connection, json: json, listsDifferences: true).run(what)
        }
    }
}
