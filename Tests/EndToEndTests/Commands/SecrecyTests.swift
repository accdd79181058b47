import Curl
import Sandbox
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

/// What the command showed in a test, and the secrets that it must not have shown.
private struct Overheard {
    let fixture: InflowFixture
    /// Arguments, standard output and standard error of every process, and pages in the browser.
    var text = ""
    var secrets: Set<String>

    init(_ fixture: InflowFixture) {
        self.fixture = fixture
        secrets = [fixture.sandbox.configuration.clientSecret, fixture.sandbox.configuration.refreshToken]
    }

    /// Runs the command at the most talkative log level.
    mutating func run(_ arguments: String..., exits code: Int32 = 0) async throws {
        try await run(arguments, exits: code)
    }

    mutating func run(_ arguments: [String], exits code: Int32 = 0) async throws {
        let process = try fixture.start(arguments, ["INFLOW_LOG_LEVEL": "trace"])
        try await take(process, exits: code)
    }

    /// Takes what a process shows, to its end.
    mutating func take(_ process: InflowProcess, exits code: Int32 = 0) async throws {
        text += try await process.visibleArguments()
        let ending = await process.ending()
        #expect(ending.code == code, "\(ending)")
        text += ending.output + ending.error
    }

    /// Counts the connection's present tokens among the secrets.
    mutating func keepTokens() async throws {
        let connection = try await ConnectionStore(fixture.warehouse).find("acme")
        let tokens = TokenStore(fixture.warehouse, connection: connection, box: try await fixture.box())
        let pair = try #require(try await tokens.current()).pair
        secrets.formUnion([pair.access, pair.refresh])
    }
}

@Suite(
    "Secrets are never printed at any log level, seen among the processes, or stored in plain text",
    .database(.warehouse), .timeLimit(.minutes(5)))
struct SecrecyTests {
    /// Runs a test with a connection that was added by the command; ends with the search for secrets.
    private func overhear(
        secrets count: Int, keys: Int = 1, _ body: (inout Overheard) async throws -> Void
    ) async throws {
        try await InflowFixture.run(connects: false) { fixture in
            var overheard = Overheard(fixture)
            try await overheard.run(try fixture.addArguments("acme", withToken: true))
            #expect(overheard.text.contains("connection add acme"), "the arguments were looked at")
            try await overheard.keepTokens()
            try await body(&overheard)
            #expect(overheard.secrets.count == count)
            for secret in overheard.secrets { #expect(!overheard.text.contains(secret), "a secret was shown") }
            try await expectNowhereStored(overheard.secrets, fixture)
            try expectKeysKept(keys, overheard.text, fixture)
        }
    }

    @Test("When a connection is added, synced, shown, tested and refused")
    func syncing() async throws {
        try await overhear(secrets: 6) { overheard in
            try await overheard.fixture.sandbox.control(.post, "tokens/expire")
            try await overheard.run("sync", "acme", "task", "staff")
            #expect(overheard.text.contains("token refreshed"), "the log was written at that level")
            try await overheard.keepTokens()
            try await overheard.run("connection", "show", "acme")
            try await overheard.run("connection", "show", "acme", "--json")
            try await overheard.run("connection", "list", "--json")
            try await overheard.run("connection", "test", "acme")
            try await overheard.run("doctor")
            try await overheard.fixture.sandbox.control(.post, "tokens/revoke")
            try await overheard.run("sync", "acme", "task", exits: 5)
            try await overheard.run("runs", "acme")
            try await overheard.run("runs", "acme", "--json")
        }
    }

    @Test("When a person authorises in the browser")
    func consent() async throws {
        try await overhear(secrets: 7) { overheard in
            let process = try overheard.fixture.start(
                ["authorise", "acme", "--no-browser", "--port", "0"], ["INFLOW_LOG_LEVEL": "trace"])
            let browser = ConsentBrowser()
            let address = try await browser.consent(to: try await browser.address(printedBy: process))
            overheard.secrets.insert(try #require(browser.field("code", of: address)))
            // The process answers the browser before it ends.
            async let page = browser.get(address)
            try await overheard.take(process)
            overheard.text += try await page.body
            try await overheard.keepTokens()
        }
    }

    @Test("When tokens are refreshed and shown, the client secret is replaced, and the keys are rotated")
    func rotating() async throws {
        try await overhear(secrets: 8, keys: 3) { overheard in
            try await overheard.run("token", "refresh", "acme")
            try await overheard.keepTokens()
            try await overheard.run("token", "refresh", "acme", "--json")
            try await overheard.keepTokens()
            try await overheard.run("token", "show", "acme")
            try await overheard.run("token", "show", "acme", "--json")
            let secret = "\(overheard.fixture.folder)/secret.txt"
            try await overheard.run("connection", "set-secret", "acme", "--client-secret-file", secret)
            try await overheard.run("secrets", "rotate")
            try await overheard.run("secrets", "rotate", "--json")
            try await overheard.run("doctor")
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

    /// The key file is its owner's alone, holds this many keys, and none of them was shown.
    private func expectKeysKept(_ count: Int, _ seen: String, _ fixture: InflowFixture) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.keyFile)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let lines = try String(contentsOfFile: fixture.keyFile, encoding: .utf8).split(separator: "\n")
        let keys = lines.filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: " ").last }
        #expect(keys.count == count)
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
