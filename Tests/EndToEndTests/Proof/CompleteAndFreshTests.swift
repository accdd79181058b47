import Curl
import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

/// Issue 10, part D: what "complete" and "fresh" claim, against what the sandbox holds.
@Suite("Complete and fresh", .database(.warehouse), .timeLimit(.minutes(10)))
struct CompleteAndFreshTests {
    private func isComplete(_ fixture: InflowFixture, _ entity: String, _ window: Window) async throws -> Bool {
        try await fixture.query(
            "select report.is_complete($1, $2, $3::date, $4::date) as complete",
            [
                .int64(fixture.connection.id), .text(entity), .text(window.from.description),
                .text(window.last.description),
            ])[0].bool("complete")
    }

    @Test("10.D14 months ahead are read and not complete, and a backfill of half a year later reads them")
    func monthsAhead() async throws {
        try await InflowFixture.run { fixture in
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            let today = InflowFixture.today
            let ahead = try #require(Window(month: today.startOfMonth.adding(months: 5)))
            #expect(try await !isComplete(fixture, "timesheet", ahead))
            let day = try await fixture.query(
                "select report.complete_to('acme', 'timesheet')::text as day", [])[0].text("day")
            #expect(day == today.adding(days: -2).description, "the day before, less a day for late entries")
            // Half a year passes without a run.
            // By way of another century, so that no month meets another one.
            for months in [-1206, 1200] {
                _ = try await fixture.query(
                    """
                    update inflow.coverage set month = (month + make_interval(months => $1::integer))::date
                    where month > '0001-01-01'
                    """, [.int(months)])
            }
            _ = try await fixture.query("update inflow.coverage set verified_at = verified_at - interval '184 days'")
            let from = today.startOfMonth.adding(months: -3)
            let plan = try await fixture.inflow("backfill", "acme", "timesheet", "--from", "\(from)", "--plan")
            #expect(plan.code == 0 && !plan.output.contains("nothing to read"), "\(plan)")
        }
    }

    @Test("10.D16 an old open invoice whose lines changed has the platform's lines after one Sync All")
    func linesOfOpenDocuments() async throws {
        try await InflowFixture.run { fixture in
            let sandbox = fixture.sandbox
            let invoices = try await sandbox.rows("invoice", where: \.isPaidWithTasks).prefix(3)
            try #require(invoices.count == 3)
            // Two in one month, one alone; all older than the months that every run reads.
            let months = [14, 14, 9].map { InflowFixture.today.startOfMonth.adding(months: -$0) }
            for (invoice, day) in zip(invoices, months) {
                try await sandbox.mark("invoice", invoice.key, "approved")
                try await sandbox.move("invoice", invoice.key, to: day)
            }
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            try await expectLines(of: invoices.map(\.key), fixture)
            for invoice in invoices {
                try await sandbox.edit("invoice", invoice.key, "Jobs/Job[1]/Tasks/Task[1]/Amount", "12345.67")
                try await sandbox.edit("invoice", invoice.key, "Amount", "99999.99")
            }
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            try await expectLines(of: invoices.map(\.key), fixture)
            #expect(try await fixture.count("inflow.header_only") == 0)
            #expect(try await fixture.number("select count(*) from wfm.invoice_task where amount = 12345.67") == 3)
        }
    }

    /// The invoices' task lines, as many and of the same sum as the sandbox's.
    private func expectLines(of keys: [String], _ fixture: InflowFixture) async throws {
        for invoice in try await fixture.sandbox.rows("invoice") where keys.contains(invoice.key) {
            let row = try await fixture.query(
                "select count(*) as lines, sum(amount) as sum from wfm.invoice_task where invoice_uuid = $1",
                [.text(invoice.key)])[0]
            let lines = try #require(invoice.lines["invoice_task"])
            #expect(try row.int("lines") == lines.count, "\(invoice.key)")
            let sum = try #require(lines.sums["amount"].flatMap { Decimal(string: $0) })
            #expect(try row["sum"].string.flatMap { Decimal(string: $0) } == sum, "\(invoice.key)")
        }
    }

    @Test("10.D16, D15 while the lines of a listed document cannot be read, its day is not complete")
    func linesThatCannotBeRead() async throws {
        try await InflowFixture.run { fixture in
            let sandbox = fixture.sandbox
            let invoice = try await sandbox.row("invoice", where: \.isPaidWithTasks)
            // One that is approved and owes nothing is in no list of open ones: its month would be read again, with lines.
            let settled = try await sandbox.rows("invoice").filter {
                $0.fields["Status"] == "Approved" && $0.fields["AmountOutstanding"].flatMap { Decimal(string: $0) } == 0
            }.compactMap { $0.fields["Date"]?.prefix(7) }
            let day = try #require(
                (6...20).map { InflowFixture.today.startOfMonth.adding(months: -$0) }
                    .first { !settled.contains($0.description.prefix(7)) })
            let month = try #require(Window(month: day))
            try await sandbox.mark("invoice", invoice.key, "approved")
            try await sandbox.move("invoice", invoice.key, to: day)
            let load = try await fixture.inflow(
                "sync", "acme", "invoice", "--from", "\(day)", "--to", "\(month.last)")
            #expect(load.code == 0, "\(load)")
            #expect(try await isComplete(fixture, "invoice", month))
            try await sandbox.edit("invoice", invoice.key, "Amount", "99999.99")
            try await sandbox.fault("status500", at: "/invoice.api/get", times: -1)
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 1, "\(sync)")
            #expect(try await !isComplete(fixture, "invoice", month))
            try await sandbox.control(.post, "faults/clear")
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(try await isComplete(fixture, "invoice", month))
        }
    }

    @Test("10.D18 a record that a modified-since list rejected keeps its month from being complete")
    func rejectedByAModifiedList() async throws {
        try await InflowFixture.run { fixture in
            let today = InflowFixture.today
            let month = try #require(Window(month: today.startOfMonth.adding(months: -6)))
            let job = try await fixture.sandbox.rows("job").first { row in
                row.fields["State"] != nil && !row.isDraft
            }
            let key = try #require(job?.key)
            try await fixture.sandbox.move("job", key, to: month.from.adding(days: 3))
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(try await isComplete(fixture, "job", month))
            try await fixture.sandbox.edit("job", key, "Budget", "a lot")
            let sync = try await fixture.inflow("sync", "acme")
            #expect(
                try await fixture.number("select count(*) from inflow.rejection where status = 'open'") == 1, "\(sync)")
            #expect(try await !isComplete(fixture, "job", month))
            try await fixture.sandbox.edit("job", key, "Budget", "10.00")
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(try await isComplete(fixture, "job", month))
        }
    }
}
