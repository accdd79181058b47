import ArgumentParser
import Inflow
import Warehouse

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "How a record came to be as it is: its versions, field by field, newest first.",
        discussion: """
            Each version is told by what it changed, old -> new, with the time Inflow learned it and the run; lines too. \
            The last one is the record as it was first seen. A column that Inflow learned to read later shows with the \
            change before.
            """)

    @Argument(help: "The connection.") var name: String
    @Argument(help: "The entity, such as invoice.") var entity: String
    @Argument(help: "The record's key, or its number.") var key: String
    @Flag(help: "One JSON document; nothing is cut in it.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let definition = try findEntity(entity)
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let history = RecordHistory(wiring.warehouse, connection)
            let keys = try await history.keys(of: definition, called: key)
            guard let found = keys.first else {
                throw UserError("\"\(name)\" has no \(entity) with the key or number \"\(key)\".")
            }
            guard keys.count == 1 else {
                throw UserError(
                    "\(keys.count) records of \(entity) have the number \"\(key)\". Say which by its key: "
                        + keys.joined(separator: ", ") + ".", exitCode: 64)
            }
            let story = RecordDiff(
                of: definition, key: found, try await history.versions(of: definition, key: found))
            if json { return try Console.json(story) }
            Console.print(story.description)
        }
    }
}
