import ArgumentParser
import Foundation
import Inflow
import Warehouse

extension UserError {
    /// Several records bear the number that a person gave.
    static func several(_ keys: [String], of entity: String, called number: String) -> UserError {
        UserError(
            "\(keys.count) records of \(entity) have the number \"\(number)\". Choose one by its key: "
                + keys.joined(separator: ", ") + ".", exitCode: 64)
    }
}

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Show how a record changed: its versions, field by field, newest first.",
        discussion: """
            For each version Inflow shows the changed fields and lines, old -> new, with the run and the time of the \
            reading. The last version is the record as Inflow first saw it. A column that Inflow began to read later \
            appears with the change before.
            """
                + "\n\n" + examples("inflow why acme invoice INV-1042"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "The entity, such as invoice.", completion: .entities) var entity: String
    @Argument(help: "Key or number of the record.") var key: String
    @Flag(help: "Print one JSON document, with all values in full.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let definition = try findEntity(entity)
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let history = RecordHistory(wiring.warehouse, connection)
            let keys = try await history.keys(of: definition, called: key)
            guard let found = keys.first else {
                throw UserError("\"\(name)\" has no \(definition.name) with the key or number \"\(key)\".")
            }
            guard keys.count == 1 else { throw UserError.several(keys, of: definition.name, called: key) }
            let story = RecordDiff(
                of: definition, key: found, try await history.versions(of: definition, key: found))
            if json { return try Console.json(story) }
            Console.print(story.text(in: connection.settings.timeZone))
        }
    }
}
