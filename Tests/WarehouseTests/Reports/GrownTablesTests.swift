import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.8 Tables that have grown", .platform)
struct GrownTablesTests {
    private func add(_ count: Int, from first: Int, to acme: ReportFixture) async throws {
        try await acme.run(
            """
            insert into wfm.timesheet (
                connection_id, uuid, worked_on, minutes, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
            select $1, 't' || n, '2026-01-05', 60, 1, 1, now(), now(), ''
            from generate_series(\(first), \(first + count - 1)) n
            """)
    }

    /// How many rows PostgreSQL plans for; ``-1`` where it never looked.
    private func planned(_ table: String, _ acme: ReportFixture) async throws -> String {
        try #require(
            try await acme.fixture.rows("select reltuples::bigint from pg_class where oid = '\(table)'::regclass").first
        )
    }

    @Test("PostgreSQL looks at a table that was filled or has more than doubled, and not at one that grew a little")
    func grown() async throws {
        let acme = try await ReportFixture()
        for table in ["timesheet", "job"] {
            // Else PostgreSQL might look at a table of its own accord in the middle of the test.
            try await acme.fixture.rows("alter table wfm.\(table) set (autovacuum_enabled = off)")
        }
        let grown = GrownTables(acme.fixture.warehouse)
        try await add(2000, from: 1, to: acme)
        #expect(try await planned("wfm.timesheet", acme) == "-1")
        try await grown.analyze()
        #expect(try await planned("wfm.timesheet", acme) == "2000")
        #expect(try await planned("wfm.job", acme) == "-1", "an empty table is not looked at")
        try await add(500, from: 2001, to: acme)
        try await grown.analyze()
        #expect(try await planned("wfm.timesheet", acme) == "2000", "it grew by a quarter")
        try await add(3000, from: 2501, to: acme)
        try await grown.analyze()
        #expect(try await planned("wfm.timesheet", acme) == "5500")
    }

    @Test("A table that somebody holds is left out, and the others are looked at")
    func held() async throws {
        let acme = try await ReportFixture()
        try await acme.insert("job", "uuid, number", "'j1', 'J1'")
        try await add(2000, from: 1, to: acme)
        let holder = try await acme.fixture.warehouse.session("holder")
        try await holder.execute("begin; lock table wfm.job in share row exclusive mode")
        async let looked: Void = GrownTables(acme.fixture.warehouse).analyze()
        do {
            // The table that is held comes first by name: whoever waits for it looks at no other.
            try await eventually("a look at the table that nobody holds", within: .seconds(20)) {
                try await planned("wfm.timesheet", acme) == "2000"
            }
            try await looked
            #expect(try await planned("wfm.job", acme) == "-1")
        } catch {
            await holder.close()
            throw error
        }
        await holder.close()
    }
}
