import ArgumentParser
import Curl
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// `inflow webhook`: the programs that are told what runs did.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Tell programs when a run has ended and which records it changed.",
        subcommands: [WebhookAddCommand.self, WebhookListCommand.self, WebhookRemoveCommand.self])
}

struct WebhookAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Post events of a connection's runs to an address, signed.",
        discussion: """
            Inflow signs each post as it signs alerts, sends it again until the receiver takes it, and gives up after \
            three days. Only runs that end from now on are told of.
            """
                + "\n\n"
                + examples(
                    "inflow webhook add acme --url https://example.org/hook --secret-file secret.txt",
                    "inflow webhook add acme --url https://example.org/jobs --secret-file secret.txt "
                        + "--events records_changed --entity job"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Option(help: "What is posted to: https, or this machine.") var url: String
    @Option(help: "File with the secret that signs the posts; - reads it from standard input.", completion: .file())
    var secretFile: String
    @Option(help: "run_finished, records_changed, or both with a comma between them.") var events =
        "run_finished,records_changed"
    @Option(help: "The one entity it is about; without it, all.", completion: .entities) var entity: String?

    func run() async throws {
        try await reporting {
            var wanted: Set<WebhookEvent> = []
            for word in ReportShowCommand.names(events) {
                guard let event = WebhookEvent(rawValue: word) else {
                    let known = WebhookEvent.allCases.map(\.rawValue).joined(separator: " and ")
                    throw UserError(
                        "\"\(word)\" is no event. Nothing was changed. The events are \(known).", exitCode: 64)
                }
                wanted.insert(event)
            }
            guard !wanted.isEmpty else {
                throw UserError("--events names no event. Nothing was changed.", exitCode: 64)
            }
            do throws(CurlError) {
                try CurlRequest(url: url, method: .post).check()
            } catch {
                throw UserError("--url: \(error.description) Nothing was changed.", exitCode: 64)
            }
            let named = try entity.map { try findEntities([$0]) }?.first
            let secret = try readSecret(secretFile, "webhook secret")
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let id = try await WebhookSubscriptionStore(wiring.warehouse, connection).add(
                url: url, secret: secret, events: wanted, entity: named, box: try await wiring.secretBox(), by: .command
            )
            Console.print(
                "Webhook \(id) of \"\(name.harmless)\" is told of runs that end from now on. \"inflow webhook remove "
                    + "\(name.shellWord) \(id)\" ends it.")
        }
    }
}

struct WebhookListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the webhooks of a connection, or of all; times are UTC.",
        discussion: examples("inflow webhook list", "inflow webhook list acme --json"))

    @Argument(help: "Name of the connection; without it, all connections.", completion: .connections)
    var name: String?
    @Flag(help: "Print one JSON document.") var json = false

    private struct Document: Encodable {
        let connection: String
        let number: Int64
        let url: String
        let events: [WebhookEvent]
        let entity: OrNull<String>
        let createdAt: Date
        let createdBy: String

        init(_ webhook: WebhookSubscription, of connection: Connection) {
            (self.connection, number, url) = (connection.name, webhook.id, webhook.url)
            events = WebhookEvent.allCases.filter { webhook.events.contains($0) }
            (entity, createdAt, createdBy) = (OrNull(webhook.entity), webhook.createdAt, webhook.createdBy)
        }
    }

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let store = ConnectionStore(wiring.warehouse)
            let connections = if let name { [try await store.find(name)] } else { try await store.list().readable }
            var documents: [Document] = []
            for connection in connections {
                documents += try await WebhookSubscriptionStore(wiring.warehouse, connection).list().map {
                    Document($0, of: connection)
                }
            }
            if json { return try Console.json(documents) }
            guard !documents.isEmpty else {
                return Console.print("There is no webhook yet. \"inflow webhook add --help\" says how one is made.")
            }
            Console.table(
                ["connection", "webhook", "url", "events", "entity", "made", "by"],
                documents.map {
                    [
                        $0.connection, String($0.number), $0.url.harmless,
                        $0.events.map(\.rawValue).joined(separator: ", "), $0.entity.value ?? "all",
                        $0.createdAt.text(in: .gmt), $0.createdBy.harmless,
                    ]
                })
        }
    }
}

struct WebhookRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Tell a program nothing any more; messages on their way are dropped.",
        discussion: examples("inflow webhook remove acme 3"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Number of the webhook: \"inflow webhook list\" has all.") var number: Int64

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            try await WebhookSubscriptionStore(wiring.warehouse, connection).remove(number, by: .command)
            Console.print("Webhook \(number) of \"\(name.harmless)\" is removed.")
        }
    }
}
