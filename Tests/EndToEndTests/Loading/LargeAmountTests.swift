import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing

@Suite("13.1 Amounts that no report can give", .database(.warehouse), .timeLimit(.minutes(5)))
struct LargeAmountTests {
    @Test("An amount of 10^15 is a rejection that names the record, and reports answer; one below is loaded")
    func amounts() async throws {
        try await InflowFixture.run { fixture in
            let plan = try await fixture.everything([try InflowFixture.entity("invoice")])
            #expect(try await fixture.sync(plan).outcome == .green)
            let keys = try await fixture.query(
                "select uuid from wfm.invoice where lower(status) in ('approved', 'paid') order by issued_on desc, uuid"
            ).texts("uuid")
            try await fixture.sandbox.edit("invoice", keys[0], "Amount", "1000000000000000.00")
            try await fixture.sandbox.edit("invoice", keys[1], "Amount", "-900000000000000.5")
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .rejections && report.outcome.exitCode == 3)
            let rejection = try await fixture.query(
                "select key, table_name, column_name, raw, reason, is_value, status from inflow.rejection")
            #expect(
                InflowFixture.rows(rejection) == [
                    "\(keys[0]) | wfm.invoice | amount | 1000000000000000.00 | out_of_range | t | open"
                ])
            let listed = try await fixture.inflow("rejections", "acme")
            #expect(listed.output.contains("1000000000000000.00"), "\(listed)")
            let held = try await fixture.query(
                "select uuid, amount::text from wfm.invoice where uuid in ($1, $2) order by amount nulls first",
                [.text(keys[0]), .text(keys[1])])
            #expect(InflowFixture.rows(held) == ["\(keys[0]) | ∅", "\(keys[1]) | -900000000000000.5"])
            #expect(
                try await fixture.number(
                    """
                    select count(*) from wfm.invoice i where i.uuid = $1
                        and not report.is_complete(i.connection_id, 'invoice', i.issued_on, i.issued_on)
                    """, [.text(keys[0])]) == 1, "its day is not complete")
            for view in ["invoice_line", "invoices_by_month", "revenue_by_client", "receivables_ageing"] {
                #expect(try await fixture.number("select count(v) from report.\(view) v") > 0, "\(view)")
            }
            // Corrected, it is loaded, and the rejection closed.
            try await fixture.sandbox.edit("invoice", keys[0], "Amount", "1000.00")
            #expect(try await fixture.sync(plan).outcome == .green)
            #expect(try await fixture.number("select count(*) from inflow.rejection where status = 'open'") == 0)
        }
    }
}
