import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct ConnectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection",
        abstract: "Organisations: add, list, show, set, test, authorise, pause, rename, remove; who may read.",
        subcommands: [
            Add.self, List.self, Show.self, Set.self, SetSecret.self, Test.self, Authorise.self, Pause.self,
            Resume.self, Rename.self,
            Credentials.self, Remove.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add an organisation.")

        @Argument(help: "A name for it.") var name: String
        @Option(help: "The organisation's id at the platform; without it the consent tells.") var accountId: String?
        @Option(help: "OAuth client id.") var clientId: String
        @Option(help: "File with the OAuth client secret.") var clientSecretFile: String
        @Option(help: "File with a refresh token; it is spent at once.") var refreshTokenFile: String?
        @Option(help: "Base address of the data.") var apiUrl: String?
        @Option(help: "Address of the token endpoint.") var tokenUrl: String?
        @Option(help: "Address of the consent page.") var authoriseUrl: String?
        @Option(help: "IANA time zone, such as Pacific/Auckland.") var timeZone: String?
        @Option(help: "Month in which the year begins, 1 to 12.") var fiscalYearStart: String?
        @Option(help: "Calls in flight at most, 0 for no limit.") var callsAtOnce: String?
        @Option(help: "Calls in any 60 seconds at most, 0 for no limit.") var callsPerMinute: String?
        @Option(help: "Calls in any 24 hours at most, 0 for no limit.") var callsPerDay: String?

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                try checkConnectionName(name)
                let secret = try readSecret(clientSecretFile, "client secret")
                let refresh = try refreshTokenFile.map { try readSecret($0, "refresh token") }
                guard refresh == nil || accountId != nil else {
                    throw UserError("--refresh-token-file needs --account-id. Nothing was added.", exitCode: 64)
                }
                let settings = try settings()
                let box = try await wiring.secretBox()
                let connection = try await ConnectionStore(wiring.warehouse).add(
                    name, settings, platform: WorkflowMax.platform, clientSecret: secret, box: box)
                Console.print("Connection \"\(name)\" added.")
                if let refresh, let file = refreshTokenFile {
                    try await spend(refresh, file, connection, wiring, box)
                } else {
                    Console.print("It has no tokens yet. \(ConsentWords.remedy(name))")
                }
            }
        }

        private func settings() throws -> ConnectionSettings {
            let today = LocalDate(Date(), in: .current).components
            var settings = ConnectionSettings(
                accountID: accountId ?? "", clientID: clientId, timeZone: .current,
                firstDate: LocalDate(year: today.year - 10, month: 1, day: 1) ?? LocalDate(daysSinceEpoch: 0))
            let given = [
                ("account-id", accountId), ("client-id", clientId), ("api-url", apiUrl), ("token-url", tokenUrl),
                ("authorise-url", authoriseUrl), ("time-zone", timeZone), ("fiscal-year-start", fiscalYearStart),
                ("calls-at-once", callsAtOnce), ("calls-per-minute", callsPerMinute), ("calls-per-day", callsPerDay),
            ]
            for (key, value) in given { if let value { try settings.set(key, value) } }
            return settings
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the connections.")

        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connections = try await ConnectionStore(wiring.warehouse).list()
                let tokens = try await TokenDocument.all(connections, wiring)
                if json {
                    return try Console.json(zip(connections, tokens).map { ConnectionDocument($0, tokens: $1) })
                }
                guard !connections.isEmpty else {
                    return Console.print("No connection yet. Add one with \"inflow connection add NAME …\".")
                }
                Console.table(
                    ["name", "account", "api", "zone", "state", "tokens"],
                    zip(connections, tokens).map {
                        [
                            $0.name, $0.settings.accountID, $0.settings.apiURL, $0.settings.timeZone.identifier,
                            $0.state, $1.short,
                        ]
                    })
                for token in tokens { if let warning = token.warning { Console.note(warning) } }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a connection's settings with unit and default.")

        @Argument(help: "The connection.") var name: String
        @Flag(help: "One JSON document.") var json = false

        func run() async throws {
            try await reporting(json: json) {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let tokens = try await TokenDocument.all([connection], wiring)
                if json { return try Console.json(ConnectionDocument(connection, tokens: tokens.first)) }
                Console.table(
                    ["setting", "value", "default", "what it is"],
                    ConnectionSetting.all.map { [$0.key, $0.read(connection.settings), $0.standard, $0.summary] })
                Console.print("\nThe connection is \(connection.state).")
                for token in tokens {
                    Console.print("tokens: \(token.short)")
                    if let words = token.needsConsentBecause ?? token.warning { Console.note(words) }
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change settings: KEY=VALUE …; all or none are changed.")

        @Argument(help: "The connection.") var name: String
        @Argument(help: "Settings, as \"inflow connection show\" names them.") var changes: [String]

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                let store = ConnectionStore(wiring.warehouse)
                var connection = try await store.find(name)
                for change in changes {
                    let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    guard parts.count == 2 else {
                        throw UserError("\"\(change)\" is not KEY=VALUE. Nothing was changed.", exitCode: 64)
                    }
                    try connection.settings.set(String(parts[0]), String(parts[1]))
                }
                try await store.update(connection)
                Console.print("Changed: \(changes.joined(separator: ", ")).")
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that the authorisation works, by one small read.")

        @Argument(help: "The connection.") var name: String

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                let connection = try await ConnectionStore(wiring.warehouse).find(name)
                let source = try await wiring.source(connection)
                let organisation = try await interruptible { try await source.organisation() }
                Console.print("\"\(name)\" works: organisation \(organisation.id) answered.")
            }
        }
    }

    struct Authorise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a connection new tokens from a refresh token.")

        @Argument(help: "The connection.") var name: String
        @Option(help: "File with a refresh token; it is spent at once.") var refreshTokenFile: String
        @Option(help: "File with the client secret, where it changed or the key file was lost.")
        var clientSecretFile: String?

        func run() async throws {
            try await reporting {
                let wiring = try await Wiring.ready()
                let store = ConnectionStore(wiring.warehouse)
                let connection = try await store.find(name)
                let refresh = try readSecret(refreshTokenFile, "refresh token")
                // With the client secret at hand everything the lost key held can be entered again.
                let box = try await wiring.secretBox(replacingLostKey: clientSecretFile != nil)
                if let clientSecretFile {
                    try await store.setClientSecret(
                        try readSecret(clientSecretFile, "client secret"), of: connection, box: box)
                }
                try await spend(refresh, refreshTokenFile, connection, wiring, box)
            }
        }
    }
}

extension ConnectionSettings {
    /// Sets one setting from text, or tells what is wrong with it.
    mutating func set(_ key: String, _ value: String) throws {
        guard let setting = ConnectionSetting.all.first(where: { $0.key == key }) else {
            let known = ConnectionSetting.all.map(\.key).joined(separator: ", ")
            throw UserError("There is no setting \"\(key)\". There are: \(known). Nothing was changed.", exitCode: 64)
        }
        if let fault = setting.write(&self, value) {
            throw UserError("\(key): \(fault). Nothing was changed.", exitCode: 64)
        }
    }
}

/// Reads a secret from the first line of a file.
func readSecret(_ path: String, _ what: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw UserError("The file \"\(path)\" with the \(what) cannot be read. Nothing was changed.")
    }
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let secret = line.trimmingCharacters(in: .whitespaces)
    guard !secret.isEmpty else { throw UserError("The file \"\(path)\" holds no \(what). Nothing was changed.") }
    return secret
}

/// Exchanges a refresh token for a pair of tokens and stores it.
private func spend(
    _ refresh: String, _ file: String, _ connection: Connection, _ wiring: Wiring, _ box: SecretBox
) async throws {
    let authorisation = Authorisation(
        connection: connection, credentials: try await wiring.credentials(connection, box),
        transfer: wiring.transfer(), now: { Date() })
    let pair = try await authorisation.exchange(refreshToken: refresh)
    try await TokenStore(wiring.warehouse, connection: connection, box: box).store(pair)
    if connection.settings.accountID.isEmpty {
        var connection = connection
        let organisations = Authorisation.organisationIDs(in: pair.access)
        if organisations.count == 1 {
            connection.settings.accountID = organisations[0]
            try await ConnectionStore(wiring.warehouse).update(connection)
        } else {
            Console.note(
                "Say which organisation it is: \"inflow connection set \(connection.name) account-id=ID\", one of "
                    + organisations.map { "\"\($0)\"" }.joined(separator: ", ") + ".")
        }
    }
    Console.print(
        "Authorised. The refresh token in \"\(file)\" is now spent: Inflow keeps its successor, encrypted. Delete the file."
    )
}

/// A connection as a JSON document.
struct ConnectionDocument: Encodable {
    let name: String
    let settings: [String: String]
    let pausedAt: Date?
    let removalBeganAt: Date?
    let tokens: TokenDocument?

    init(_ connection: Connection, tokens: TokenDocument?) {
        self.tokens = tokens
        name = connection.name
        (pausedAt, removalBeganAt) = (connection.pausedAt, connection.removalBeganAt)
        settings = Dictionary(
            uniqueKeysWithValues: ConnectionSetting.all.map { ($0.key, $0.read(connection.settings)) })
    }
}
