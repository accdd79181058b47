import ArgumentParser
import Inflow
import Sync
import Warehouse

struct ExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: "Delete archived answers, old versions and rejections that are past their time.",
        discussion: """
            The connection's settings decide: archive-days for answers that later ones replaced, history-days for \
            replaced versions of records, rejection-days for rejections and unknown elements. 0 keeps them for ever. \
            Each Sync All does the same at its end. Entries of the audit log go after two years.
            """
                + "\n\n" + examples("inflow expire acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let outcome = try await interruptible { try await Retention(wiring.warehouse, connection).run() }
            if !outcome.isEmpty {
                try await wiring.audit(
                    .recordsExpired, by: .command, connection,
                    details: [
                        "answers": "\(outcome.answers)", "versions": "\(outcome.versions)",
                        "rejections": "\(outcome.rejections)", "audit entries": "\(outcome.auditEntries)",
                    ])
            }
            if json { return try Console.json(outcome) }
            Console.print(
                "Inflow deleted \(Console.grouped(outcome.answers)) archived answer(s), "
                    + "\(Console.grouped(outcome.versions)) old version(s) of records, "
                    + "\(Console.grouped(outcome.rejections)) rejection(s) and record(s) of unknown elements, "
                    + "\(Console.grouped(outcome.auditEntries)) line(s) of the audit log.")
        }
    }
}
