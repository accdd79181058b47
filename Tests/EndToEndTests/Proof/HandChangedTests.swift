import Inflow
import Postgres
import Sync
import TestSupport
import Testing

/// Rows that a person has changed by hand.
@Suite("Rows changed by hand", .database(.warehouse), .timeLimit(.minutes(5)))
struct HandChangedTests {
    @Test(
        "Reconcile finds and mends a value, a line, a lost row and a stray one",
        arguments: [
            "update wfm.invoice set amount = amount + 1 where uuid = $1",
            "update wfm.invoice set extra = '{\"a\": 1}' where uuid = $1",
            "update wfm.invoice set deleted_at = now() where uuid = $1",
            "update wfm.invoice_task set name = 'x' where invoice_uuid = $1",
            "delete from wfm.invoice_task where invoice_uuid = $1",
            """
            insert into wfm.invoice_task (connection_id, invoice_uuid, uuid, position)
            select connection_id, invoice_uuid, 'stray', 99 from wfm.invoice_task where invoice_uuid = $1 limit 1
            """,
            "with lines as (delete from wfm.invoice_task where invoice_uuid = $1) delete from wfm.invoice where uuid = $1",
        ])
    func mends(change: String) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity("invoice")
            #expect(try await fixture.sync(try await fixture.everything([entity])).outcome == .green)
            // The lists of open invoices are read by the first reconciliation.
            #expect(try await fixture.inflow("reconcile", "acme", "invoice").code == 0)
            let key = try await fixture.sandbox.row("invoice", where: \.isPaidWithTasks).key
            let before = try await fixture.contents()
            _ = try await fixture.query(change, [.text(key)])
            #expect(try await fixture.contents() != before)
            let reconcile = try await fixture.inflow("reconcile", "acme", "invoice")
            #expect(reconcile.code == 0, "\(reconcile)")
            #expect(reconcile.output.contains("1 differences") && reconcile.output.contains(key), "\(reconcile)")
            #expect(try await fixture.contents() == before)
            try await fixture.expectTruth(entity, drafts: true)
            let again = try await fixture.inflow("reconcile", "acme", "invoice")
            #expect(again.code == 0 && again.output.contains("no difference"), "\(again)")
        }
    }

    @Test("Reconcile deletes lines of no record, and says so")
    func strayLine() async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity("invoice")
            #expect(try await fixture.sync(try await fixture.everything([entity])).outcome == .green)
            // The lists of open invoices are read by the first reconciliation.
            #expect(try await fixture.inflow("reconcile", "acme", "invoice").code == 0)
            let before = try await fixture.contents()
            _ = try await fixture.query(
                """
                insert into wfm.invoice_task (connection_id, invoice_uuid, uuid, position)
                select connection_id, 'nobody', uuid, 1 from wfm.invoice_task order by uuid limit 1
                """)
            let reconcile = try await fixture.inflow("reconcile", "acme", "invoice")
            #expect(reconcile.code == 0, "\(reconcile)")
            #expect("\(reconcile)".contains("wfm.invoice_task held 1 line(s) of no record"), "\(reconcile)")
            #expect(try await fixture.contents() == before)
        }
    }

    @Test("Reconcile finds a stray row, proves that the platform does not know it, and marks it")
    func strayRow() async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity("invoice")
            #expect(try await fixture.sync(try await fixture.everything([entity])).outcome == .green)
            // The lists of open invoices are read by the first reconciliation.
            #expect(try await fixture.inflow("reconcile", "acme", "invoice").code == 0)
            let stray = "00000000-1111-4222-8333-444444444444"
            _ = try await fixture.query(
                """
                insert into wfm.invoice
                select (jsonb_populate_record(t, jsonb_build_object('uuid', $1::text, 'number', 'STRAY-1'))).*
                from wfm.invoice t order by uuid limit 1
                """, [.text(stray)])
            let reconcile = try await fixture.inflow("reconcile", "acme", "invoice")
            #expect(reconcile.code == 0, "\(reconcile)")
            #expect(reconcile.output.contains(stray), "\(reconcile)")
            #expect(
                try await fixture.number(
                    "select count(*) from wfm.invoice where uuid = $1 and deleted_at is not null", [.text(stray)]) == 1)
            #expect(
                try await fixture.number("select count(*) from wfm.invoice where deleted_at is null")
                    == (try await fixture.sandbox.truth("invoice", drafts: true).count))
        }
    }
}
