import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse
import WorkflowMax

struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Read all reference lists: staff, clients, tasks and the others.",
        discussion: """
            Values of their custom fields, one call for each record, follow with "inflow sync" and "inflow serve".
            """
                + "\n\n"
                + examples(
                    "inflow seed acme",
                    "inflow seed acme --plan"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Show what a run would read; read nothing.") var plan = false
    @Flag(help: "Print one JSON document and nothing else on standard output.") var json = false
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let settings = connection.settings
            var what = try RunPlan.targeted(
                WorkflowMax.entities.filter { $0.kind == .reference && !$0.isPerParent }.map(\.name),
                of: WorkflowMax.entities, from: nil, to: nil, settings, today: LocalDate(Date(), in: settings.timeZone))
            what.scope = "seed: all reference entities"
            if plan {
                let state = try await SyncStateStore(wiring.warehouse, connection).read()
                return try await PerParentStatusReader(wiring, connection).document(what.estimated(by: state))
                    .show(json: json)
            }
            try await PlanRunner(wiring: wiring, connection: connection, json: json).run(what)
        }
    }
}
