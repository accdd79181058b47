import Foundation
import Inflow
import TestSupport
import Testing
import Warehouse

@testable import Sync

@Suite("What a run may continue", .database(.warehouse), .timeLimit(.minutes(5)))
struct ContinuationTests {
    /// A scheduled run of a slot, which is in the queue as the daemon puts it there.
    private func run(_ slot: String, _ fixture: SyncFixture) async throws -> RunReport {
        var plan = try fixture.plan("job_category", "staff")
        plan.trigger = .slot
        plan.slot = LocalDate(slot)
        let report = try await fixture.engine().run(plan)
        _ = try await fixture.column(
            """
            insert into inflow.request (connection_id, kind, slot, asked_at, asked_by, status, run_id)
            values (\(fixture.connection.id), 'slot', '\(slot)', now(), 'test', 'done', \(report.run)) returning 1
            """)
        return report
    }

    @Test("10.D17 a run parked by the quota is continued by a run of its slot, never by that of the next day")
    func slots() async throws {
        let isFree = SwitchedOn()
        let fixture = try await SyncFixture { entity, _, _ in
            if entity.name == "job_category" { return [.categories("a")] }
            return isFree.value ? [.staff("s")] : [.failure(.dayLimitReached)]
        }
        #expect(try await run("2026-06-15", fixture).outcome == .quota)
        #expect(try await run("2026-06-15", fixture).outcome == .quota)
        #expect(fixture.source.readings(of: "job_category") == 1, "the same slot continues")
        isFree.turnOn()
        #expect(try await run("2026-06-16", fixture).outcome == .green)
        #expect(fixture.source.readings(of: "job_category") == 2, "another slot reads everything again")
    }

    @Test(
        "10.13 what the parked run rejected, or read outside the known places, counts for the run that continues it",
        arguments: [
            ("pulled = pulled + 1, rejected = 1", RunOutcome.rejections), ("rejected_values = 1", .rejections),
            ("pulled = pulled + 1, outside = 1", .warnings),
            ("lost_characters = 1", .warnings),
        ])
    func remembered(counts: String, outcome: RunOutcome) async throws {
        let isFree = SwitchedOn()
        let fixture = try await SyncFixture { entity, _, _ in
            if entity.name == "job_category" { return [.categories("a")] }
            return isFree.value ? [.staff("s")] : [.failure(.dayLimitReached)]
        }
        #expect(try await run("2026-06-15", fixture).outcome == .quota)
        _ = try await fixture.column("update inflow.chunk set \(counts) where status = 'loaded' returning 1")
        isFree.turnOn()
        #expect(try await run("2026-06-15", fixture).outcome == outcome)
        #expect(fixture.source.readings(of: "job_category") == 1)
    }

    @Test("10.D17 a continued run is as fresh as its oldest chunk, not as its start")
    func fresh() async throws {
        let isFree = SwitchedOn()
        let fixture = try await SyncFixture { entity, _, _ in
            if entity.name == "job_category" { return [.categories("a")] }
            return isFree.value ? [.staff("s")] : [.failure(.dayLimitReached)]
        }
        #expect(try await run("2026-06-15", fixture).outcome == .quota)
        for change in ["inflow.chunk set asked_at = asked_at", "inflow.run set started_at = started_at"] {
            _ = try await fixture.column("update \(change) - interval '1 day' returning 1")
        }
        isFree.turnOn()
        #expect(try await run("2026-06-15", fixture).outcome == .green)
        let status = try await ConnectionStatusReader(fixture.warehouse).all(now: Instant()).first
        let read = Dictionary(
            uniqueKeysWithValues: (status?.entities ?? []).compactMap { part in part.readAt.map { (part.entity, $0) } })
        let old = try #require(read["job_category"])
        #expect(Instant().timeIntervalSince(old) > 80_000, "\(old)")
    }
}
