import Inflow
import Postgres
import TestSupport
import Testing
import WorkflowMax

@testable import Warehouse

@Suite("Missing rows: which are asked for first", .platform)
struct MissingRowOrderTests {
    @Test(
        "12.4 What was missed lately is asked for before what a person approved, but after it where approvals are checked"
    )
    func newOnesFirst() async throws {
        let fixture = try await LoaderFixture()
        let invoice = try #require(WorkflowMax.entities.first { $0.name == "invoice" })
        try await fixture.rows(
            """
            insert into wfm.invoice (
                connection_id, uuid, number, issued_on, first_run_id, changed_run_id, changed_at, asked_at, content_hash)
            select $1, 'u' || n, 'N' || n, '2026-03-01', 1, 1, now(), now() - interval '1 hour', ''
            from generate_series(1, 2) n
            """, .int64(fixture.connection.id))
        try await fixture.rows(
            """
            insert into inflow.missing (
                connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at, first_asked_at)
            select $1, 'invoice', 'u' || n, case n when 1 then 'approved' else 'missing' end, '2026-03-01', 'x', 1, 1,
                now(), now()
            from generate_series(1, 2) n
            """, .int64(fixture.connection.id))
        let missing = MissingRows(fixture.warehouse, fixture.connection)
        #expect(try await missing.toAsk(invoice, run: fixture.run).map(\.key) == ["u2", "u1"])
        #expect(try await missing.toAsk(invoice, run: fixture.run, approvedFirst: true).map(\.key) == ["u1", "u2"])
    }
}
