import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct ConnectionAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an organisation.",
        discussion: examples(
            "inflow connection add acme --client-id ID --client-secret-file secret.txt --time-zone Pacific/Auckland"))

    @Argument(help: "Name for the connection.") var name: String
    @Option(help: "Id of the organisation at WorkflowMax; without it, the consent decides.") var accountId: String?
    @Option(help: "OAuth client id.") var clientId: String
    @Option(help: "File with the OAuth client secret.") var clientSecretFile: String
    @Option(help: "File with a refresh token; Inflow exchanges it at once, and it is then spent.")
    var refreshTokenFile: String?
    @Option(help: "Base address of the API.") var apiUrl: String?
    @Option(help: "Address of the token endpoint.") var tokenUrl: String?
    @Option(help: "Address of the consent page.") var authoriseUrl: String?
    @Option(help: "IANA time zone, such as Pacific/Auckland.") var timeZone: String?
    @Option(help: "First month of the fiscal year, 1 to 12.") var fiscalYearStart: String?
    @Option(help: "Most calls at the same time; 0 for no limit.") var callsAtOnce: String?
    @Option(help: "Most calls in any 60 seconds; 0 for no limit.") var callsPerMinute: String?
    @Option(help: "Most calls in any 24 hours; 0 for no limit.") var callsPerDay: String?

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            try checkConnectionName(name)
            let secret = try readSecret(clientSecretFile, "client secret")
            let refresh = try refreshTokenFile.map { try readSecret($0, "refresh token") }
            guard refresh == nil || accountId != nil else {
                throw UserError("--refresh-token-file needs --account-id. Nothing was added.", exitCode: 64)
            }
            var settings = try settings()
            if timeZone == nil { try askTimeZone(&settings) }
            let box = try await wiring.secretBox()
            let connection = try await ConnectionStore(wiring.warehouse).add(
                name, settings, platform: WorkflowMax.platform, clientSecret: secret, box: box)
            try await wiring.audit(.connectionAdded, by: .command, connection)
            Console.print(
                "Connection \"\(name)\" added. Its days and times are those of \(settings.timeZone.identifier).")
            if timeZone == nil, settings.timeZone.identifier == TimeZone.current.identifier {
                Console.note(
                    "That is the zone of this machine. \"inflow connection set \(name.shellWord) "
                        + "time-zone=Pacific/Auckland\" sets "
                        + "another, before the first sync.")
            }
            if let refresh, let file = refreshTokenFile {
                do {
                    try await spend(refresh, file, connection, wiring, box)
                } catch {
                    Console.note(
                        "The connection \"\(name)\" stays, and has no tokens: the first refresh failed. Do not add it "
                            + "again. \(ConsentWords.remedy(name))")
                    throw error
                }
            } else {
                Console.print("The connection has no tokens yet. \(ConsentWords.remedy(name))")
            }
        }
    }

    /// Asks for the time zone on a terminal; an empty answer takes this machine's.
    private func askTimeZone(_ settings: inout ConnectionSettings) throws {
        while isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 {
            Console.write(
                "Time zone of the organisation, such as Pacific/Auckland [\(settings.timeZone.identifier)]: ",
                to: STDERR_FILENO)
            guard let answer = readLine()?.trimmed, !answer.isEmpty else { return }
            do {
                return try settings.set("time-zone", answer)
            } catch {
                Console.note("\(error)")
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
