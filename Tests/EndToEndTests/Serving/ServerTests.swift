import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Servers that the command runs", .timeLimit(.minutes(5)))
struct ServerTests {
    @Test("The sandbox says where it is and what it wants, and ends when it is interrupted")
    func sandbox() async throws {
        try await withHome { home in
            let ready = "\(home)/ready"
            let process = try InflowProcess(
                ["sandbox", "--port", "0", "--scale", "0.01", "--ready-file", ready], environment: ["INFLOW_HOME": home]
            )
            #expect(await process.output.contains("refresh token  sandbox-refresh-token"))
            process.interrupt()
            let ending = await process.ending()
            #expect(!ending.wasKilled && [0, 130].contains(ending.code), "\(ending)")
            let address = try #require(ending.output.firstMatch(of: /Sandbox ready at (http:\/\/127\.0\.0\.1:\d+)/)?.1)
            #expect(try String(contentsOfFile: ready, encoding: .utf8) == address)
        }
    }

    @Test("Without a warehouse named, a private PostgreSQL is made at the first use, announced, and stopped on request")
    func privateCluster() async throws {
        try await withHome { home in
            func inflow(_ arguments: String...) async throws -> InflowProcess.Ending {
                try await InflowProcess(arguments, environment: ["PATH": "/usr/bin:/bin", "INFLOW_HOME": home]).ending()
            }
            defer { PostgresCluster(folder: "\(home)/postgres").destroy() }
            let absent = try await inflow("database", "status")
            #expect(absent.code == 1 && absent.output.contains("not created yet"), "\(absent)")
            let missing = try await inflow("doctor")
            #expect(
                missing.code == 1 && missing.output.contains("fault  there is no private PostgreSQL"), "\(missing)")

            let first = try await inflow("connection", "list")
            #expect(first.code == 0 && first.output.contains("No connection yet."), "\(first)")
            #expect(first.error.contains("Starting the private PostgreSQL"), "\(first)")
            let second = try await inflow("connection", "list", "--json")
            #expect(second.code == 0 && second.error.isEmpty, "\(second)")
            #expect(try second.json([String].self).isEmpty)
            let running = try await inflow("database", "status")
            #expect(running.code == 0 && running.output.contains("running, process"), "\(running)")
            let url = try await inflow("database", "url")
            let line = url.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await PostgresConnection.rows(at: line, "select count(*) from wfm.client")[0, 0].int == 0)

            let stop = try await inflow("database", "stop")
            #expect(stop.code == 0 && stop.output == "Stopped.\n", "\(stop)")
            let stopped = try await inflow("doctor")
            #expect(
                stopped.code == 1 && stopped.output.contains("fault  the private PostgreSQL is stopped"), "\(stopped)"
            )
        }
    }

    @Test(
        "A daemon starts its private PostgreSQL again after it was killed, and leaves one alone that a person stopped")
    func kept() async throws {
        try await withHome { home in
            let environment = ["PATH": "/usr/bin:/bin", "INFLOW_HOME": home, "INFLOW_WORKER_PATIENCE": "3"]
            let cluster = PostgresCluster(folder: "\(home)/postgres")
            defer { cluster.destroy() }
            let daemon = try InflowProcess(["serve", "--port", "0"], environment: environment)
            #expect(await daemon.error.contains("Serving"))
            guard case .running(let first) = try await cluster.status() else {
                Issue.record("it does not run")
                return
            }
            #expect(kill(first, SIGKILL) == 0)
            #expect(await daemon.error.contains("The private PostgreSQL is not running. Inflow starts it."))
            #expect(await daemon.error.contains("The private PostgreSQL runs again."))
            guard case .running(let second) = try await cluster.status() else {
                Issue.record("it does not run again")
                return
            }
            #expect(second != first)
            let stop = try await InflowProcess(["database", "stop"], environment: environment).ending()
            #expect(stop.code == 0, "\(stop)")
            #expect(await daemon.error.contains("A person stopped the private PostgreSQL."))
            #expect(await daemon.error.contains("The warehouse is away"))
            #expect(try await cluster.status() == .stopped)
            let start = try await InflowProcess(["database", "start"], environment: environment).ending()
            #expect(start.code == 0, "\(start)")
            #expect(await daemon.error.contains("The warehouse is back"))
            daemon.interrupt()
            let end = await daemon.ending()
            #expect(end.code == 0, "\(end)")
            // A line for each change, and none for each second.
            let away = end.errorLines.count { $0.contains("The warehouse is away") }
            let back = end.errorLines.count { $0.contains("The warehouse is back") }
            #expect(away >= 1 && (0...1).contains(away - back), "\(end)")
            #expect(end.errorLines.count < 20, "\(end)")
        }
    }

    /// A folder of its own, which a server's account can reach, removed after.
    private func withHome(_ body: (String) async throws -> Void) async throws {
        let home = "/tmp/inflow-e2e-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        try await body(home)
    }
}
