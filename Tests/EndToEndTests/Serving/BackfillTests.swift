import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("Backfill", .database(.warehouse), .timeLimit(.minutes(5)))
struct BackfillTests {
    /// Five years before today, as the command takes it.
    private var from: String { InflowFixture.today.adding(months: -60).startOfMonth.description }

    /// Expects that the tables of everything that has dates hold what the sandbox holds.
    private func expectTruth(_ fixture: InflowFixture, drafts: Bool = false) async throws {
        let dated = WorkflowMax.entities.filter { $0.isDated && !$0.isPerParent }
        for entity in dated { try await fixture.expectTruth(entity, drafts: drafts) }
        // Read once more in another way, nothing differs.
        let report = try await fixture.sync(try await fixture.everything(dated, inOne: true))
        #expect(report.tally.inserted == 0 && report.tally.updated == 0 && report.tally.markedDeleted == 0)
    }

    @Test("Years of history arrive in quarters, newest first; the same command again has nothing to read")
    func whole() async throws {
        try await InflowFixture.run { fixture in
            let plan = try await fixture.inflow("backfill", "acme", "--from", from, "--plan")
            #expect(plan.code == 0 && plan.output.contains("chunks, about"), "\(plan)")
            #expect(try await fixture.count("inflow.run") == 0)
            let load = try await fixture.inflow("backfill", "acme", "--from", from)
            #expect(load.code == 0 && load.output.contains("green"), "\(load)")
            let first = try #require(load.error.split(separator: "\n").first { $0.contains("1 of ") })
            #expect(
                first.contains(InflowFixture.today.startOfMonth.components.year.description), "newest first: \(first)")
            try await expectTruth(fixture)
            let again = try await fixture.inflow("backfill", "acme", "--from", from)
            #expect(again.code == 0 && again.output.contains("nothing to read"), "\(again)")
            #expect(try await fixture.count("inflow.watermark") == 0, "a backfill touches no watermark")
            // Answers in far less than a minute: more than a month is asked for by now.
            #expect(
                try await fixture.number("select count(*) from inflow.span_size where size ~ '^[2-9]+ months$'") > 0)
            let wrong = try await fixture.inflow("backfill", "acme", "staff", "--from", from)
            #expect(wrong.code == 64 && wrong.error.contains("without dates"), "\(wrong)")
        }
    }

    @Test("Ended at ten places on the way, with the runs of every day in between, every table is right at the end")
    func killed() async throws {
        try await InflowFixture.run { fixture in
            let points =
                (1...4).map { "history_chunk_done:\($0)" }
                + [
                    "chunk_staged:3", "merge_rows_written:5", "merge_before_commit:7", "chunk_committed:9", "run_begun",
                    "run_before_finish",
                ]
            let slot = try await fixture.makeDue()
            for (index, point) in points.enumerated() {
                // The run of the day goes on beside it, in the daemon's process.
                let daemon = index == 2 ? try fixture.serve(patience: 60) : nil
                let load = try fixture.start(["backfill", "acme", "--from", from], ["INFLOW_FAILPOINT": point])
                let end = await load.ending()
                if let daemon {
                    #expect(await daemon.error.contains("run ended"))
                    daemon.interrupt()
                    #expect(await daemon.ending().code == 0)
                    #expect(try await fixture.slots() == ["\(slot.key) | 1 | succeeded"])
                }
                #expect(end.wasKilled && end.code == 9, "\(point): \(end)")
            }
            let last = try await fixture.inflow("backfill", "acme", "--from", from)
            #expect(last.code == 0, "\(last)")
            // The daemon's Sync All brought the drafts.
            try await expectTruth(fixture, drafts: true)
        }
    }

    @Test("A month that fails is asked for again at the end, named where it fails again, and read by the next backfill")
    func failing() async throws {
        try await InflowFixture.run { fixture in
            try await fixture.sandbox.fault("error_status", at: "/quote.api", times: 2)
            let once = try await fixture.inflow("backfill", "acme", "quote", "--from", from)
            #expect(once.code == 0, "\(once)")
            try await fixture.sandbox.fault("error_status", at: "/invoice.api", times: 1_000)
            let never = try await fixture.inflow("backfill", "acme", "invoice", "--from", from)
            #expect(never.code == 1 && never.error.contains("Continue with: inflow backfill acme invoice"), "\(never)")
            try await fixture.sandbox.control(.post, "faults/clear")
            let after = try await fixture.inflow("backfill", "acme", "invoice", "--from", from)
            #expect(after.code == 0, "\(after)")
        }
    }

    @Test("A span that is not answered in time is asked for in halves; its month is covered, and the size remembered")
    func slow() async throws {
        try await InflowFixture.run { fixture in
            let set = try await fixture.inflow("connection", "set", "acme", "first-byte-seconds=1")
            #expect(set.code == 0, "\(set)")
            try await fixture.sandbox.fault("slow_first_byte", at: "/time.api", more: "\"milliseconds\":5000")
            let month = InflowFixture.today.startOfMonth.adding(months: -1)
            let load = try await fixture.inflow(
                "backfill", "acme", "timesheet", "--from", month.description, "--to", month.adding(days: 3).description)
            #expect(load.code == 0, "\(load)")
            #expect(
                InflowFixture.rows(
                    try await fixture.query(
                        "select chunk, status from inflow.chunk where entity = 'timesheet' order by asked_at")
                ).count == 3, "the month in vain, and its halves")
            #expect(
                try await fixture.number(
                    "select count(*) from inflow.coverage where entity = 'timesheet' and verified_at is not null") == 1)
            #expect(InflowFixture.rows(try await fixture.query("select size from inflow.span_size")) == ["16 days"])
            let again = try await fixture.inflow(
                "backfill", "acme", "timesheet", "--from", month.description, "--to", month.adding(days: 3).description)
            #expect(again.output.contains("nothing to read"), "\(again)")
        }
    }

    @Test("Ctrl-C finishes what is in hand and says how to go on")
    func stopped() async throws {
        try await InflowFixture.run { fixture in
            let load = try fixture.start(["backfill", "acme", "--from", from, "--chunk", "month"])
            #expect(await load.error.contains("1 of "))
            load.interrupt()
            let end = await load.ending()
            #expect(
                end.code == 130
                    && end.error.contains("Continue with: inflow backfill acme --from \(from) --chunk month"))
            #expect(InflowFixture.rows(try await fixture.query("select status from inflow.run")) == ["interrupted"])
            #expect(try await fixture.number("select count(*) from inflow.chunk where status <> 'loaded'") == 0)
            let rest = try await fixture.inflow("backfill", "acme", "--from", from)
            #expect(rest.code == 0, "\(rest)")
            try await expectTruth(fixture)
        }
    }

    @Test("Seeding loads every reference list")
    func seed() async throws {
        try await InflowFixture.run { fixture in
            let seed = try await fixture.inflow("seed", "acme")
            #expect(seed.code == 0, "\(seed)")
            for entity in ["staff", "client", "task", "cost", "supplier", "job_category"] {
                #expect(try await fixture.count("wfm.\(entity)") > 0, "\(entity)")
            }
            #expect(try await fixture.count("wfm.timesheet") == 0)
        }
    }
}
