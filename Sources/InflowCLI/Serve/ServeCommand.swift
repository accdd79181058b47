import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve: the schedule, the queue of runs, the tokens and the alerts, until it is stopped.",
        discussion: """
            Runs on schedule what "inflow schedule" shows, and what "inflow sync" asks for meanwhile. Several processes on \
            several machines may serve one warehouse. SIGTERM and Ctrl-C drop the chunks in hand and put their runs back into \
            the queue; SIGHUP reads the settings again.
            """)

    @Option(help: "Address of the health and metrics pages.") var address = "127.0.0.1"
    @Option(help: "Port of the health and metrics pages; 0 for any, -1 for none.") var port = 8765
    @Option(help: "Connections that are read at once, at most.") var workers = 4
    @Option(help: "File that is written when it serves: the port.") var readyFile: String?

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let daemon = Daemon(wiring: wiring, workers: max(1, workers))
            try await daemon.run(address: address, port: port) { port in
                Console.note("Serving; health and metrics at http://\(address):\(port).")
                if let readyFile { try? Data("\(port)\n".utf8).write(to: URL(fileURLWithPath: readyFile)) }
            }
        }
    }
}
