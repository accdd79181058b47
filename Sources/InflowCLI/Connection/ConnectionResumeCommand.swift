import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct ConnectionResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End the pause of a connection; Inflow does not catch up runs that were due in it.",
        discussion: examples("inflow connection resume acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connection = try await store.find(name)
            try connection.checkStays()
            try await store.resume(connection)
            if connection.pausedAt != nil { try await wiring.audit(.connectionResumed, by: .command, connection) }
            Console.print("\"\(name)\" \(connection.pausedAt == nil ? "was not paused" : "is no longer paused").")
        }
    }
}
