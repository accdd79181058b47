import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop new runs of a connection until you resume it; a run under way continues.",
        discussion: examples("inflow connection pause acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connection = try await store.find(name)
            try await store.pause(connection)
            try await wiring.audit(.connectionPaused, by: .command, connection)
            Console.print("\"\(name)\" is paused. End the pause with \"inflow connection resume \(name.shellWord)\".")
        }
    }
}

extension Connection {
    /// Throws `UserError`, with what the person can do, if the connection is paused or being removed.
    func checkReadable() throws {
        try checkStays()
        guard pausedAt == nil else {
            throw UserError(
                "Connection \"\(name)\" is paused. Nothing was read. Run \"inflow connection resume "
                    + "\(name.shellWord)\" first.")
        }
    }

    /// Throws `UserError` if a removal of the connection has begun.
    func checkStays() throws {
        guard removalBeganAt == nil else {
            throw UserError(
                "Connection \"\(name)\" is being removed, and part of its records may be gone. Nothing was done. Run "
                    + "\"inflow connection remove \(name.shellWord)\" to complete the removal.")
        }
    }

    /// The state in words, for a list: active, paused or being removed.
    var state: String {
        if removalBeganAt != nil { return "being removed" }
        return pausedAt.map { "paused since \($0.text(in: settings.timeZone))" } ?? "active"
    }
}
