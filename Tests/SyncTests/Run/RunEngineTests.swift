import Inflow
import TestSupport
import Testing
import Warehouse

@testable import Sync

@Suite("A run, from its lock to its end in the run log", .database(.warehouse), .timeLimit(.minutes(5)))
struct RunEngineTests {
    @Test("A run that loads everything is green in the report and in the run log")
    func green() async throws {
        let fixture = try await SyncFixture { entity, _, _ in
            entity.name == "staff" ? [.staff("s", "t")] : [.categories("a"), .categories("b", "c")]
        }
        let report = try await fixture.engine(workers: 2).run(try fixture.plan("job_category", "staff"))
        #expect(report.outcome == .green && report.error == nil && report.warnings == [])
        #expect(report.entities.map(\.entity) == ["job_category", "staff"])
        #expect(report.tally.inserted == 5 && report.traffic.calls == 3)
        let logged = try await fixture.column(
            "select status || ' ' || inserted from inflow.entity_run where run_id = \(report.run) order by entity")
        #expect(logged == ["green 3", "green 2"])
    }

    @Test("A run that committed chunks which the log lacks is not green: a crash of the server took them")
    func lostChunks() async throws {
        let fixture = try await SyncFixture { entity, _, _ in
            entity.name == "staff" ? [.staff("s", "t")] : [.categories("a")]
        }
        // As a crash does whose last commits did not wait for the disk.
        _ = try await fixture.column(
            """
            create function inflow.test_lose() returns trigger language plpgsql as $$
            begin
                if new.entity = 'staff' then return null; end if;
                return new;
            end $$
            """)
        _ = try await fixture.column(
            "create trigger test_lose before insert on inflow.chunk for each row execute function inflow.test_lose()")
        let report = try await fixture.engine().run(try fixture.plan("job_category", "staff"))
        #expect(report.outcome == .failed)
        #expect(
            report.error?.contains("staff: The server crashed and lost 1 readings") == true, "\(report.error ?? "")")
        let logged = try await fixture.column(
            "select status from inflow.entity_run where run_id = \(report.run) order by entity")
        #expect(logged == ["green", "failed"])
    }

    @Test("A dry run judges and writes nothing")
    func dry() async throws {
        let fixture = try await SyncFixture { _, _, _ in [.categories("a", "b")] }
        let report = try await fixture.engine(isDry: true).run(try fixture.plan("job_category"))
        #expect(report.outcome == .green && report.run == 0)
        #expect(report.entities.first?.previews.count == 1 && report.tally.inserted == 2)
        #expect(try await fixture.column("select uuid from wfm.job_category") == [])
        #expect(try await fixture.column("select id from inflow.run") == [])
    }

    @Test("A rejected record makes the run end with rejections, the good ones loaded")
    func rejections() async throws {
        let fixture = try await SyncFixture { _, _, _ in
            [.records("<Categories><Category><Name>no key</Name></Category></Categories>"), .categories("a")]
        }
        let report = try await fixture.engine().run(try fixture.plan("job_category"))
        #expect(report.outcome == .rejections && report.tally.rejected == 1)
        #expect(try await fixture.column("select uuid from wfm.job_category") == ["a"])
    }

    @Test("A run that the day's quota stopped is gone on with: what it had loaded is not asked for again")
    func parked() async throws {
        let isFree = SwitchedOn()
        let fixture = try await SyncFixture { entity, _, _ in
            if entity.name == "job_category" { return [.categories("a")] }
            return isFree.value ? [.staff("s")] : [.failure(.dayLimitReached)]
        }
        let plan = try fixture.plan("job_category", "staff")
        let first = try await fixture.engine().run(plan)
        #expect(first.outcome == .quota)
        isFree.turnOn()
        let second = try await fixture.engine().run(plan)
        #expect(second.outcome == .green)
        #expect(fixture.source.readings(of: "job_category") == 1 && fixture.source.readings(of: "staff") == 2)
        #expect(try await fixture.column("select uuid from wfm.staff") == ["s"])
    }

    @Test("A failed list does not keep the others from being loaded; the first error of each is the run's")
    func oneFails() async throws {
        let fixture = try await SyncFixture { entity, _, _ in
            entity.name == "staff" ? [.staff("s")] : [.categories("a"), .failure(.badRequest)]
        }
        let report = try await fixture.engine().run(try fixture.plan("job_category", "staff"))
        #expect(report.outcome == .failed && report.entities.map(\.status) == [.failed, .green])
        #expect(report.error?.hasPrefix("Failed in part: 1 of 2 entities; the others were read.") == true)
        #expect(report.error?.contains("job_category: whole: It went wrong.") == true)
        #expect(try await fixture.column("select uuid from wfm.job_category") == [])
        #expect(try await fixture.column("select uuid from wfm.staff") == ["s"])
        let failed = try await fixture.column("select entity from inflow.chunk where error is not null")
        #expect(failed == ["job_category"])
    }
}
