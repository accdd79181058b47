import Compression
import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("The archive", .database(.warehouse), .timeLimit(.minutes(5)))
struct ArchiveTests {
    private struct Run: Decodable { var outcome: String; var calls: Int; var inserted: Int; var updated: Int }

    /// The bodies of all archived answers, whole.
    private func bodies(_ fixture: InflowFixture) async throws -> [[UInt8]] {
        let rows = try await fixture.query(
            """
            select archive_id, bytes from inflow.archive_piece order by connection_id, archive_id, number
            """)
        var bodies: [[UInt8]] = []
        var last: Int64?
        var decompressor = try Decompressor()
        for row in rows {
            if try row.int64("archive_id") != last {
                last = try row["archive_id"].int64
                decompressor = try Decompressor()
                bodies.append([])
            }
            decompressor.feed(try row.bytes("bytes"))
            while let piece = try decompressor.next() { bodies[bodies.count - 1] += piece }
        }
        return bodies
    }

    @Test("Tables are derived again with the sandbox stopped and the key file gone: damage is mended, marks stay")
    func rederive() async throws {
        var left: InflowFixture?
        try await InflowFixture.run { fixture in
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            left = fixture
        }
        let fixture = try #require(left)
        try #require(!FileManager.default.fileExists(atPath: fixture.keyFile))
        _ = try await fixture.query(
            "update wfm.client set deleted_at = now() where uuid = (select min(uuid) from wfm.client)")
        let before = try await fixture.contents()
        for damage in [
            "update wfm.invoice set amount = amount + 1, client_name = 'damaged'",
            "update wfm.invoice_task set minutes = 0", "delete from wfm.job_task", "delete from wfm.timesheet",
            "update wfm.client set name = 'damaged'", "truncate wfm.staff", "delete from wfm.client_group_member",
        ] { _ = try await fixture.query(damage) }
        #expect(try await fixture.contents() != before)
        let first = try await fixture.inflow("rederive", "acme", "--json")
        #expect(first.code == 0, "\(first)")
        let run = try first.json(Run.self)
        #expect(run.outcome == "green" && run.calls == 0 && run.inserted > 0 && run.updated > 0)
        #expect(try await fixture.contents() == before)
        let again = try await fixture.inflow("rederive", "acme", "invoice", "client")
        #expect(again.code == 0, "\(again)")
        let log = try await fixture.query(
            "select trigger, scope, inserted + updated as written, calls from inflow.run order by id desc limit 1")[0]
        #expect(try log["trigger"].string == "rederive")
        #expect(try log["scope"].string == "client, invoice, from the archive")
        #expect(try log["written"].int == 0 && log["calls"].int == 0)
        #expect(try await fixture.contents() == before)
    }

    @Test("One record is printed as the platform sent it, byte for byte; one that is not there is an error in words")
    func raw() async throws {
        try await InflowFixture.run { fixture in
            let sync = try await fixture.inflow("sync", "acme", "invoice")
            #expect(sync.code == 0, "\(sync)")
            let keys = try await fixture.query("select uuid from wfm.invoice order by uuid limit 3").compactMap {
                try $0["uuid"].string
            }
            try #require(!keys.isEmpty)
            let sent = try await bodies(fixture).map { String(decoding: $0, as: UTF8.self) }
            for key in keys {
                let raw = try await fixture.inflow("raw", "acme", "invoice", key)
                #expect(raw.code == 0, "\(raw)")
                let record = raw.output.dropLast()
                #expect(record.hasPrefix("<Invoice>") && record.hasSuffix("</Invoice>") && record.contains(key))
                #expect(record.ranges(of: "</Invoice>").count == 1)
                #expect(sent.contains { $0.contains(record) })
                #expect(raw.error.contains("invoice.api/list?from="))
            }
            let row = try await fixture.query(
                """
                select uuid, number from wfm.invoice i where number is not null and not exists (
                    select from wfm.invoice o where o.number = i.number and o.uuid <> i.uuid)
                order by uuid limit 1
                """)[0]
            let byNumber = try await fixture.inflow("raw", "acme", "invoice", try row.text("number"))
            #expect(try byNumber.code == 0 && byNumber.output.contains(try row.text("uuid")), "12.4: \(byNumber)")
            let none = try await fixture.inflow("raw", "acme", "invoice", "nobody")
            #expect(none.code == 1 && none.error.contains("archived answers holds invoice \"nobody\""), "\(none)")
            let never = try await fixture.inflow("raw", "acme", "lead", "nobody")
            #expect(never.code == 1 && never.error.contains("holds no answer of \"lead\""), "\(never)")
        }
    }

    @Test("What is archived is what the sandbox sends, and holds neither tokens nor secrets")
    func bytes() async throws {
        try await InflowFixture.run { fixture in
            let sync = try await fixture.inflow("sync", "acme", "timesheet", "staff", "client_group")
            #expect(sync.code == 0, "\(sync)")
            let tokens = TokenStore(fixture.warehouse, connection: fixture.connection, box: try await fixture.box())
            let pair = try #require(try await tokens.current()).pair
            let asked = try await fixture.query("select asked from inflow.archive order by id").compactMap {
                try $0["asked"].string
            }
            let bodies = try await bodies(fixture)
            #expect(asked.count == bodies.count && asked.count > 3)
            let transfer = Transfer(configuration: CurlConfiguration())
            for (path, body) in zip(asked, bodies) {
                let answer = try await transfer.send(
                    CurlRequest(
                        url: "\(fixture.sandbox.address)/\(path)",
                        headers: [
                            ("Authorization", "Bearer \(pair.access)"),
                            ("account_id", fixture.connection.settings.accountID),
                        ]))
                #expect(try await answer.body.collect(atMost: 1 << 26) == body, "\(path)")
            }
            let secrets = [
                pair.access, pair.refresh, fixture.sandbox.configuration.clientSecret,
                fixture.sandbox.configuration.refreshToken,
            ]
            for text in asked + bodies.map({ String(decoding: $0, as: UTF8.self) }) {
                for secret in secrets { #expect(!text.contains(secret), "a secret is in the archive") }
            }
        }
    }

    @Test("Each Sync All drops answers superseded long enough; with the archive off nothing is kept")
    func retention() async throws {
        try await InflowFixture.run { fixture in
            func sync() async throws {
                let sync = try await fixture.inflow("sync", "acme")
                #expect(sync.code == 0, "\(sync)")
            }
            try await sync()
            let first = try await fixture.count("inflow.archive")
            try await sync()
            #expect(try await fixture.number("select count(*) from inflow.archive where superseded_at is not null") < 5)
            #expect(
                try await fixture.count("inflow.archive") < first + first / 2,
                "answers that came before are not kept twice"
            )
            // As if all answers had been others.
            _ = try await fixture.query("update inflow.archive set digest = null")
            try await sync()
            let old = try await fixture.number("select count(*) from inflow.archive where superseded_at is not null")
            let kept = try await fixture.number("select count(*) from inflow.archive where superseded_at is null")
            // Jobs and clients were read whole the first time and by what had changed later: not every answer has one
            // that takes its place.
            #expect(old > 20, "the third read superseded what it read again")
            _ = try await fixture.query("update inflow.archive set superseded_at = superseded_at - interval '91 days'")
            let off = try await fixture.inflow("connection", "set", "acme", "archive=no")
            #expect(off.code == 0, "\(off)")
            try await sync()
            #expect(try await fixture.count("inflow.archive") == kept)
            #expect(
                try await fixture.number("select count(*) from inflow.archive where superseded_at is not null") == 0)
            #expect(
                try await fixture.number(
                    "select count(*) from inflow.archive_piece p where not exists (select from inflow.archive a where a.id = p.archive_id)"
                ) == 0)
            let expire = try await fixture.inflow("expire", "acme")
            #expect(expire.code == 0 && expire.output.contains("0 archived answer(s)"), "\(expire)")
        }
    }
}
