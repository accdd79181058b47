import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Credentials on the private PostgreSQL", .timeLimit(.minutes(5)))
struct CredentialTests {
    private typealias Access = OrganisationTests.Access

    @Test("A reader logs in over 127.0.0.1 by its password; a rotated one ends the old; the server never hears it")
    func overTCP() async throws {
        let home = "/tmp/inflow-e2e-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer {
            PostgresCluster(folder: "\(home)/postgres").destroy()
            try? FileManager.default.removeItem(atPath: home)
        }
        func inflow(_ arguments: String...) async throws -> InflowProcess.Ending {
            let ending = try await InflowProcess(
                arguments, environment: ["PATH": "/usr/bin:/bin", "INFLOW_HOME": home]
            ).ending()
            #expect(ending.code == 0, "\(ending)")
            return ending
        }
        let secret = "\(home)/client.txt"
        try "client-secret".write(toFile: secret, atomically: true, encoding: .utf8)
        _ = try await inflow(
            "connection", "add", "acme", "--account-id", "a", "--client-id", "c", "--client-secret-file", secret)
        let url = try await inflow("database", "url").output.trimmingCharacters(in: .whitespacesAndNewlines)
        try await logEverything(url)

        let first = try await inflow("connection", "credentials", "acme", "--json").json(Access.self)
        #expect(first.host == "127.0.0.1" && first.user == "inflow_reader_1" && first.database == "inflow")
        #expect(try await first.rows("select name from inflow.connection")[0][0].string == "acme")
        let again = try await inflow("connection", "credentials", "acme")
        #expect(
            again.output.contains("psql \"postgresql://inflow_reader_1@127.0.0.1:\(first.port)/inflow\""), "\(again)")
        #expect(again.output.contains("jdbc:postgresql://127.0.0.1:\(first.port)/inflow?user=inflow_reader_1"))
        #expect(!again.output.contains("password") && again.error.contains("--rotate"), "\(again)")

        let second = try await inflow("connection", "credentials", "acme", "--rotate", "--json").json(Access.self)
        await #expect(throws: PostgresError.self) { try await first.rows("select 1") }
        #expect(try await second.rows("select count(*) from wfm.client")[0, 0].int == 0)
        let log = try String(contentsOfFile: "\(home)/postgres/server.log", encoding: .utf8)
        #expect(log.contains("create role") && log.contains("alter role"), "the log has the statements")
        for access in [first, second] {
            let password = try #require(access.password)
            #expect(!log.contains(password))
        }
    }

    /// Has the server log every statement, and waits until it does.
    private func logEverything(_ url: String) async throws {
        let session = try await PostgresConnection.connect(to: url, applicationName: "inflow tests")
        try await session.execute("alter system set log_statement = 'all'")
        try await session.query("select pg_reload_conf()")
        await session.close()
        try await eventually("the server's new setting") {
            try await PostgresConnection.rows(at: url, "select current_setting('log_statement')")[0, 0].string == "all"
        }
    }
}
