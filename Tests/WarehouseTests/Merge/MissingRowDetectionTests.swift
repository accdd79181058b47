import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// What whole answers say of rows they do not hold: noted, held, forgotten, marked; and the months they cover.
@Suite("Absence", .warehouse)
struct MissingRowDetectionTests {
    private static func month(_ number: Int) throws -> Chunk {
        let first = try #require(LocalDate(year: 2026, month: number, day: 1))
        return .span(try #require(Window(from: first, until: first.adding(months: 1))))
    }

    @discardableResult
    private func load(_ fixture: LoaderFixture, _ month: Int, _ things: [Thing]) async throws -> String {
        try await fixture.load(try Thing.shaped(things, .datedThing), as: .datedThing, chunk: Self.month(month)).words
    }

    private func missing(_ fixture: LoaderFixture) async throws -> [String] {
        try await fixture.rows("select key, status, dated_on from inflow.missing order by key")
    }

    /// As if the list of a day before had lacked them.
    private func missedBefore(_ fixture: LoaderFixture) async throws {
        try await fixture.rows(
            "update inflow.missing set first_asked_at = first_asked_at - interval '1 day' returning 1")
    }

    private func things(_ count: Int, month: Int = 1) -> [Thing] {
        (1...count).map { Thing("m\(month)-\($0)", day: "2026-0\(month)-10", lines: [.init(uuid: "l")]) }
    }

    @Test("A row absent from a whole answer is noted as missing, and forgotten when it comes back")
    func notedAndForgotten() async throws {
        let fixture = try await LoaderFixture()
        let all = things(4)
        try await load(fixture, 1, all)
        try await load(fixture, 1, Array(all.dropFirst()))
        #expect(try await missing(fixture) == ["m1-1 | missing | 2026-01-10"])
        #expect(try await fixture.rows("select count(*) from t.thing where deleted_at is not null") == ["0"])
        try await load(fixture, 1, all)
        #expect(try await missing(fixture) == [])
    }

    @Test("Up to five rows, or a tenth of them, are missing; more are held; an empty answer holds all")
    func brake() async throws {
        for (present, gone, status) in [
            (60, 6, "missing"), (60, 7, "held"), (20, 5, "missing"), (20, 6, "held"), (3, 3, "held"), (6, 5, "missing"),
        ] {
            let fixture = try await LoaderFixture("\(present) less \(gone)")
            let all = things(present)
            try await load(fixture, 1, all)
            try await load(fixture, 1, Array(all.dropFirst(gone)))
            let found = try await fixture.rows(
                "select status, count(*) from inflow.missing where connection_id = $1 group by 1",
                .int64(fixture.connection.id))
            #expect(found == ["\(status) | \(gone)"], "\(gone) of \(present)")
        }
    }

    @Test("A rejected record is present; one whose key cannot be read proves nothing gone")
    func rejectedIsPresent() async throws {
        let fixture = try await LoaderFixture()
        let all = things(4)
        try await load(fixture, 1, all)
        var bad = all
        bad[0].weight = "many"
        try await load(fixture, 1, bad)
        #expect(try await missing(fixture) == [])
        try await load(fixture, 1, [Thing("", day: "2026-01-11")] + all.dropFirst(2))
        #expect(try await missing(fixture) == [])
        try await load(fixture, 1, Array(all.dropFirst()))
        #expect(try await missing(fixture) == ["m1-1 | missing | 2026-01-10"])
    }

    @Test("Rows of another month, another connection, or written since are not judged")
    func notJudged() async throws {
        let (fixture, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await load(fixture, 1, things(3))
        try await load(fixture, 2, things(3, month: 2))
        try await load(other, 1, things(3))
        try await fixture.rows(
            "update t.thing set asked_at = now() + interval '1 hour' where uuid = 'm1-2' returning 1")
        try await load(fixture, 1, [things(3)[2]])
        #expect(try await missing(fixture) == ["m1-1 | missing | 2026-01-10"])
    }

    @Test("Only a span or a whole list proves absence")
    func noProof() async throws {
        let fixture = try await LoaderFixture()
        try await load(fixture, 1, things(3))
        let sweep = Endpoint("thing.api/current", items: "Response/Things/Thing")
        for chunk in [Chunk.sweep(sweep), .since(Date()), .parents(["m1-1"])] {
            try await fixture.load(try Thing.shaped([things(3)[0]], .datedThing), as: .datedThing, chunk: chunk)
        }
        #expect(try await missing(fixture) == [])
        try await fixture.load(things(3)[0], chunk: .whole)
        #expect(try await missing(fixture).count == 2)
    }

    // MARK: judging

    @Test("What was asked for and not found is marked deleted, with its history; it lives again when it comes back")
    func markedAndRevived() async throws {
        let fixture = try await LoaderFixture()
        let all = things(3)
        try await load(fixture, 1, all)
        try await load(fixture, 1, Array(all.dropFirst()))
        let deletions = MissingRows(fixture.warehouse, fixture.connection)
        let entity = EntityDefinition.datedThing
        // Without a call for one record its list is the judge, when those of two days agree.
        #expect(try await deletions.toAsk(entity, run: fixture.run).isEmpty)
        #expect(try await deletions.markGone(entity, run: fixture.run) == 0)
        try await missedBefore(fixture)
        #expect(try await deletions.toAsk(entity, run: fixture.run).isEmpty)
        #expect(try await deletions.markGone(entity, run: fixture.run) == 1)
        #expect(
            try await fixture.rows(
                "select uuid from t.thing where deleted_at = changed_at and changed_run_id = $1", .int64(fixture.run))
                == ["m1-1"])
        #expect(
            try await fixture.rows(
                "select key, change, record->>'deleted_at', jsonb_array_length(lines->'line') from inflow.history")
                == ["m1-1 | marked_deleted | ∅ | 1"])
        #expect(try await missing(fixture) == [])
        #expect(
            try await fixture.rows("select chunk, marked_deleted from inflow.chunk where marked_deleted > 0")
                == ["deletions | 1"])
        #expect(try await load(fixture, 1, all) == "3 = 1 updated + 2 unchanged")
        #expect(try await fixture.rows("select count(*) from t.thing where deleted_at is not null") == ["0"])
    }

    @Test("A row that has moved since it was missed is not asked for")
    func moved() async throws {
        let fixture = try await LoaderFixture()
        let all = things(3)
        try await load(fixture, 1, all)
        try await load(fixture, 1, Array(all.dropFirst()))
        var moved = all[0]
        moved.day = "2026-03-05"
        try await load(fixture, 3, [moved])
        let deletions = MissingRows(fixture.warehouse, fixture.connection)
        #expect(try await deletions.toAsk(.datedThing, run: fixture.run).isEmpty)
        #expect(try await deletions.markGone(.datedThing, run: fixture.run) == 0)
        #expect(try await missing(fixture) == [])
    }

    @Test("Held rows are marked only after approval; rejected ones are not asked about again until they reappear")
    func decided() async throws {
        let fixture = try await LoaderFixture()
        let all = things(20)
        let rest = Array(all.dropFirst(8))
        try await load(fixture, 1, all)
        try await load(fixture, 1, rest)
        let deletions = MissingRows(fixture.warehouse, fixture.connection)
        #expect(try await deletions.list(all: false).count == 8)
        #expect(try await deletions.toAsk(.datedThing, run: fixture.run).isEmpty)
        #expect(try await deletions.markGone(.datedThing, run: fixture.run) == 0)
        let ids = try await deletions.list(all: false).prefix(3).map(\.id)
        #expect(try await deletions.decide(approving: false, entity: nil, ids: ids).map(\.rows) == [3])
        try await load(fixture, 1, rest)
        #expect(
            try await fixture.rows("select status, count(*) from inflow.missing group by 1 order by 1") == [
                "held | 5", "kept | 3",
            ])
        #expect(try await deletions.decide(approving: true, entity: "thing", ids: []).map(\.rows) == [5])
        // Approved ones are looked for once more: here the list is read again, by a later run.
        try await load(fixture, 1, rest)
        #expect(try await deletions.toAsk(.datedThing, run: fixture.run).isEmpty)
        #expect(try await deletions.markGone(.datedThing, run: fixture.run) == 5)
        try await load(fixture, 1, all)
        #expect(try await missing(fixture) == [])
    }

    // MARK: dry run

    @Test("A dry run reports what would be inserted, updated, missing and rejected, and writes nothing")
    func dry() async throws {
        let fixture = try await LoaderFixture()
        let all = things(4)
        try await load(fixture, 1, all)
        let tables = [
            "t.thing", "t.line", "inflow.missing", "inflow.coverage", "inflow.history", "inflow.chunk",
            "inflow.rejection",
        ]
        func state() async throws -> [String] {
            var rows: [String] = []
            for table in tables {
                rows += try await fixture.rows("select '\(table)', x.ctid::text, x::text from \(table) x order by 2")
            }
            return rows
        }
        let before = try await state()
        var (changed, lines, bad) = (all[1], all[2], Thing("bad", weight: "many"))
        (changed.name, changed.amount, lines.lines[0].text, bad.day) = ("Nail", "2.50", "other", "2026-01-12")
        let loader = Loader(fixture.warehouse, connection: fixture.connection, run: 0, isDry: true)
        try await loader.begin(.datedThing, carries: .everything, chunk: Self.month(1))
        try await loader.add(
            try Thing.shaped([changed, lines, all[3], Thing("new", day: "2026-01-13"), bad], .datedThing))
        var reading = ChunkReceipt()
        reading.pulled = 5
        let preview = try #require(try await loader.merge(reading).preview)
        #expect(preview.tally.words == "5 = 1 inserted + 2 updated + 1 unchanged + 1 rejected")
        #expect((preview.missing, preview.held) == (1, 0))
        #expect(
            preview.examples.map {
                "\($0.key) \($0.changesLines) "
                    + $0.fields.map { "\($0.column) \($0.old ?? "-") \($0.new ?? "-")" }.joined(separator: ", ")
            }
                == ["m1-2 false amount 1.50 2.50, name Screw Nail", "m1-3 true "])
        #expect(try await state() == before)
        await loader.close()
    }

    // MARK: coverage

    @Test("A span covers the months that lie in it whole, with what was sent and what is held")
    func coverage() async throws {
        let fixture = try await LoaderFixture()
        let first = try #require(LocalDate(year: 2026, month: 1, day: 15))
        let window = try #require(Window(from: first, until: first.adding(months: 3)))
        let answer = things(3) + things(2, month: 2)
        try await fixture.load(try Thing.shaped(answer, .datedThing), as: .datedThing, chunk: .span(window))
        #expect(
            try await fixture.rows(
                "select entity, month, rows_sent, rows_held, run_id = $1 from inflow.coverage order by month",
                .int64(fixture.run))
                == ["thing | 2026-02-01 | 2 | 2 | t", "thing | 2026-03-01 | 0 | 0 | t"])
        try await load(fixture, 2, [things(2, month: 2)[0]])
        #expect(
            try await fixture.rows("select rows_sent, rows_held from inflow.coverage where month = '2026-02-01'")
                == ["2 | 2"], "an answer that lacks a row verifies nothing")
    }

    @Test("A failed reading is noted beside what was verified before, and a report sees it")
    func failed() async throws {
        let fixture = try await LoaderFixture()
        try await load(fixture, 1, things(1))
        try await fixture.loader().noteFailure(
            of: .datedThing, chunk: try Self.month(1), reading: ChunkReceipt(), error: "no answer")
        #expect(
            try await fixture.rows("select verified_at < failed_at, error from inflow.coverage")
                == ["t | no answer"])
        try await load(fixture, 1, things(1))
        #expect(try await fixture.rows("select verified_at > failed_at from inflow.coverage") == ["t"])
    }
}

@Suite("Report: coverage", .platform)
struct CoverageReportTests {
    @Test("A span is complete when all its months are verified, none rejected a record, and the last reading succeeded")
    func isComplete() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.rows(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at, rows_rejected, failed_at) values
                ($1, 'invoice', '2025-01-01', '2025-06-01', 0, null), ($1, 'invoice', '2025-02-01', '2025-06-02', 0, '2025-05-01'),
                ($1, 'invoice', '2025-03-01', '2025-06-03', 1, null), ($1, 'invoice', '2025-04-01', '2025-06-04', 0, '2025-06-05'),
                ($1, 'client', '0001-01-01', '2025-06-04', 0, null)
            returning 1
            """, .int64(fixture.connection.id))
        for (entity, from, to, since, isComplete) in [
            ("invoice", "2025-01-15", "2025-01-20", "-infinity", "t"),
            ("invoice", "2025-01-01", "2025-02-28", "-infinity", "t"),
            ("invoice", "2025-01-01", "2025-02-28", "2025-06-02", "f"),
            ("invoice", "2025-02-01", "2025-02-28", "2025-06-02", "t"),
            ("invoice", "2025-02-28", "2025-03-01", "-infinity", "f"),
            ("invoice", "2025-04-10", "2025-04-10", "-infinity", "f"),
            ("invoice", "2024-12-31", "2025-01-01", "-infinity", "f"),
            ("invoice", "2025-01-02", "2025-01-01", "-infinity", "f"),
            ("client", "1990-01-01", "2030-01-01", "2025-06-01", "t"),
            ("client", "1990-01-01", "2030-01-01", "2025-07-01", "f"),
            ("staff", "2025-01-01", "2025-01-31", "-infinity", "f"),
        ] {
            let sql = "select report.is_complete(\(fixture.connection.id), '\(entity)', '\(from)', '\(to)', '\(since)')"
            #expect(try await fixture.rows(sql) == [isComplete], "\(entity) \(from) \(to) \(since)")
        }
        #expect(
            try await fixture.rows("select report.is_complete('Acme', 'invoice', '2025-01-01', '2025-01-31')") == ["t"])
        #expect(
            try await fixture.rows("select entity, month_on, status from report.coverage order by 1, 2") == [
                "client | ∅ | old", "invoice | 2025-01-01 | old", "invoice | 2025-02-01 | old",
                "invoice | 2025-03-01 | partial", "invoice | 2025-04-01 | failed",
            ])
    }
}
