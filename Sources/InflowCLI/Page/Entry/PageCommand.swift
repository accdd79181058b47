import ArgumentParser
import Warehouse

/// `inflow page link`: a new way in while no user exists.
struct PageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page", abstract: "Print a link that opens the page.", subcommands: [Link.self])

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a link that opens the page in one browser, once, within an hour.",
            discussion: """
                Only while no user exists ("inflow user list"): then people sign in by name and password.
                """
                    + "\n\n" + examples("inflow page link", "inflow page link --server https://inflow.example.com"))

        @Option(help: "Address of the server, as a browser reaches it.") var server = "http://127.0.0.1:8765"

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                guard let link = try await OneTimeLinkStore(wiring.warehouse).make(for: PageLink.life) else {
                    throw UserError(
                        "There are users, so nobody enters by a link. Open \(server) and sign in; \"inflow user "
                            + "password NAME\" sets a new password.")
                }
                Console.print(PageLink.url(server, link))
            }
        }
    }
}
