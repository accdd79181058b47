import ArgumentParser
import Inflow
import Warehouse

struct AlertShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the recipients and channels, without secrets.",
        discussion: examples("inflow alert show acme", "inflow alert show --all"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String?
    @Flag(help: "Show the mail server of all connections.") var all = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            guard (name == nil) == all else {
                throw UserError("Give either a connection's name or --all.", exitCode: 64)
            }
            let wiring = try await Wiring.ready()
            guard let name else {
                let document = SharedMailDocument(try await SharedMail(wiring.warehouse).read())
                if json { return try Console.json(document) }
                return document.show()
            }
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let channels = try await AlertChannels(wiring.warehouse, connection: connection.id).list()
            let document = AlertDocument(connection, channels)
            if json { return try Console.json(document) }
            document.show()
        }
    }
}
