import ArgumentParser
import Foundation
import Inflow
import Warehouse

extension ConnectionCommand {
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let no run read a connection until it is resumed; a run in hand goes on.")

        @Argument(help: "The connection.") var name: String

        func run() async throws {
            try await reporting {
                let store = ConnectionStore(try await Wiring.ready().warehouse)
                try await store.pause(try await store.find(name))
                Console.print("\"\(name)\" is paused. \"inflow connection resume \(name)\" ends that.")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a paused connection be read again.")

        @Argument(help: "The connection.") var name: String

        func run() async throws {
            try await reporting {
                let store = ConnectionStore(try await Wiring.ready().warehouse)
                let connection = try await store.find(name)
                try connection.checkStays()
                try await store.resume(connection)
                Console.print("\"\(name)\" \(connection.pausedAt == nil ? "was not paused" : "is no longer paused").")
            }
        }
    }
}

extension Connection {
    /// Throws, saying what to do, where the connection may not be read now.
    func checkReadable() throws {
        try checkStays()
        guard pausedAt == nil else {
            throw UserError(
                "Connection \"\(name)\" is paused. Nothing was read. Run \"inflow connection resume \(name)\" first.")
        }
    }

    /// Throws where a removal of it was begun.
    func checkStays() throws {
        guard removalBeganAt == nil else {
            throw UserError(
                "Connection \"\(name)\" is being removed, and part of its records may be gone. Nothing was done. Run "
                    + "\"inflow connection remove \(name)\" to bring that to its end.")
        }
    }

    /// What a list says of it beside its settings.
    var state: String {
        if removalBeganAt != nil { return "being removed" }
        return pausedAt.map { "paused since \($0.formatted(.iso8601))" } ?? "active"
    }
}
