import Foundation
import Inflow
import Postgres
import Testing

@testable import Warehouse

@Suite("Words of the run log, the queue and the schedule", .warehouse)
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
}
