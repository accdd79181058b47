import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// `inflow token`: when tokens end, and refreshing them now.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "A connection's tokens: when they end, refresh them now.",
        subcommands: [Show.self, Refresh.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say when the tokens end; never the tokens.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let status = try await TokenStatus.of(connection, in: wiring.warehouse)
                let document = TokenDocument(connection, status, now: Date())
                if json { return try Console.json(document) }
                document.show()
            }
        }
    }

    struct Refresh: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refresh the tokens now.",
            discussion: "Several at once, on any machines, that saw the same generation share one refresh.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false
        @Option(help: ArgumentHelp("Only if this generation is in force still.", visibility: .hidden))
        var past: Int64?
        @Option(help: ArgumentHelp("So many refreshes at once, each with a store of its own.", visibility: .hidden))
        var times = 1

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let before = try await TokenStatus.of(connection, in: wiring.warehouse)
                // Without tokens the store says what to do.
                let seen = past ?? before.stored?.generation ?? 0
                let times = max(1, times)
                _ = try await interruptible {
                    try await withThrowingTaskGroup(of: Int64.self) { group in
                        for _ in 0..<times {
                            group.addTask { try await wiring.source(connection).refreshTokens(past: seen) }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                }
                let after = try await TokenStatus.of(connection, in: wiring.warehouse)
                let document = TokenDocument(connection, after, now: Date())
                if json { return try Console.json(document) }
                document.show()
            }
        }
    }
}
