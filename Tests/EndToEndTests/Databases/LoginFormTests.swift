import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Logins for reporting tools", .timeLimit(.minutes(3)))
struct LoginFormTests {
    /// What `connection credentials --json` prints.
    private struct Access: Decodable {
        let host: String
        let port: Int
        let database: String
        let user: String
        let password: String?
        let psql: String
        let url: String
        let jdbc: String
        let odbc: String
    }

    /// Who a session is, and whether what goes over it is encrypted.
    private func session(_ place: String) async throws -> [String] {
        let session = try await PostgresConnection.connect(to: place, applicationName: "tests")
        let row = try await session.query(
            "select concat_ws(' ', current_user, current_database(), ssl) as who from pg_stat_ssl where pid = pg_backend_pid()"
        ).texts("who")
        await session.close()
        return row
    }

    @Test(
        "Each printed form logs in at the private PostgreSQL, encrypted where a tool asks for that, and holds no password"
    )
    func forms() async throws {
        let home = "/tmp/inflow-e2e-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let environment = ["PATH": "/usr/bin:/bin", "INFLOW_HOME": home]
        let cluster = PostgresCluster(folder: "\(home)/postgres")
        defer { cluster.destroy() }
        for arguments in [["database", "start"], ["migrate"]] {
            let ending = try await InflowProcess(arguments, environment: environment).ending()
            #expect(ending.code == 0, "\(ending)")
        }
        let ending = try await InflowProcess(
            ["connection", "credentials", "--all", "--json"], environment: environment
        ).ending()
        let access = try ending.json(Access.self)
        let password = try #require(access.password)
        let encrypted = ["\(access.user) \(access.database) t"]
        #expect(access.host == "127.0.0.1")

        // A URL: of libpq as it is; of JDBC without the word before it.
        #expect(access.psql == "psql \"\(access.url)\"")
        #expect(try await session("\(access.url)?password=\(password)&sslmode=require") == encrypted)
        let jdbc = try #require(access.jdbc.wholeMatch(of: /jdbc:(postgresql:.*)/)?.1)
        #expect(try await session("\(jdbc)&password=\(password)&sslmode=require") == encrypted)
        #expect(await thrown { try await session("\(access.url)?password=wrong&sslmode=require") } != nil)

        // ODBC: by key, as its driver reads it.
        let pairs = access.odbc.split(separator: ";").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        #expect(pairs.map { $0[0] } == ["Driver", "Server", "Port", "Database", "Uid", "SSLmode"], "\(access.odbc)")
        let odbc = Dictionary(pairs.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
        func place(_ mode: String) -> String {
            "host='\(odbc["Server"] ?? "")' port='\(odbc["Port"] ?? "")' dbname='\(odbc["Database"] ?? "")' "
                + "user='\(odbc["Uid"] ?? "")' password='\(password)' sslmode='\(mode)'"
        }
        #expect(try await session(place("require")) == encrypted)
        #expect(try await session(place(odbc["SSLmode"] ?? "")) == encrypted, "it is encrypted where the server can")
        for form in [access.psql, access.url, access.jdbc, access.odbc] {
            #expect(form.contains(access.user) && !form.contains(password), "\(form)")
        }
    }

    private func thrown(_ body: () async throws -> some Any) async -> (any Error)? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}
