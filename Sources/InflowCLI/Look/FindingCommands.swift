import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

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

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Elements the platform sends and Inflow does not know; they fail nothing.",
        discussion: "Their values are in the column extra of the table named.")

    @Argument(help: "The connection.") var name: String
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let drift = try await DataFindings(wiring.warehouse, connection).drift()
            if json { return try Console.json(drift) }
            guard !drift.isEmpty else {
                return Console.print("Inflow knows every element that \"\(name)\" has sent.")
            }
            Console.table(
                ["table", "element", "first seen (UTC)", "last seen (UTC)", "example"],
                drift.map { one in
                    [
                        one.table, one.path, one.firstSeenAt.formatted(.iso8601), one.lastSeenAt.formatted(.iso8601),
                        one.example.prefix(40).map { $0.isNewline ? " " : String($0) }.joined(),
                    ]
                })
        }
    }
}

struct QualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality", abstract: "Records that contradict themselves or each other: the view report.quality.",
        discussion: "Findings are the organisation's to mend at the platform; they fail no run.")

    @Argument(help: "The connection.") var name: String
    @Option(help: "How many of each kind are told.") var limit = 5
    @Flag(help: "One JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let kinds = try await DataFindings(wiring.warehouse, connection).contradictions(limit: limit)
            if json { return try Console.json(kinds) }
            guard !kinds.isEmpty else {
                return Console.print("Nothing in the records of \"\(name)\" contradicts itself.")
            }
            Console.table(["kind", "findings"], kinds.map { [$0.kind, Console.grouped($0.count)] })
            for kind in kinds {
                Console.print("\n\(kind.kind)\(kind.count > kind.first.count ? ", the first \(kind.first.count)" : "")")
                for one in kind.first {
                    let label = one.label.map { " (\($0))" } ?? ""
                    let difference = one.difference.map { " Difference: \($0)." } ?? ""
                    Console.print("  \(one.entity) \(one.key)\(label): \(one.words)\(difference)")
                }
            }
        }
    }
}
