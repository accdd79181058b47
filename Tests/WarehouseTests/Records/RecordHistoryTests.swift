import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("The versions of one record", .warehouse)
struct RecordHistoryTests {
    @Test("They come oldest first, each with what brought it, its values as they were written, and its lines")
    func versions() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(
            Thing(
                "a", amount: "1.50", more: "<Odd>1</Odd>", lines: [.init(uuid: "l2"), .init(uuid: "l1")], tags: ["x"]),
            Thing("b"))
        let next = try await fixture.nextRun()
        try await next.load(Thing("a", amount: "20.10", lines: [.init(uuid: "l1", text: "y")]))
        let versions = try await RecordHistory(fixture.warehouse, fixture.connection).versions(of: .thing(), key: "a")
        try #require(versions.count == 2)
        #expect(versions.map(\.run) == [fixture.run, next.run])
        #expect(versions.map(\.change) == [.first, .updated])
        #expect(versions[0].since < versions[1].since)
        #expect(versions.map { $0.fields["amount"] } == ["1.50", "20.10"])
        #expect(versions.map { $0.fields["extra.Odd"] } == ["1", nil])
        #expect(versions[0].fields["colour"] == nil && versions[0].fields["deleted_at"] == nil)
        #expect(versions[0].lines["line"]?.map { $0["uuid"] } == ["l2", "l1"])
        #expect(versions[1].lines["line"]?.map { $0["text"] } == ["y"])
        #expect(versions.map { $0.lines["tag"]?.count } == [1, nil])
    }

    @Test("A marked and revived record says so, by the runs that found it")
    func revived() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(Thing("a"))
        // As the merge marks what is no longer listed.
        try await fixture.rows(
            """
            with old as (
                insert into inflow.history (
                    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
                select connection_id, 'thing', uuid, changed_at, now(), 77, 'marked_deleted', to_jsonb(t), '{}'
                from t.thing t
            )
            update t.thing set deleted_at = now(), changed_at = now()
            """)
        try await fixture.load(Thing("a"))
        let versions = try await RecordHistory(fixture.warehouse, fixture.connection).versions(of: .thing(), key: "a")
        #expect(versions.map(\.change) == [.first, .markedDeleted, .revived])
        #expect(versions.map(\.run) == [fixture.run, 77, fixture.run])
        #expect(versions.map { $0.fields["deleted_at"] != nil } == [false, true, false])
    }

    @Test("A record is found by its key in its own connection; a stranger is not")
    func keys() async throws {
        let (fixture, other) = (try await LoaderFixture(), try await LoaderFixture("Other"))
        try await fixture.load(Thing("a"))
        let history = RecordHistory(fixture.warehouse, fixture.connection)
        #expect(try await history.keys(of: .thing(), called: "a") == ["a"])
        #expect(try await history.keys(of: .thing(), called: "A") == ["a"], "the case matters only between records")
        #expect(try await history.keys(of: .thing(), called: "b") == [])
        let strange = RecordHistory(other.warehouse, other.connection)
        #expect(try await strange.keys(of: .thing(), called: "a") == [])
        #expect(try await strange.versions(of: .thing(), key: "a") == [])
    }
}
