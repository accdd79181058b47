import ArgumentParser
import Inflow
import Warehouse
import WorkflowMax

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Update the warehouse's schema to this version of Inflow; it cannot go back.",
        discussion: examples("inflow migrate"))
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.open()
            let outcome = try await Migrator(wiring.warehouse).migrate()
            if !(outcome.applied.isEmpty && outcome.reports.isEmpty) {
                try await wiring.audit(
                    .warehouseMigrated, by: .command, subject: outcome.applied.last,
                    details: [
                        "migrations": outcome.applied.joined(separator: ", "),
                        "reports": outcome.reports.joined(separator: ", "),
                    ].filter { !$0.value.isEmpty })
            }
            // Also restores grants and policies that a person changed by hand.
            try await ReaderRoles(wiring.warehouse).refresh()
            try await SchemaCheck(wiring.warehouse, entities: WorkflowMax.entities).run()
            if outcome.applied.isEmpty {
                Console.print("The warehouse is up to date.")
            } else {
                Console.print("Applied: \(outcome.applied.joined(separator: ", ")).")
            }
            if !outcome.reports.isEmpty {
                Console.print("Report views created: \(outcome.reports.joined(separator: ", ")).")
            }
        }
    }
}
