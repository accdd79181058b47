import Foundation
import Postgres
import TestSupport
import Testing

/// PgBouncer between Inflow and the server.
@Suite("A connection pooler", .database(.warehouse), .timeLimit(.minutes(5)))
struct PoolerTests {
    @Test(
        "One that gives each transaction another session is refused by name, in every command and at once",
        arguments: ["transaction", "statement"])
    func transactions(mode: String) async throws {
        try await InflowFixture.run { fixture in
            try await Pooler.run(mode: mode, before: fixture.url) { url in
                let commands = [
                    ["doctor"], ["migrate"], ["status"], ["sync", "acme", "staff"], ["connection", "list"], ["serve"],
                ]
                for command in commands {
                    let ending = try await fixture.start(command, ["INFLOW_DATABASE_URL": url]).ending()
                    #expect(ending.code == 1, "\(command): \(ending)")
                    let words = command == ["doctor"] ? ending.output : ending.error
                    #expect(words.contains("pool_mode") && words.contains("PgBouncer"), "\(command): \(ending)")
                }
                #expect(try await fixture.count("inflow.run") == 0)
            }
        }
    }

    @Test("One that keeps a session for each client does no harm")
    func sessions() async throws {
        try await InflowFixture.run { fixture in
            try await Pooler.run(mode: "session", before: fixture.url) { url in
                let sync = try await fixture.start(["sync", "acme", "staff"], ["INFLOW_DATABASE_URL": url]).ending()
                #expect(sync.code == 0, "\(sync)")
                let doctor = try await fixture.start(["doctor"], ["INFLOW_DATABASE_URL": url]).ending()
                #expect(doctor.code == 0, "\(doctor)")
            }
        }
    }
}

/// A PgBouncer of a test's own, on a socket.
private enum Pooler {
    /// Runs `body` with the address of a pooler before the server of a URL.
    static func run(mode: String, before url: String, _ body: (String) async throws -> Void) async throws {
        let program = "/usr/sbin/pgbouncer"
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "PgBouncer is missing; scripts/test installs it.")
        let parts = try #require(URLComponents(string: url))
        func part(_ name: String) -> String? { parts.queryItems?.first { $0.name == name }?.value }
        let server = try #require(part("host") ?? parts.host)
        let port = part("port") ?? parts.port.map(String.init) ?? "5432"
        let user = part("user") ?? parts.user ?? "postgres"
        let folder = "/tmp/inflow-pooler-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        // The mask of the process takes rights away from a folder that is being made.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = """
            [databases]
            * = host=\(server) port=\(port) user=\(user)
            [pgbouncer]
            unix_socket_dir = \(folder)
            listen_port = 6432
            auth_type = any
            pool_mode = \(mode)
            \(geteuid() == 0 ? "user = postgres" : "")

            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: "\(folder)/pgbouncer.ini"))
        let (process, output, log) = (Process(), Pipe(), Transcript())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["\(folder)/pgbouncer.ini"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        log.read(output.fileHandleForReading)
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        #expect(await log.contains("process up"), "\(log.soFar)")
        try await body("postgresql:///\(parts.path.dropFirst())?host=\(folder)&port=6432&user=\(user)")
    }
}
