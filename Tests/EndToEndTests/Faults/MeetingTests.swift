import Curl
import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("Processes at the same time", .database(.warehouse), .timeLimit(.minutes(2)))
struct MeetingTests {
    @Test("Of several processes whose token has ended one refreshes it, and the others use what it stored")
    func oneRefresh() async throws {
        try await Rig.run { rig in
            let before = try await rig.sandbox.tokenRequests()
            try await rig.sandbox.control(.post, "tokens/expire")
            // Long enough for the others to be refused and to want a refresh too.
            try await rig.sandbox.fault("slow_first_byte", at: "/oauth/token", more: #""milliseconds":1500"#)
            let processes = try (0..<3).map { _ in try rig.start(["connection", "test", "acme"]) }
            for process in processes {
                let ending = await process.ending()
                #expect(ending.code == 0, "\(ending)")
            }
            #expect(try await rig.sandbox.tokenRequests() == before + 1)
            #expect(try await rig.number("select max(generation) from inflow.token") == 2)
        }
    }

    @Test("Two first uses of a new warehouse make one key, and both connections can be opened with it")
    func oneKey() async throws {
        try await Rig.run(connects: false) { rig in
            let processes = try ["one", "two"].map { try rig.start(try rig.addArguments($0, withToken: false)) }
            for process in processes {
                let ending = await process.ending()
                #expect(ending.code == 0, "\(ending)")
            }
            #expect(try await rig.count("inflow.secret_key") == 1)
            let store = ConnectionStore(rig.warehouse)
            for connection in try await store.list() {
                let secret = try await store.clientSecret(of: connection, box: try await rig.box())
                #expect(secret == rig.sandbox.configuration.clientSecret)
            }
            #expect(try await store.list().count == 2)
        }
    }

    @Test("Two migrations at once end well, and one of them did the work", .database)
    func oneMigration() async throws {
        try await Rig.run(connects: false) { rig in
            let processes = try (0..<2).map { _ in try rig.start(["migrate"]) }
            var applied = 0
            for process in processes {
                let ending = await process.ending()
                #expect(ending.code == 0, "\(ending)")
                if ending.output.contains("Applied: ") { applied += 1 }
            }
            #expect(applied == 1)
        }
    }
}

@Suite("Loss and repair", .database(.warehouse), .timeLimit(.minutes(2)))
struct LossTests {
    @Test(
        "Without its key file a connection says so; with both secrets entered again it works, and its records are there"
    )
    func lostKeyFile() async throws {
        try await Rig.run { rig in
            try await rig.sync(try rig.lists("task"))
            let before = try await rig.contents()
            try FileManager.default.removeItem(atPath: rig.keyFile)
            let lost = try await rig.inflow("sync", "acme", "task")
            #expect(lost.code == 1 && lost.output.isEmpty, "\(lost)")
            #expect(lost.error.contains("secret.key\" of this machine lacks. No data was changed."), "\(lost)")
            #expect(try await rig.count("inflow.run") == 1)

            try await rig.sandbox.control(.post, "tokens/restore")
            let secret = try rig.file("secret.txt", rig.sandbox.configuration.clientSecret)
            let token = try rig.file("refresh.txt", rig.sandbox.configuration.refreshToken)
            let half = try await rig.inflow("connection", "authorise", "acme", "--refresh-token-file", token)
            #expect(half.code == 1, "the client secret was lost too: \(half)")
            let whole = try await rig.inflow(
                "connection", "authorise", "acme", "--refresh-token-file", token, "--client-secret-file", secret)
            #expect(whole.code == 0, "\(whole)")
            let sync = try await rig.inflow("sync", "acme", "task")
            #expect(sync.code == 0, "\(sync)")
            #expect(try await rig.contents() == before)
        }
    }

    @Test("Secrets that were copied from one connection to another do not open")
    func copiedSecrets() async throws {
        try await Rig.run { rig in
            let add = try await rig.start(try rig.addArguments("thief", withToken: false)).ending()
            #expect(add.code == 0, "\(add)")
            _ = try await rig.query(
                "insert into inflow.token (connection_id, generation, access, refresh, issued_at, access_expires_at, "
                    + "refresh_issued_at) select c.id, t.generation, t.access, t.refresh, t.issued_at, "
                    + "t.access_expires_at, t.refresh_issued_at from inflow.token t, inflow.connection c where c.name = 'thief'"
            )
            let sync = try await rig.inflow("sync", "thief", "task")
            #expect(sync.code == 1 && sync.error.contains("cannot be opened"), "\(sync)")
            #expect(try await rig.sandbox.calls("/task.api/list") == 0)
        }
    }
}
