import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon: schedule, queue of runs, tokens and alerts.",
        discussion: """
            The daemon runs the schedule of "inflow schedule" and the requests of "inflow sync". Several daemons, also \
            on several machines, may serve one warehouse. On SIGTERM or Ctrl-C a daemon drops the chunks it is reading \
            and puts their runs back into the queue. On SIGHUP it reads the log level again; other settings \
            need a restart.
            """
                + "\n\n"
                + examples(
                    "inflow serve",
                    "inflow serve --address 0.0.0.0 --port 9000"))

    @Option(help: "Address of the health and metrics pages.") var address = "127.0.0.1"
    @Option(help: "Port of the health and metrics pages; 0 for any free one, -1 for none.") var port = 8765
    @Option(help: "Most connections to read at the same time.") var workers = 4
    @Option(help: "File that the daemon writes when it is ready; it holds the port.") var readyFile: String?

    func run() async throws {
        try await reporting {
            let ready = try readyFile.map(ReadyFile.init)
            let wiring = try await Wiring.readyToServe()
            let daemon = Daemon(wiring: wiring, workers: max(1, workers))
            try await daemon.run(address: address, port: port) { port in
                let pages = "Health: http://\(address):\(port)/healthz, metrics: http://\(address):\(port)/metrics."
                Console.note(port < 0 ? "Serving, without health and metrics pages." : "Serving. \(pages)")
                ready?.write("\(port)\n")
            }
        }
    }
}
