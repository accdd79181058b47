import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@Suite("Jobs that documents mention and no list gives", .database(.warehouse), .timeLimit(.minutes(5)))
struct MentionedJobTests {
    private static let lacking = """
        select count(distinct t.job_number) from wfm.timesheet t
        where t.deleted_at is null and t.job_number <> ''
            and not exists (select from wfm.job j where j.connection_id = t.connection_id and j.number = t.job_number)
        """

    @Test(
        "Many are asked for by number over several runs, the most mentioned first; only those answered so are unknown")
    func many() async throws {
        try await InflowFixture.run { fixture in
            // Lists of jobs go back to the first date; a day of 500 calls lets a run ask for 20 numbers.
            let recent = InflowFixture.today.startOfMonth.adding(months: -1)
            let set = try await fixture.inflow(
                "connection", "set", "acme", "first-date=\(recent)", "calls-per-day=500", "values=none")
            #expect(set.code == 0, "\(set)")
            let first = try await fixture.sandbox.firstDay()
            let history = try await fixture.inflow("backfill", "acme", "timesheet", "--from", first)
            #expect(history.code == 0, "\(history)")
            let busiest =
                try #require(
                    try await fixture.query(
                        """
                        select job_number from wfm.timesheet where deleted_at is null group by 1 order by count(*) desc limit 1
                        """)[0, 0].string)
            let before = try await fixture.number(Self.lacking)
            try #require(before > 40, "the sandbox is too small for this test: \(before)")

            let run = try await fixture.inflow("sync", "acme")
            #expect(run.code == 0, "\(run)")
            let left = try await fixture.number(Self.lacking)
            #expect(left > 15 && run.error.contains("Documents mention \(left) job(s)"), "\(left) \(run)")
            #expect(try await fixture.number("select count(*) from wfm.job where number = $1", [.text(busiest)]) == 1)
            // Nobody was asked about these, so nothing says that the platform does not know them.
            #expect(try await fixture.number("select count(*) from inflow.unknown_number where is_unknown") == 0)

            var runs = 0
            while try await fixture.number(Self.lacking) > 0, runs < 10 {
                let next = try await fixture.inflow("sync", "acme")
                #expect(next.code == 0, "\(next)")
                runs += 1
            }
            #expect(try await fixture.number(Self.lacking) == 0)
            #expect(runs == (left + 19) / 20)
        }
    }

    @Test("Job states are there after a targeted sync of jobs, and after a backfill of them")
    func states() async throws {
        let states = "select count(*) from wfm.job_status where deleted_at is null"
        let expected = "select count(distinct state) from wfm.job where deleted_at is null and state <> ''"
        try await InflowFixture.run { fixture in
            let targeted = try await fixture.inflow("sync", "acme", "job", "--from", "last-month")
            #expect(targeted.code == 0, "\(targeted)")
            #expect(try await fixture.number(states) == fixture.number(expected))
            let some = try await fixture.number(states)
            #expect(some > 0)
            let history = try await fixture.inflow(
                "backfill", "acme", "job", "--from", try await fixture.sandbox.firstDay())
            #expect(history.code == 0, "\(history)")
            #expect(try await fixture.number(states) == fixture.number(expected))
            #expect(try await fixture.number(states) >= some)
        }
    }
}
