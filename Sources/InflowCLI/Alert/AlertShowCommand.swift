import ArgumentParser
import Inflow
import Warehouse

struct AlertShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the recipients and channels, without secrets.",
        discussion: examples("inflow alert show acme"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let channels = try await AlertChannels(wiring.warehouse, connection: connection.id).list()
            let document = AlertDocument(connection, channels)
            if json { return try Console.json(document) }
            document.show()
        }
    }
}
