import ArgumentParser
import Inflow
import Sync
import Warehouse

struct ExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Delete what is kept long enough, by the connection's settings.",
        discussion: """
            archive-days for answers that later ones superseded, history-days for superseded versions of records, \
            rejection-days for rejections and unknown elements; 0 is for ever. Each Sync All does the same at its end.
            """)

    @Argument(help: "The connection.") var name: String
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let outcome = try await interruptible { try await Retention(wiring.warehouse, connection).run() }
            if json { return try Console.json(outcome) }
            Console.print(
                "Deleted: \(Console.grouped(outcome.answers)) archived answer(s), "
                    + "\(Console.grouped(outcome.versions)) old version(s) of records, "
                    + "\(Console.grouped(outcome.rejections)) rejection(s) and note(s) of unknown elements.")
        }
    }
}
