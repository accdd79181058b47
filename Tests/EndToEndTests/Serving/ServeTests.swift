import Curl
import Foundation
import Inflow
import Logging
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

extension InflowFixture {
    /// Starts a daemon; one that takes silent workers to be dead after some seconds.
    func serve(_ environment: [String: String] = [:], patience: Int = 3) throws -> InflowProcess {
        try start(
            ["serve", "--port", "0", "--workers", "2"],
            ["INFLOW_WORKER_PATIENCE": "\(patience)", "INFLOW_LOG_LEVEL": "notice"].merging(environment) { $1 })
    }

    /// Anchors the schedule so that a slot went by an hour ago, and returns it.
    func makeDue() async throws -> Slot {
        let now = Date()
        let anchor = Anchor(at: now.addingTimeInterval(-3_600), in: .gmt)
        try await ScheduleStore(warehouse).change(connection) { $0.set(anchor, at: now.addingTimeInterval(-7_200)) }
        return anchor.lastSlot(atOrBefore: now)
    }

    /// Slots as they stand: day, attempts, state.
    func slots() async throws -> [String] {
        InflowFixture.rows(
            try await query("select slot, attempts, state from inflow.slot order by connection_id, slot"))
    }
}

@Suite("The daemon", .database(.warehouse), .timeLimit(.minutes(5)))
struct ServeTests {
    @Test("A slot that went by is caught up once, status shows it, and the daemon ends when it is interrupted")
    func catchUp() async throws {
        try await InflowFixture.run { fixture in
            let slot = try await fixture.makeDue()
            let daemon = try fixture.serve()
            #expect(await daemon.error.contains("run ended"))
            #expect(await daemon.error.contains("Serving"))
            daemon.interrupt()
            let end = await daemon.ending()
            #expect(end.code == 0, "\(end)")
            let line = try #require(end.errorLines.first { $0.contains("run ended") })
            for words in ["outcome=green", "took=", "calls=", "pulled=", "connection=acme", "run=1"] {
                #expect(line.contains(words), "\(line)")
            }
            #expect(try await fixture.slots() == ["\(slot.key) | 1 | succeeded"])
            #expect(
                InflowFixture.rows(try await fixture.query("select trigger, status from inflow.run")) == [
                    "catch_up | green"
                ])
            let status = try await fixture.inflow("status", "acme", "--json")
            #expect(status.code == 0 && status.output.contains("\"last_run\" : \"20"), "\(status)")
            #expect(try await fixture.number("select count(*) from inflow.worker") == 0)
        }
    }

    @Test("A sync on the command line goes through the queue, and looks as if it had run by itself")
    func queued() async throws {
        try await InflowFixture.run { fixture in
            let daemon = try fixture.serve()
            #expect(await daemon.error.contains("Serving"))
            let sync = try await fixture.inflow("sync", "acme", "staff", "client")
            #expect(sync.code == 0 && sync.output.contains("green"), "\(sync)")
            #expect(sync.error.contains("in the queue"), "\(sync)")
            #expect(try await fixture.count("wfm.staff") > 0)
            let json = try await fixture.inflow("sync", "acme", "task", "--json")
            #expect(json.code == 0 && json.output.contains("\"outcome\" : \"green\""), "\(json)")
            #expect(
                InflowFixture.rows(try await fixture.query("select kind, outcome from inflow.request order by id"))
                    == ["targeted | green", "targeted | green"])
            // A targeted sync does not set the schedule; a Sync All does, to when it was asked for.
            #expect(try await fixture.count("inflow.schedule") == 0)
            let all = try await fixture.inflow("sync", "acme", "--no-wait")
            #expect(all.code == 0, "\(all)")
            #expect(try await fixture.number("select count(*) from inflow.schedule where anchor is not null") == 1)
            daemon.interrupt()
            #expect(await daemon.ending().code == 0)
        }
    }

    @Test("Three daemons share one warehouse: each slot is run once")
    func three() async throws {
        try await InflowFixture.run { fixture in
            let slot = try await fixture.makeDue()
            let daemons = try (0..<3).map { _ in try fixture.serve(patience: 60) }
            for daemon in daemons { #expect(await daemon.error.contains("Serving")) }
            // Any of them may run it.
            await withTaskGroup(of: Bool.self) { group in
                for daemon in daemons { group.addTask { await daemon.error.contains("run ended") } }
                #expect(await group.next() == true)
                for daemon in daemons { daemon.interrupt() }
            }
            for daemon in daemons { #expect(await daemon.ending().code == 0) }
            #expect(try await fixture.slots() == ["\(slot.key) | 1 | succeeded"])
            #expect(try await fixture.number("select count(*) from inflow.run") == 1)
            #expect(try await fixture.number("select count(*) from inflow.request") == 1)
        }
    }

    @Test(
        "A daemon that is ended at any point loses no slot: the next one runs it, once",
        arguments: Failpoint.ofServing + [.chunkCommitted])
    func killed(at point: Failpoint) async throws {
        try await InflowFixture.run { fixture in
            let slot = try await fixture.makeDue()
            let first = try fixture.serve(["INFLOW_FAILPOINT": point.rawValue])
            let end = await first.ending()
            #expect(end.wasKilled, "\(end)")
            let second = try fixture.serve()
            // One whose run had ended needs only be closed.
            let sign = point == .requestBeforeEnd ? "request closed" : "run ended"
            #expect(await second.error.contains(sign))
            second.interrupt()
            #expect(await second.ending().code == 0)
            #expect(try await fixture.slots() == ["\(slot.key) | 1 | succeeded"])
            let runs = InflowFixture.rows(try await fixture.query("select status from inflow.run order by id"))
            #expect(runs.last == "green" && runs.dropLast().allSatisfy { $0 == "interrupted" || $0 == "green" })
            #expect(
                try await fixture.number(
                    """
                    select count(*) from (
                        select 1 from inflow.chunk where status = 'loaded' and chunk not like '% by key%'
                            and entity <> 'job_status'
                        group by entity, chunk
                        having count(*) > 1
                    ) t
                    """) == 0 || point == .requestBeforeEnd,
                "what was loaded is not read again, but for what is derived")
        }
    }

    @Test("Interrupted in mid-run, the daemon puts the run back; the next one goes on where it stopped")
    func handsOver() async throws {
        try await InflowFixture.run { fixture in
            _ = try await fixture.makeDue()
            try await fixture.sandbox.hold("/time.api", times: -1)
            let first = try fixture.serve()
            try await fixture.sandbox.untilHeld()
            try await eventually("three loaded chunks") {
                try await fixture.number("select count(*) from inflow.chunk where status = 'loaded'") >= 3
            }
            first.interrupt()
            let end = await first.ending()
            #expect(end.code == 0, "\(end)")
            #expect(InflowFixture.rows(try await fixture.query("select status from inflow.request")) == ["queued"])
            #expect(InflowFixture.rows(try await fixture.query("select status from inflow.run")) == ["interrupted"])
            try await fixture.sandbox.control(.post, "faults/clear")
            let second = try fixture.serve()
            #expect(await second.error.contains("run ended"))
            second.interrupt()
            #expect(await second.ending().code == 0)
            #expect(
                InflowFixture.rows(
                    try await fixture.query("select status, continues_run_id from inflow.run order by id"))
                    == ["interrupted | ∅", "green | 1"])
        }
    }

    @Test("The schedule is set, shown and switched by hand; a Sync All sets it to when it was asked for")
    func schedule() async throws {
        try await InflowFixture.run { fixture in
            let set = try await fixture.inflow(
                "schedule", "acme", "--at", "7:30", "--zone", "Pacific/Auckland", "--json")
            #expect(set.code == 0 && set.output.contains("\"at\" : \"07:30\""), "\(set)")
            let off = try await fixture.inflow("schedule", "acme", "--off")
            #expect(off.code == 0 && off.output.contains("switched off"), "\(off)")
            let sync = try await fixture.inflow("sync", "acme", "staff")
            #expect(sync.code == 0)
            #expect(
                InflowFixture.rows(try await fixture.query("select anchor, is_on from inflow.schedule")) == [
                    "07:30 Pacific/Auckland | f"
                ])
            let wrong = try await fixture.inflow("schedule", "acme", "--at", "25:00")
            #expect(wrong.code == 64 && wrong.error.contains("not a time of day"), "\(wrong)")
            let before = Date()
            let all = try await fixture.inflow("sync", "acme")
            #expect(all.code == 0, "\(all)")
            let schedule = try await ScheduleStore(fixture.warehouse).schedule(of: fixture.connection)
            let asked = try #require(schedule.since)
            let started = try #require(try await fixture.query("select max(started_at) from inflow.run")[0][0].date)
            #expect(before <= asked && asked <= started, "\(asked) is not between \(before) and \(started)")
            let zone = try #require(TimeZone(identifier: "Pacific/Auckland"))
            #expect(schedule.anchor == Anchor(at: asked, in: zone) && !schedule.isOn)
        }
    }
}
