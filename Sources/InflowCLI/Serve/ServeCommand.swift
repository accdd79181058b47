import ArgumentParser
import Foundation
import Inflow
import Sync
import Warehouse

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon: schedule, queue of runs, tokens, alerts and the Connection page.",
        discussion: """
            The daemon runs the schedule of "inflow schedule" and the requests of "inflow sync". Several daemons, also \
            on several machines, may serve one warehouse. On SIGTERM or Ctrl-C a daemon drops the chunks it is reading \
            and puts their runs back into the queue. On SIGHUP it reads the log level again; other settings \
            need a restart.
            """
                + "\n\n"
                + examples(
                    "inflow serve",
                    "inflow serve --address 0.0.0.0 --host inflow.example.com --tls-certificate chain.pem --tls-key key.pem",
                    "inflow serve --address 0.0.0.0 --port 9000 --no-page"))

    @Option(help: "Address on which the page, health and metrics are served.") var address = "127.0.0.1"
    @Option(help: "Port of the page, health and metrics; 0 for any free one, -1 for none.") var port = 8765
    @Option(help: ArgumentHelp("A name by which browsers reach the page; may be given again.", valueName: "name"))
    var host: [String] = []
    @Option(help: ArgumentHelp("Certificate chain as a PEM file, to serve over TLS.", valueName: "file"))
    var tlsCertificate: String?
    @Option(help: ArgumentHelp("Private key of the certificate as a PEM file.", valueName: "file"))
    var tlsKey: String?
    @Option(
        help: ArgumentHelp(
            "Address of a proxy that speaks TLS with browsers; its X-Forwarded-For counts.", valueName: "address"))
    var behindProxy: [String] = []
    @Flag(help: "Serve health and metrics only.") var noPage = false
    @Option(help: "Most connections to read at the same time.") var workers = 4
    @Option(help: "File that the daemon writes when it is ready; it holds the port.") var readyFile: String?

    func run() async throws {
        try await reporting {
            let ready = try readyFile.map(ReadyFile.init)
            let serving = try PageServing(
                .init(
                    address: address, port: port, hosts: host, proxies: behindProxy, certificate: tlsCertificate,
                    key: tlsKey, isPlain: noPage))
            let wiring = try await Wiring.readyToServe()
            let daemon = Daemon(wiring: wiring, workers: max(1, workers))
            // While no user exists, the link is the way in.
            let link = noPage || port < 0 ? nil : try await OneTimeLinkStore(wiring.warehouse).make(for: PageLink.life)
            try await daemon.run(serving) { port in
                let url = serving.url(port: port)
                let pages = "Health: \(url)/healthz, metrics: \(url)/metrics."
                Console.note(port < 0 ? "Serving, without page, health and metrics." : "Serving. \(pages)")
                if port >= 0, !noPage {
                    Console.note(link.map { "Open \(PageLink.url(url, $0)) (good once, for an hour)" } ?? "Open \(url)")
                }
                ready?.write("\(port)\n")
            }
        }
    }
}
