import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// `inflow token`: shows when a connection's tokens expire, and refreshes them.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Show when a connection's tokens expire, or refresh them.",
        subcommands: [Show.self, Refresh.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show when the tokens expire; never the tokens themselves.",
            discussion: examples("inflow token show acme"))

        @Argument(help: "Name of the connection.", completion: .connections) var name: String
        @Flag(help: "Print one JSON document.") var json = false

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
            discussion: "Commands that run at the same time, on any machines, share one refresh."
                + "\n\n" + examples("inflow token refresh acme"))

        @Argument(help: "Name of the connection.", completion: .connections) var name: String
        @Flag(help: "Print one JSON document.") var json = false
        @Option(help: ArgumentHelp("Refresh only if this generation is still current.", visibility: .hidden))
        var past: Int64?
        @Option(
            help: ArgumentHelp(
                "Number of refreshes at the same time, each with a store of its own.", visibility: .hidden))
        var times = 1

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let before = try await TokenStatus.of(connection, in: wiring.warehouse)
                // Without tokens, the store throws an error that says what to do.
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
                try await wiring.audit(.connectionTokenRefreshed, by: .command, connection)
                let after = try await TokenStatus.of(connection, in: wiring.warehouse)
                let document = TokenDocument(connection, after, now: Date())
                if json { return try Console.json(document) }
                document.show()
            }
        }
    }
}
