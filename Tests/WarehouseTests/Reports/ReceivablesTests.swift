import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Receivables", .platform)
struct ReceivablesTests {
    private static let columns =
        "uuid, number, status, issued_on, due_on, amount, amount_outstanding, client_uuid, client_name, deleted_at"
    private static let today = "(now() at time zone 'GMT')::date"

    /// An invoice at each border of an age, by days past its due day today, and what must not count.
    private func filled() async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.insert("client", "uuid, name, deleted_at", "'c1', 'Bolt', null", "'c2', 'Cog', now()")
        for (index, days) in [-5, 0, 1, 30, 31, 60, 61, 90, 91].enumerated() {
            try await acme.insert(
                "invoice", ReceivablesTests.columns,
                "'i\(index)', 'INV-\(index)', 'Approved', '2026-01-01', \(ReceivablesTests.today) - \(days), "
                    + "10, 1\(index), "
                    + "'c1', 'Bolt then', null")
        }
        try await acme.insert(
            "invoice", ReceivablesTests.columns,
            "'n1', 'CN-1', 'approved', '2020-01-01', '2020-02-01', -100, -100.5, 'c1', 'Bolt', null",
            "'u1', 'INV-U', 'Approved', '2026-01-01', null, 10, 7, 'c2', 'Cog then', null",
            "'z1', 'INV-Z', 'Approved', '2026-01-01', '2026-01-02', 10, 0, 'c1', 'Bolt', null",
            "'d1', 'INV-D', 'Draft', '2026-01-01', '2026-01-02', 10, 1000, 'c1', 'Bolt', null",
            "'p1', 'INV-P', 'Paid', '2026-01-01', '2026-01-02', 10, 0, 'c1', 'Bolt', null",
            "'x1', 'INV-X', 'Cancelled', '2026-01-01', '2026-01-02', 10, 0, 'c1', 'Bolt', null",
            "'g1', 'INV-G', 'Approved', '2026-01-01', '2026-01-02', 10, 5000, 'c1', 'Bolt', now()")
        return acme
    }

    @Test("Each open invoice stands in the age of its days past the due day; credit notes stand apart, drafts nowhere")
    func ages() async throws {
        let acme = try await filled()
        let invoices = try await acme.view(
            "invoice_number, client_name, days_overdue, bucket, outstanding_including_tax", "receivables_ageing",
            by: "invoice_uuid")
        #expect(
            invoices.prefix(9) == [
                "INV-0 | Bolt | -5 | not_due | 10.0000", "INV-1 | Bolt | 0 | not_due | 11.0000",
                "INV-2 | Bolt | 1 | d1_30 | 12.0000", "INV-3 | Bolt | 30 | d1_30 | 13.0000",
                "INV-4 | Bolt | 31 | d31_60 | 14.0000", "INV-5 | Bolt | 60 | d31_60 | 15.0000",
                "INV-6 | Bolt | 61 | d61_90 | 16.0000", "INV-7 | Bolt | 90 | d61_90 | 17.0000",
                "INV-8 | Bolt | 91 | d90_more | 18.0000",
            ])
        #expect(
            try await acme.view(
                "client_name, invoices, credit_notes, outstanding_including_tax, no_due_date, not_due, d1_30, "
                    + "d31_60, d61_90, "
                    + "d90_more, unapplied_credit", "receivables_ageing_by_client", by: "1") == [
                    "Bolt | 9 | 1 | 25.5000 | 0.0000 | 21.0000 | 25.0000 | 29.0000 | 33.0000 | 18.0000 | -100.5000",
                    "Cog | 1 | 0 | 7.0000 | 7.0000 | 0.0000 | 0.0000 | 0.0000 | 0.0000 | 0.0000 | 0.0000",
                ])
    }

    @Test("The columns of an age add up to what is outstanding, row by row")
    func sums() async throws {
        let acme = try await filled()
        #expect(try await acme.view("count(*)", "receivables_ageing", by: "1") == ["11"])
        #expect(
            try await acme.fixture.rows(
                """
                select invoice_number from report.receivables_ageing
                where no_due_date + not_due + d1_30 + d31_60 + d61_90 + d90_more + unapplied_credit
                    <> outstanding_including_tax
                """) == [])
        #expect(
            try await acme.view(
                "invoice_number, bucket, days_overdue is null", "receivables_ageing", by: "invoice_uuid desc"
            )
            .filter { !$0.hasPrefix("INV-") || $0.hasPrefix("INV-U") } == [
                "INV-U | no_due_date | t", "CN-1 | unapplied_credit | f",
            ])
    }

    @Test("Records that were kept when their connection was removed still have their ages")
    func kept() async throws {
        let acme = try await filled()
        let before = try await acme.view("invoice_number, bucket", "receivables_ageing", by: "invoice_uuid")
        _ = try await ConnectionRemoval(
            acme.fixture.warehouse, acme.fixture.connection, keepingData: true, tables: []
        ).run()
        #expect(try await acme.view("invoice_number, bucket", "receivables_ageing", by: "invoice_uuid") == before)
        #expect(try await acme.view("connection_name", "receivables_ageing", by: "1 limit 1") == ["∅"])
    }

    /// An invoice that was open on 1 March and has been paid since, and one that was not there yet.
    private func paidSince(_ zone: String = "GMT") async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.run("update inflow.connection set time_zone = '\(zone)' where id = $1")
        try await acme.run(
            """
            insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at, ended_at)
            values ($1, 1, 'invoice', 'a', 'loaded', '2026-02-01 08:00+00', '2026-02-01 08:00+00')
            """)
        try await acme.insert(
            "invoice", ReceivablesTests.columns,
            "'i1', 'I1', 'Paid', '2026-01-01', '2026-01-31', 10, 0, 'c1', 'Bolt', null",
            "'i2', 'I2', 'Approved', '2026-03-20', '2026-04-20', 10, 33, 'c1', 'Bolt', null")
        try await acme.run(
            "update wfm.invoice set changed_at = '2026-03-10 12:00+00' where connection_id = $1 and uuid = 'i1'")
        try await acme.run(
            "update wfm.invoice set changed_at = '2026-03-20 08:00+00' where connection_id = $1 and uuid = 'i2'")
        try await acme.run(
            """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select connection_id, 'invoice', uuid, '2026-02-01 08:00+00', changed_at, 2, 'updated',
                to_jsonb(i) - '{connection_id,content_hash,children_hash}'::text[]
                    || '{"status": "Approved", "amount_outstanding": 11, "changed_at": "2026-02-01T08:00:00Z"}', '{}'
            from wfm.invoice i where connection_id = $1 and uuid = 'i1'
            """)
        return acme
    }

    private func asOf(_ acme: ReportFixture, _ day: String, _ more: String = "") async throws -> [String] {
        try await acme.view(
            "invoice_number, as_of_on, days_overdue, outstanding_including_tax",
            "receivables_ageing_as_of('\(day)'\(more))", by: "1")
    }

    @Test("As of a day is how Inflow knew it at the day's end, in the connection's zone")
    func asOfDay() async throws {
        let acme = try await paidSince()
        #expect(try await asOf(acme, "2026-02-01") == ["I1 | 2026-02-01 | 1 | 11.0000"])
        #expect(try await asOf(acme, "2026-03-01") == ["I1 | 2026-03-01 | 29 | 11.0000"])
        #expect(try await asOf(acme, "2026-03-10") == [])
        #expect(try await asOf(acme, "2026-03-20", ", 'Acme'") == ["I2 | 2026-03-20 | -31 | 33.0000"])
        let zoned = try await acme.fixture.rows(
            "update inflow.connection set time_zone = 'Pacific/Auckland' returning 1")
        #expect(zoned == ["1"])
        // The day ends eleven to thirteen hours earlier there: at noon UTC of 10 March it is 11 March.
        #expect(try await asOf(acme, "2026-03-10") == ["I1 | 2026-03-10 | 38 | 11.0000"])
    }

    @Test("A day before the first load of a connection is an error that names it, not a short list")
    func beforeFirst() async throws {
        let (acme, other) = (try await paidSince(), try await ReportFixture("Other"))
        for more in ["", ", 'Other'"] {
            let error = await #expect(throws: PostgresError.self) { try await asOf(other, "2026-03-01", more) }
            #expect(error?.sqlState == "22023")
            #expect(error?.detail?.contains(#"wfm.invoice of "Other""#) == true, "\(error?.detail ?? "")")
        }
        await #expect(throws: PostgresError.self) { try await asOf(acme, "2026-01-31", ", 'Acme'") }
        let error = await #expect(throws: PostgresError.self) { try await asOf(acme, "2026-03-01", ", 'Nobody'") }
        #expect(error?.detail?.contains("Nobody") == true)
        #expect(try await asOf(acme, "2026-03-01", ", 'Acme'").count == 1)
    }
}
