import Curl
import Sandbox
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Secrets stay secret", .database(.warehouse), .timeLimit(.minutes(5)))
struct SecrecyTests {
    @Test("Neither tokens nor secrets are printed at any log level, seen among the processes, or stored in plain text")
    func nothingLeaks() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            var (seen, secrets) = ("", Set<String>())
            func run(_ arguments: String..., exits code: Int32) async throws {
                let process = try fixture.start(arguments, ["INFLOW_LOG_LEVEL": "trace"])
                seen += process.visibleArguments
                let ending = await process.ending()
                #expect(ending.code == code, "\(arguments): \(ending)")
                seen += ending.output + ending.error
            }
            func keepSecrets() async throws {
                let connection = try await ConnectionStore(fixture.warehouse).find("acme")
                let tokens = TokenStore(fixture.warehouse, connection: connection, box: try await fixture.box())
                let pair = try #require(try await tokens.current()).pair
                secrets.formUnion([pair.access, pair.refresh])
            }
            let add = try fixture.addArguments("acme", withToken: true)
            secrets = [fixture.sandbox.configuration.clientSecret, fixture.sandbox.configuration.refreshToken]
            let added = try fixture.start(add, ["INFLOW_LOG_LEVEL": "trace"])
            seen += added.visibleArguments
            let ending = await added.ending()
            #expect(ending.code == 0, "\(ending)")
            #expect(seen.contains("connection add acme"), "the arguments were looked at")
            seen += ending.output + ending.error
            try await keepSecrets()

            try await fixture.sandbox.control(.post, "tokens/expire")
            try await run("sync", "acme", "task", "staff", exits: 0)
            #expect(seen.contains("token refreshed"), "the log was written at that level")
            try await keepSecrets()
            try await run("connection", "show", "acme", exits: 0)
            try await run("connection", "show", "acme", "--json", exits: 0)
            try await run("connection", "test", "acme", exits: 0)
            try await run("doctor", exits: 0)
            try await fixture.sandbox.control(.post, "tokens/revoke")
            try await run("sync", "acme", "task", exits: 5)
            try await run("runs", "acme", exits: 0)
            try await run("runs", "acme", "--json", exits: 0)

            let consent = try fixture.start(
                ["authorise", "acme", "--no-browser", "--port", "0"], ["INFLOW_LOG_LEVEL": "trace"])
            seen += consent.visibleArguments
            let browser = ConsentBrowser()
            let address = try await browser.consent(to: try await browser.address(printedBy: consent))
            secrets.insert(try #require(browser.field("code", of: address)))
            let page = try await browser.get(address)
            let authorised = await consent.ending()
            #expect(authorised.code == 0, "\(authorised)")
            seen += page.body + authorised.output + authorised.error
            try await keepSecrets()
            try await run("token", "refresh", "acme", exits: 0)
            try await keepSecrets()
            try await run("token", "refresh", "acme", "--json", exits: 0)
            try await keepSecrets()
            try await run("token", "show", "acme", exits: 0)
            try await run("token", "show", "acme", "--json", exits: 0)
            try await run("connection", "list", "--json", exits: 0)
            try await run(
                "connection", "set-secret", "acme", "--client-secret-file", "\(fixture.folder)/secret.txt", exits: 0)
            try await run("secrets", "rotate", exits: 0)
            try await run("secrets", "rotate", "--json", exits: 0)
            try await run("doctor", exits: 0)

            #expect(secrets.count == 13)
            for secret in secrets { #expect(!seen.contains(secret), "a secret was shown") }
            try await expectNowhereStored(secrets, fixture)
            try expectKeyKept(seen, fixture)
        }
    }

    /// No row of any table that Inflow owns holds a secret, as text or as bytes.
    private func expectNowhereStored(_ secrets: Set<String>, _ fixture: InflowFixture) async throws {
        let tables = try await fixture.query(
            """
            select format('%I.%I', schemaname, tablename) as name from pg_tables
            where schemaname in ('inflow', 'inflow_migration', 'wfm')
            """
        ).compactMap { try $0["name"].string }
        try #require(tables.contains("inflow.token"))
        let found = try await fixture.number("select count(*) from inflow.token where length(access) > 20")
        try #require(found > 0)
        for table in tables {
            let rows = try await fixture.number(
                """
                select count(*) from \(table) t, unnest($1::text[]) wanted
                where strpos(to_jsonb(t)::text, wanted) > 0
                    or strpos(to_jsonb(t)::text, encode(convert_to(wanted, 'UTF8'), 'hex')) > 0
                """, [.textArray(Array(secrets))])
            #expect(rows == 0, "\(table) holds a secret")
        }
    }

    /// The key file is its owner's alone, and what is in it was not shown.
    private func expectKeyKept(_ seen: String, _ fixture: InflowFixture) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.keyFile)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let lines = try String(contentsOfFile: fixture.keyFile, encoding: .utf8).split(separator: "\n")
        let keys = lines.filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").last }
        #expect(keys.count == 3)
        for key in keys { #expect(!seen.contains(key)) }
    }
}

extension InflowFixture {
    /// The arguments that add a connection to this fixture's sandbox, with its secrets in files.
    func addArguments(_ name: String, withToken: Bool, _ more: String...) throws -> [String] {
        let secret = try file("secret.txt", sandbox.configuration.clientSecret + "\n")
        var arguments = [
            "connection", "add", name, "--account-id", connection.settings.accountID, "--client-id",
            connection.settings.clientID, "--client-secret-file", secret, "--api-url", connection.settings.apiURL,
            "--token-url", connection.settings.tokenURL,
            "--authorise-url", connection.settings.authoriseURL, "--time-zone", "Etc/UTC", "--calls-per-minute", "0",
        ]
        if withToken {
            arguments += ["--refresh-token-file", try file("refresh.txt", sandbox.configuration.refreshToken)]
        }
        return arguments + more
    }
}
