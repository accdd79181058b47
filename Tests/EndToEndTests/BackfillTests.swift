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
    private var from: String { Rig.today.adding(months: -60).startOfMonth.description }

    /// Whether tables hold what the sandbox has, of everything that has dates.
    private func expectTruth(_ rig: Rig) async throws {
        for entity in WorkflowMax.entities where entity.isDated && !entity.isPerParent {
            let rows = try await rig.number("select count(*) from \(entity.table) where deleted_at is null")
            #expect(rows > 0, "\(entity.name)")
        }
        // Read once more in another way, nothing differs.
        let report = try await rig.sync(
            try await rig.everything(WorkflowMax.entities.filter { $0.isDated && !$0.isPerParent }, inOne: true))
        #expect(report.tally.inserted == 0 && report.tally.updated == 0 && report.tally.markedDeleted == 0)
    }

    @Test("Years of history arrive in quarters, newest first; the same command again has nothing to read")
    func whole() async throws {
        try await Rig.run { rig in
            let plan = try await rig.inflow("backfill", "acme", "--from", from, "--plan")
            #expect(plan.code == 0 && plan.output.contains("chunks, about"), "\(plan)")
            #expect(try await rig.count("inflow.run") == 0)
            let load = try await rig.inflow("backfill", "acme", "--from", from)
            #expect(load.code == 0 && load.output.contains("green"), "\(load)")
            let first = try #require(load.error.split(separator: "\n").first { $0.contains("1 of ") })
            #expect(first.contains(Rig.today.startOfMonth.components.year.description), "newest first: \(first)")
            try await expectTruth(rig)
            let again = try await rig.inflow("backfill", "acme", "--from", from)
            #expect(again.code == 0 && again.output.contains("nothing to read"), "\(again)")
            #expect(try await rig.count("inflow.watermark") == 0, "a backfill touches no watermark")
            // Answers in far less than a minute: more than a month is asked for by now.
            #expect(try await rig.number("select count(*) from inflow.span_size where size ~ '^[2-9]+ months$'") > 0)
            let wrong = try await rig.inflow("backfill", "acme", "staff", "--from", from)
            #expect(wrong.code == 64 && wrong.error.contains("without dates"), "\(wrong)")
        }
    }

    @Test("Ended at ten places on the way, with the runs of every day in between, every table is right at the end")
    func killed() async throws {
        try await Rig.run { rig in
            let points =
                (1...4).map { "history_chunk_done:\($0)" }
                + [
                    "chunk_staged:3", "merge_rows_written:5", "merge_before_commit:7", "chunk_committed:9", "run_begun",
                    "run_before_finish",
                ]
            for (index, point) in points.enumerated() {
                let load = try rig.start(["backfill", "acme", "--from", from], ["INFLOW_FAILPOINT": point])
                // The run of the day goes on beside it, in a process of its own.
                if index == 2 {
                    let daily = try await rig.inflow("sync", "acme")
                    #expect(daily.code == 0, "\(daily)")
                }
                let end = await load.ending()
                #expect(end.wasKilled || end.code == 0, "\(point): \(end)")
            }
            let last = try await rig.inflow("backfill", "acme", "--from", from)
            #expect(last.code == 0, "\(last)")
            try await expectTruth(rig)
        }
    }

    @Test("A month that fails is asked for again at the end, named where it fails again, and read by the next backfill")
    func failing() async throws {
        try await Rig.run { rig in
            try await rig.sandbox.fault("error_status", at: "/quote.api", times: 2)
            let once = try await rig.inflow("backfill", "acme", "quote", "--from", from)
            #expect(once.code == 0, "\(once)")
            try await rig.sandbox.fault("error_status", at: "/invoice.api", times: 1_000)
            let never = try await rig.inflow("backfill", "acme", "invoice", "--from", from)
            #expect(never.code == 1 && never.error.contains("Go on with: inflow backfill acme invoice"), "\(never)")
            try await rig.sandbox.control(.post, "faults/clear")
            let after = try await rig.inflow("backfill", "acme", "invoice", "--from", from)
            #expect(after.code == 0, "\(after)")
        }
    }

    @Test("Seeding loads every reference list")
    func seed() async throws {
        try await Rig.run { rig in
            let seed = try await rig.inflow("seed", "acme")
            #expect(seed.code == 0, "\(seed)")
            for entity in ["staff", "client", "task", "cost", "supplier", "job_category"] {
                #expect(try await rig.count("wfm.\(entity)") > 0, "\(entity)")
            }
            #expect(try await rig.count("wfm.timesheet") == 0)
        }
    }
}
