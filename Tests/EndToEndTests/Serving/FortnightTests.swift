import Foundation
import Inflow
import Logging
import Sync
import TestSupport
import Testing
import Warehouse

/// A schedule over fourteen simulated days, which three daemons look at every half hour.
///
/// The anchor is 02:30 in Auckland, from 28 March 2027 on. Nothing serves on 29, 30 and 31 March. The run of 3 April
/// fails twice. On 4 April clocks go back at 3:00, so that the anchor's hour comes twice.
@Suite("A fortnight of the schedule", .timeLimit(.minutes(10)))
struct FortnightTests {
    /// What was queued in the fortnight.
    private struct Record: Sendable {
        /// Of each day's slot the attempts in order, each due in time or caught up later.
        var attempts: [String: [Attempt]] = [:]
        /// How many slots the three daemons claimed in each half hour in which they claimed any.
        var claimedAtOnce: [Int] = []
    }

    private enum Attempt { case due, late }

    private static let recorded = Task { try await record() }

    /// The fortnight, played once for all tests.
    private static func record() async throws -> Record {
        let cluster = TestCluster.shared
        let template = TestTemplate.warehouse
        let database = try await cluster.database(
            from: try await cluster.template(named: template.name, make: template.make))
        let (records, giver) = AsyncStream.makeStream(of: Record.self)
        try await InflowFixture.run(url: database.url) { giver.yield(try await play($0)) }
        giver.finish()
        try await cluster.drop(database)
        var first = records.makeAsyncIterator()
        return try #require(await first.next())
    }

    private static func play(_ fixture: InflowFixture) async throws -> Record {
        let zone = try #require(TimeZone(identifier: "Pacific/Auckland"))
        let start = try Date("2027-03-28T00:00:00Z", strategy: .iso8601)
        let anchor = try Anchor(time: "02:30", zone: zone)
        try await ScheduleStore(fixture.warehouse).change(fixture.connection) { $0.set(anchor, at: start) }
        var record = Record()
        for step in 0..<(14 * 24 * 2) {
            let now = start.addingTimeInterval(Double(step) * 1_800)
            if ("2027-03-29"..."2027-03-31").contains(LocalDate(now, in: zone).description) { continue }
            let scheduler = Scheduler(fixture.warehouse, logger: .init(label: "test"), now: { now })
            async let rounds = [scheduler.round(), scheduler.round(), scheduler.round()]
            let claimed = try await rounds.flatMap(\.self)
            if !claimed.isEmpty { record.claimedAtOnce.append(claimed.count) }
            for _ in claimed { try await run(fixture, at: now, &record) }
        }
        return record
    }

    /// Takes the next request and ends it: as failed for the first two attempts of 3 April.
    private static func run(_ fixture: InflowFixture, at now: Date, _ record: inout Record) async throws {
        let queue = RunQueue(fixture.warehouse)
        let taken = try #require(try await queue.take("worker"))
        guard case .slot(let slot, let isCatchUp) = taken.request.kind else {
            Issue.record("The scheduler queued \(taken.request.kind).")
            return
        }
        let fails = slot.description == "2027-04-03" && record.attempts[slot.description, default: []].count < 2
        record.attempts[slot.description, default: []].append(isCatchUp ? .late : .due)
        try await queue.end(taken, outcome: fails ? .failed : .green, error: nil, run: nil, parkedUntil: nil, at: now)
    }

    @Test("Each day has one slot, which is run once")
    func daily() async throws {
        let attempts = try await Self.recorded.value.attempts
        for day in ["2027-04-01", "2027-04-02"] + (5...10).map({ "2027-04-" + ($0 < 10 ? "0\($0)" : "\($0)") }) {
            #expect(attempts[day] == [.due], "\(day)")
        }
        // The first slot after the start is the 29th's.
        #expect(attempts.keys.allSatisfy { ("2027-03-31"..."2027-04-11").contains($0) }, "\(attempts.keys.sorted())")
    }

    @Test("A slot whose run fails is tried again until it works")
    func failures() async throws {
        #expect(try await Self.recorded.value.attempts["2027-04-03"] == [.due, .due, .due])
    }

    @Test("The hour that a clock change repeats has one slot")
    func clockChange() async throws {
        #expect(try await Self.recorded.value.attempts["2027-04-04"] == [.due])
    }

    @Test("Of the slots missed while nothing served, only the last is caught up, once")
    func downtime() async throws {
        let attempts = try await Self.recorded.value.attempts
        #expect(attempts["2027-03-29"] == nil && attempts["2027-03-30"] == nil)
        #expect(attempts["2027-03-31"] == [.late])
    }

    @Test("Of three daemons that look at the same moment, one claims the slot")
    func atOnce() async throws {
        let record = try await Self.recorded.value
        #expect(record.claimedAtOnce.count == record.attempts.values.reduce(0) { $0 + $1.count })
        #expect(record.claimedAtOnce.allSatisfy { $0 == 1 }, "\(record.claimedAtOnce)")
    }
}
