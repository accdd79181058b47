import Foundation
import Inflow
import Postgres
import Testing

@testable import Warehouse

@Suite("Words that columns hold, as types", .warehouse)
struct StoredWordTests {
    @Test("SQL and Swift agree which outcomes are successes and which triggers are Sync Alls")
    func sameAnswers() async throws {
        let fixture = try await LoaderFixture()
        for outcome in RunOutcome.allCases {
            let answer = try await fixture.rows("select inflow.run_succeeded($1)", .text(outcome.rawValue))
            #expect(answer == [outcome.isSuccess ? "t" : "f"], "\(outcome)")
        }
        for trigger in Trigger.allCases {
            let answer = try await fixture.rows("select inflow.is_sync_all($1)", .text(trigger.rawValue))
            #expect(answer == [trigger.isSyncAll ? "t" : "f"], "\(trigger)")
        }
        for part in [PartStatus.running, .failed, .skipped] {
            let answer = try await fixture.rows("select inflow.run_succeeded($1)", .text(part.rawValue))
            #expect(answer == ["f"], "\(part)")
        }
    }

    @Test(
        "The words of each type are exactly those that its column takes",
        arguments: [
            ("run", "status", RunStatus.allCases.map(\.rawValue)),
            ("entity_run", "status", PartStatus.allCases.map(\.rawValue)),
            ("chunk", "status", ChunkStatus.allCases.map(\.rawValue)),
            ("request", "kind", RequestKind.allCases.map(\.rawValue)),
            ("request", "status", RequestState.allCases.map(\.rawValue)),
            ("slot", "state", SlotState.allCases.map(\.rawValue)),
            ("rejection", "status", RejectionStatus.allCases.map(\.rawValue)),
            ("missing", "status", MissingRowStatus.allCases.map(\.rawValue)),
            ("archive", "kind", ArchivedKind.allCases.map(\.rawValue)),
            ("token_attempt", "state", TokenAttempt.State.allCases.map(\.rawValue)),
            ("incident", "kind", IncidentKind.allCases.map(\.rawValue)),
            ("report_mail", "format", ReportMail.Format.allCases.map(\.rawValue)),
            ("summary", "kind", SummaryKind.allCases.map(\.rawValue)),
            ("outbox", "channel", AlertChannel.Kind.allCases.map(\.rawValue)),
            ("alert_channel", "channel", AlertChannel.Kind.allCases.map(\.rawValue)),
            ("history", "change", RecordChange.allCases.filter { $0 != .inserted }.map(\.rawValue)),
            ("history", "change", RecordVersion.Change.allCases.filter { $0 != .first }.map(\.rawValue)),
        ])
    func checkedWords(table: String, column: String, words: [String]) async throws {
        let fixture = try await LoaderFixture()
        let checks = try await fixture.rows(
            """
            select pg_get_constraintdef(c.oid) as text
            from pg_constraint c
            where c.contype = 'c' and c.conname = $1
            """, .text("\(table)_\(column)_check"))
        let text = try #require(checks.first)
        let taken = text.matches(of: /'([a-z_]+)'::text/).map { String($0.1) }
        #expect(taken.sorted() == words.sorted())
    }

    @Test("A run whose trigger or status is an unknown word is an error that names the column and the word")
    func unknownRun() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("update inflow.run set trigger = 'someday' where id = $1", .int64(fixture.run))
        let reader = RunLogReader(fixture.warehouse)
        for read in [
            { _ = try await reader.runs(of: nil, limit: 9) }, { _ = try await reader.run(fixture.run) },
            { _ = try await ConnectionStatusReader(fixture.warehouse).all(now: Instant()) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: WarehouseError.self) { try await read() }
            #expect(error?.code == .unknownWord)
            #expect(error?.message.contains("inflow.run.trigger holds \"someday\"") == true, "\(error?.message ?? "")")
        }
    }

    @Test("A request of an unknown kind is ended as failed and blocks nothing: it never becomes a Sync All")
    func unknownKind() async throws {
        let fixture = try await LoaderFixture()
        let queue = RunQueue(fixture.warehouse)
        try await fixture.rows("alter table inflow.request drop constraint request_kind_check")
        try await fixture.rows(
            "insert into inflow.request (connection_id, kind, asked_at, asked_by) values ($1, 'all_twice', now(), 'a test')",
            .int64(fixture.connection.id))
        let asked = try await queue.ask(
            SyncRequest(.targeted(entities: ["thing"], first: nil, last: nil), askedAt: Instant()),
            of: fixture.connection)
        guard case .queued(let next, _) = asked else { throw WarehouseError(.busy, message: "\(asked)") }

        let error = await #expect(throws: WarehouseError.self) { _ = try await queue.take("worker") }
        #expect(error?.code == .unknownWord && error?.message.contains("\"all_twice\"") == true)
        let ended = try await fixture.rows("select status, outcome, error from inflow.request order by id limit 1")
        #expect(ended == ["done | failed | \(error?.message ?? "")"])
        #expect(try await queue.take("worker")?.id == next)
    }

    @Test("A slot in an unknown state is an error, not an attempt under way")
    func unknownSlot() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows("alter table inflow.slot drop constraint slot_state_check")
        try await fixture.rows(
            "insert into inflow.slot (connection_id, slot, slot_at, state) values ($1, '2026-11-28', now(), 'lost')",
            .int64(fixture.connection.id))
        let error = await #expect(throws: WarehouseError.self) {
            _ = try await ScheduleStore(fixture.warehouse).states(now: Instant())
        }
        #expect(error?.code == .unknownWord && error?.message.contains("inflow.slot.state holds \"lost\"") == true)
    }

    @Test("An unknown word in the state of a rejection, a missing row, an incident or a refresh is an error")
    func unknownStatus() async throws {
        let fixture = try await LoaderFixture()
        let (warehouse, connection) = (fixture.warehouse, fixture.connection)
        let places = [
            ("rejection", "status"), ("missing", "status"), ("incident", "kind"), ("token_attempt", "state"),
        ]
        for (table, column) in places {
            try await fixture.rows("alter table inflow.\(table) drop constraint \(table)_\(column)_check")
        }
        for insert in [
            """
            insert into inflow.rejection (
                connection_id, run_id, entity, chunk, key, table_name, column_name, raw, reason, status, last_run_id)
            values ($1, 1, 'thing', 'whole', 'a', 't.thing', 'name', '', 'missing', 'someday', 1)
            """,
            """
            insert into inflow.missing (connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at)
            values ($1, 'thing', 'a', 'someday', 'whole', 1, 1, now())
            """,
            "insert into inflow.incident (connection_id, kind, detail) values ($1, 'someday', '')",
            """
            insert into inflow.token_attempt (connection_id, generation, holder, state)
            values ($1, 1, 'elsewhere', 'someday')
            """,
        ] {
            try await fixture.rows(insert, .int64(connection.id))
        }
        let reads: [() async throws -> Void] = [
            { _ = try await Rejections(warehouse, connection).list(all: true) },
            { _ = try await MissingRows(warehouse, connection).list(all: true) },
            { _ = try await Incidents(warehouse, connection).list() },
            {
                let box = SecretBox(keys: try KeyFile.read("no such file"), current: "none")
                let table = TokenTable(connectionID: connection.id, connectionName: connection.name, box: box)
                try await warehouse.withSession("test") { session throws(WarehouseError) in
                    _ = try await table.attempt(session)
                }
            },
        ]
        for (place, read) in zip(places, reads) {
            let error = await #expect(throws: WarehouseError.self) { try await read() }
            #expect(error?.code == .unknownWord)
            let words = "inflow.\(place.0).\(place.1) holds \"someday\""
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }
}
