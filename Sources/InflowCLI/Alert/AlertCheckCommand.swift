import Alerts
import ArgumentParser
import Inflow
import Warehouse

struct AlertCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check for incidents now and send waiting messages, without reading from WorkflowMax.",
        discussion: examples("inflow alert check"))

    @Argument(help: "Name of the connection; without it, all connections.", completion: .connections) var name: String?
    @OptionGroup var quiet: QuietOption

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connections: [Connection]
            if let name {
                connections = [try await store.find(name)]
            } else {
                let list = try await store.list()
                for error in list.unreadable { Console.note(error.userMessage) }
                connections = list.readable
            }
            for connection in connections {
                let review = try await wiring.review(connection)
                Console.print(
                    "\"\(connection.name)\": \(review.opened.count) new, \(review.kept.count) still open, "
                        + "\(review.closed.count) over.")
            }
            let one = name == nil ? nil : connections.first
            let round = try await interruptible {
                try await wiring.alertSender().deliver(one, until: .now + .seconds(120))
            }
            Console.print("Messages: \(round.sent) sent, \(round.failed) failed.")
        }
    }
}
