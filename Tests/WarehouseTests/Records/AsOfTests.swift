import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Tables as of a time", .platform)
struct AsOfTests {
    static let entities = ["job", "quote", "purchase_order", "invoice", "timesheet", "lead", "client"]

    /// Makes jobs, versions and loads by hand; times are hours of one day.
    private struct Jobs {
        let fixture: LoaderFixture

        func at(_ hour: Int) -> String { "'2026-03-01 \(hour):00+00'::timestamptz" }

        func load(_ entity: String = "job", ends hour: Int) async throws {
            try await fixture.rows(
                """
                insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at, ended_at)
                values ($1, $2, $3, '\(hour)', 'loaded', \(at(hour)), \(at(hour)))
                """, .int64(fixture.connection.id), .int64(fixture.run), .text(entity))
        }

        func insert(_ uuid: String, _ name: String, since hour: Int, deleted: Int? = nil) async throws {
            try await fixture.rows(
                """
                insert into wfm.job (
                    connection_id, uuid, name, budget, extra, deleted_at, first_run_id, changed_run_id, changed_at,
                    asked_at, content_hash)
                values ($1, $2, $3, 12.50, '{"Odd": "1"}', \(deleted.map(at) ?? "null"), 1, 1, \(at(hour)), now(), '')
                """, .int64(fixture.connection.id), .text(uuid), .text(name))
        }

        /// Changes a job as the merge would, with its version.
        func change(_ uuid: String, _ assignment: String, _ change: String, at hour: Int) async throws {
            try await fixture.rows(
                """
                insert into inflow.history (
                    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
                select connection_id, 'job', uuid, changed_at, \(at(hour)), 2, $2,
                    to_jsonb(j) - '{connection_id,content_hash,children_hash}'::text[], '{}'
                from wfm.job j
                where connection_id = $1 and uuid = $3
                """, .int64(fixture.connection.id), .text(change), .text(uuid))
            try await fixture.rows(
                "update wfm.job set \(assignment), changed_at = \(at(hour)) where connection_id = $1 and uuid = $2",
                .int64(fixture.connection.id), .text(uuid))
        }

        func asOf(_ hour: Int, _ columns: String = "uuid, name, deleted_at is not null") async throws -> [String] {
            try await fixture.rows("select \(columns) from wfm.job_as_of(\(at(hour))) order by connection_id, uuid")
        }
    }

    private func jobs(_ name: String = "Acme") async throws -> Jobs { Jobs(fixture: try await LoaderFixture(name)) }

    @Test("Each table has its function, explained, with the caller's rights", arguments: entities)
    func functions(entity: String) async throws {
        let fixture = try await LoaderFixture()
        #expect(
            try await fixture.rows(
                """
                select prosecdef, provolatile, obj_description(oid) like 'wfm.' || $1 || ' as Inflow knew it%'
                from pg_proc where oid = ('wfm.' || $1 || '_as_of(timestamptz)')::regprocedure
                """, .text(entity)) == ["f | s | t"])
        await #expect(throws: PostgresError.self) {
            try await fixture.rows("select * from wfm.\(entity)_as_of(now())")
        }
        try await Jobs(fixture: fixture).load(entity, ends: 8)
        #expect(try await fixture.rows("select * from wfm.\(entity)_as_of(now())") == [])
    }

    @Test("An updated row is as it was until the change, and as it is from the change on")
    func updated() async throws {
        let jobs = try await jobs()
        try await jobs.load(ends: 8)
        try await jobs.insert("a", "one", since: 8)
        try await jobs.change("a", "name = 'two'", "updated", at: 10)
        try await jobs.change("a", "name = 'three'", "updated", at: 12)
        #expect(try await jobs.asOf(8) == ["a | one | f"])
        #expect(try await jobs.asOf(9) == ["a | one | f"])
        #expect(try await jobs.asOf(10) == ["a | two | f"], "the change belongs to the new version")
        #expect(try await jobs.asOf(11) == ["a | two | f"])
        #expect(try await jobs.asOf(23) == ["a | three | f"])
        #expect(
            try await jobs.asOf(9, "connection_id = \(jobs.fixture.connection.id), budget, extra, content_hash")
                == [#"t | 12.50 | {"Odd": "1"} | ∅"#])
    }

    @Test("A marked row has the mark from then on, and loses it when it is listed again")
    func marked() async throws {
        let jobs = try await jobs()
        try await jobs.load(ends: 8)
        try await jobs.insert("a", "one", since: 8)
        try await jobs.change("a", "deleted_at = \(jobs.at(10))", "marked_deleted", at: 10)
        #expect(try await jobs.asOf(9) == ["a | one | f"])
        #expect(try await jobs.asOf(11) == ["a | one | t"])
        try await jobs.change("a", "deleted_at = null", "revived", at: 12)
        #expect(try await jobs.asOf(11, "deleted_at = \(jobs.at(10))") == ["t"])
        #expect(try await jobs.asOf(12) == ["a | one | f"])
    }

    @Test("Before the first load there is no table, only an error that says so; an empty load is a table")
    func beforeFirst() async throws {
        let jobs = try await jobs()
        try await jobs.insert("a", "one", since: 9)
        try await jobs.load(ends: 8)
        let error = await #expect(throws: PostgresError.self) { try await jobs.asOf(7) }
        #expect(error?.sqlState == "22023")
        #expect(error?.serverDetail?.contains("wfm.job") == true || error?.detail?.contains("wfm.job") == true)
        #expect(try await jobs.asOf(8) == [], "it was loaded, and there was nothing")
    }

    @Test("Rows first seen later are absent; rows of all connections are there")
    func later() async throws {
        let (jobs, other) = (try await jobs(), try await jobs("Other"))
        try await jobs.load(ends: 8)
        try await jobs.insert("a", "one", since: 8)
        try await jobs.insert("b", "later", since: 10)
        try await other.insert("a", "theirs", since: 9)
        try await other.change("a", "name = 'theirs now'", "updated", at: 11)
        #expect(try await jobs.asOf(8) == ["a | one | f"])
        #expect(try await jobs.asOf(9) == ["a | one | f", "a | theirs | f"])
        #expect(try await jobs.asOf(11) == ["a | one | f", "b | later | f", "a | theirs now | f"])
    }

    @Test("A column added later is null in versions from before, also where the function was used before")
    func newColumn() async throws {
        let jobs = try await jobs()
        try await jobs.load(ends: 8)
        try await jobs.insert("a", "one", since: 8)
        try await jobs.change("a", "name = 'two'", "updated", at: 10)
        #expect(try await jobs.asOf(9) == ["a | one | f"])
        try await jobs.fixture.rows("alter table wfm.job add column shade text")
        try await jobs.fixture.rows("update wfm.job set shade = 'red'")
        #expect(try await jobs.asOf(9, "uuid, name, shade") == ["a | one | ∅"])
        #expect(try await jobs.asOf(10, "uuid, name, shade") == ["a | two | red"])
    }

    @Test("Each record is there once, whatever the clocks did")
    func once() async throws {
        let jobs = try await jobs()
        try await jobs.load(ends: 8)
        try await jobs.insert("a", "one", since: 8)
        // A merge that began earlier and ended later than another one.
        try await jobs.change("a", "name = 'two'", "updated", at: 12)
        try await jobs.change("a", "name = 'three'", "updated", at: 10)
        for hour in 8...13 { #expect(try await jobs.asOf(hour).count == 1) }
        #expect(try await jobs.asOf(11) == ["a | three | f"])
    }
}
