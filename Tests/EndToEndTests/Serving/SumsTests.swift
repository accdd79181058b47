import Foundation
import Inflow
import Sync
import TestSupport
import Testing

@Suite("Sums that reports are made of, after runs and while the daemon serves", .database(.warehouse))
struct SumsTests {
    /// Marks that wait: jobs and months whose sums a report must compute anew.
    private func due(_ fixture: InflowFixture) async throws -> Int {
        try await fixture.number(
            "select (select count(*) from inflow.job_due) + (select count(*) from inflow.month_due)")
    }

    @Test("No run leaves sums to be computed by reports: a Sync All, a backfill, a run of one entity")
    func runs() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            #expect(try await fixture.count("inflow.sums_kept") == 1)
            let first = InflowFixture.today.startOfMonth.adding(months: -12)
            #expect(try await fixture.inflow("backfill", "acme", "--from", "\(first)").code == 0)
            let months = try await fixture.number(
                "select count(distinct date_trunc('month', day_on)) from inflow.day_sum")
            #expect(months > 2, "the backfill brought time of earlier months")
            #expect(try await due(fixture) == 0)
            _ = try await fixture.query("update wfm.timesheet set minutes = minutes + 1")
            #expect(try await due(fixture) > 0)
            #expect(try await fixture.inflow("sync", "acme", "staff").code == 0)
            #expect(try await due(fixture) == 0)
        }
    }

    @Test("The daemon computes what becomes due beside runs, as when somebody names a job as leave")
    func daemon() async throws {
        try await InflowFixture.run { fixture in
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            _ = try await fixture.query(
                "insert into setting.leave_job (connection_id, job_number) select connection_id, min(job_number) "
                    + "from wfm.timesheet group by 1")
            #expect(try await due(fixture) > 0)
            let daemon = try fixture.serve()
            try await eventually("the sums to be computed") { try await due(fixture) == 0 }
            #expect(try await fixture.number("select count(*) from inflow.day_sum where leave_minutes <> 0") > 0)
            daemon.interrupt()
            #expect(await daemon.ending().code == 0)
        }
    }
}
