import Curl
import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("Processes at the same time", .database(.warehouse), .timeLimit(.minutes(5)))
struct MeetingTests {
    @Test("Of several processes whose token has ended one refreshes it, and the others use what it stored")
    func oneRefresh() async throws {
        try await InflowFixture.run { fixture in
            let before = try await fixture.sandbox.tokenRequests()
            try await fixture.sandbox.control(.post, "tokens/expire")
            // The first one's refresh is not answered before the platform has refused all three.
            try await fixture.sandbox.hold("/oauth/token")
            let processes = try (0..<3).map { _ in try fixture.start(["connection", "test", "acme"]) }
            try await fixture.sandbox.untilHeld()
            try await eventually("three calls with the ended token") {
                try await fixture.sandbox.log().count { $0.status == 401 } == 3
            }
            try await fixture.sandbox.release()
            for process in processes {
                let ending = await process.ending()
                #expect(ending.code == 0, "\(ending)")
            }
            #expect(try await fixture.sandbox.tokenRequests() == before + 1)
            #expect(try await fixture.number("select max(generation) from inflow.token") == 2)
        }
    }

    @Test("Two first uses of a new warehouse make one key, and both connections can be opened with it")
    func oneKey() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let processes = try ["one", "two"].map { try fixture.start(try fixture.addArguments($0, withToken: false)) }
            for process in processes {
                let ending = await process.ending()
                #expect(ending.code == 0, "\(ending)")
            }
            #expect(try await fixture.count("inflow.secret_key") == 1)
            let store = ConnectionStore(fixture.warehouse)
            for connection in try await store.list().readable {
                let secret = try await store.clientSecret(of: connection, box: try await fixture.box())
                #expect(secret == fixture.sandbox.configuration.clientSecret)
            }
            #expect(try await store.list().readable.count == 2)
        }
    }

    @Test("Two migrations at once end well, and one of them did the work", .database)
    func oneMigration() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            let processes = try (0..<2).map { _ in try fixture.start(["migrate"]) }
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

@Suite("Loss and repair", .database(.warehouse), .timeLimit(.minutes(5)))
struct LossTests {
    @Test(
        "Without its key file a connection says so; with both secrets entered again it works, and its records are there"
    )
    func lostKeyFile() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sync(try fixture.lists("task"))
            let before = try await fixture.contents()
            try FileManager.default.removeItem(atPath: fixture.keyFile)
            let lost = try await fixture.inflow("sync", "acme", "task")
            #expect(lost.code == 1 && lost.output.isEmpty, "\(lost)")
            #expect(lost.error.contains("secret.key\" of this machine lacks. No data was changed."), "\(lost)")
            #expect(try await fixture.count("inflow.run") == 1)

            try await fixture.sandbox.control(.post, "tokens/restore")
            let secret = try fixture.file("secret.txt", fixture.sandbox.configuration.clientSecret)
            let token = try fixture.file("refresh.txt", fixture.sandbox.configuration.refreshToken)
            let half = try await fixture.inflow("connection", "authorise", "acme", "--refresh-token-file", token)
            #expect(half.code == 1, "the client secret was lost too: \(half)")
            let whole = try await fixture.inflow(
                "connection", "authorise", "acme", "--refresh-token-file", token, "--client-secret-file", secret)
            #expect(whole.code == 0, "\(whole)")
            let sync = try await fixture.inflow("sync", "acme", "task")
            #expect(sync.code == 0, "\(sync)")
            #expect(try await fixture.contents() == before)
        }
    }

    @Test("Secrets that were copied from one connection to another do not open")
    func copiedSecrets() async throws {
        try await InflowFixture.run { fixture in
            let add = try await fixture.start(try fixture.addArguments("thief", withToken: false)).ending()
            #expect(add.code == 0, "\(add)")
            _ = try await fixture.query(
                "insert into inflow.token (connection_id, generation, access, refresh, issued_at, access_expires_at, "
                    + "refresh_issued_at) select c.id, t.generation, t.access, t.refresh, t.issued_at, "
                    + "t.access_expires_at, t.refresh_issued_at from inflow.token t, inflow.connection c where c.name = 'thief'"
            )
            let sync = try await fixture.inflow("sync", "thief", "task")
            #expect(sync.code == 1 && sync.error.contains("cannot be opened"), "\(sync)")
            #expect(try await fixture.sandbox.calls("/task.api/list") == 0)
        }
    }
}
