import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing
import WorkflowMax

/// How many calls a night costs, by the sandbox's log; what the platform allows a minute is the real clock.
@Suite("Calls of a night", .database(.warehouse), .timeLimit(.minutes(10)))
struct NightlyCallTests {
    /// A firm of 200 staff, 2,000 clients, 7,500 jobs and 1,750 leads over three years.
    private static var firm: SandboxConfiguration {
        RunningSandbox.small { configuration in
            configuration.scale = 5
            configuration.months = 36
            // The number of time entries changes no call: a list without pages.
            configuration.worksOneDayIn = 30
            configuration.oddities = false
        }
    }

    @Test("800 new time entries, 40 changed jobs and 20 payments cost at most 60 calls besides values")
    func calls() async throws {
        try await InflowFixture.run(Self.firm) { fixture in
            try await load(fixture)
            try await work(fixture)
            try await fixture.sandbox.control(.post, "log/clear")
            let ending = try await fixture.inflow("sync", "acme")
            #expect(ending.code == 0, "\(ending)")
            let calls = try await fixture.sandbox.log().filter { !$0.target.hasPrefix("/oauth") }
            let kinds = Dictionary(grouping: calls) { $0.target.split(separator: "?").first.map(String.init) ?? "" }
                .mapValues(\.count).sorted { $0.value > $1.value }
            #expect(calls.count <= 60, "\(calls.count): \(kinds)")
            #expect(calls.allSatisfy { $0.status == 200 })
            // Nothing of the day was missed for it.
            for name in ["timesheet", "job", "invoice", "lead", "client"] {
                let truth = try await fixture.sandbox.truth(name, drafts: true)
                let table = try InflowFixture.entity(name).table
                #expect(
                    try await fixture.number("select count(*) from \(table) where deleted_at is null") == truth.count,
                    "\(name)")
            }
            #expect(try await fixture.number("select count(*) from wfm.job where name like '% (night)'") == 40)
            #expect(
                try await fixture.number(
                    "select count(*) from wfm.invoice where status = 'Paid' and changed_run_id = (select max(id) from inflow.run)"
                ) >= 20)
        }
    }

    /// Everything is read, and was verified evenly over the last weeks, as after a month of nights.
    private func load(_ fixture: InflowFixture) async throws {
        let first = InflowFixture.today.adding(months: -37).startOfMonth
        let set = try await fixture.inflow("connection", "set", "acme", "first-date=\(first)")
        #expect(set.code == 0, "\(set)")
        let all = try await fixture.inflow("sync", "acme")
        #expect(all.code == 0, "\(all)")
        let history = try await fixture.inflow(
            "sync", "acme", "job", "quote", "purchase_order", "invoice", "timesheet", "--from", "\(first)")
        #expect(history.code == 0, "\(history)")
        // Documents that were loaded since the lists of open ones were read are compared with these once.
        let settled = try await fixture.inflow("sync", "acme")
        #expect(settled.code == 0, "\(settled)")
        let counts = [("client", 2_000), ("job", 7_500), ("lead", 1_000), ("staff", 150)]
        for (name, least) in counts { #expect(try await fixture.count("wfm.\(name)") >= least, "\(name)") }
        _ = try await fixture.query(
            """
            update inflow.coverage set verified_at = verified_at - interval '1 day' * case
                when month > '0001-01-01' and month < date_trunc('month', now()) - interval '2 months' and entity <> 'lead'
                then 1 + (hashtext(entity || month) & 1023) * 28 / 1024.0 else 1 end
            """)
        _ = try await fixture.query("update inflow.watermark set since = since - interval '1 day'")
        _ = try await fixture.query("update inflow.chunk set ended_at = ended_at - interval '2 days'")
    }

    /// What people do in a day.
    private func work(_ fixture: InflowFixture) async throws {
        let today = "\(InflowFixture.today)"
        var edits: [String] = []
        edits += (0..<800).map { _ in #"{"entity":"timesheet","add":true,"date":"\#(today)"}"# }
        let jobs = try await fixture.query(
            "select uuid, name from wfm.job where state not in ('Completed', 'Cancelled') order by md5(uuid) limit 40")
        for job in jobs {
            let (key, name) = (try job.text("uuid"), "A job (night)")
            edits.append(#"{"entity":"job","key":"\#(key)","set":{"Name":"\#(name)"}}"#)
        }
        let invoices = try await fixture.query(
            "select uuid from wfm.invoice where status = 'Approved' and amount_outstanding > 0 order by md5(uuid) limit 20"
        )
        #expect((jobs.count, invoices.count) == (40, 20))
        for invoice in invoices {
            edits.append(#"{"entity":"invoice","key":"\#(try invoice.text("uuid"))","mark":"paid"}"#)
        }
        try await fixture.sandbox.control(.post, "edit", "[\(edits.joined(separator: ","))]")
    }
}
