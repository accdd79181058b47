import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Resuming a connection", .warehouse)
struct ResumeTests {
    private let noon = Instant(timeIntervalSince1970: 1_795_262_400)

    @Test("Runs that were due in a pause are not caught up")
    func notCaughtUp() async throws {
        let fixture = try await LoaderFixture()
        let (store, schedules) = (ConnectionStore(fixture.warehouse), ScheduleStore(fixture.warehouse))
        let anchor = try Anchor(time: "07:30", zone: .gmt)
        let before = noon.addingTimeInterval(-5 * 86_400)
        try await schedules.change(fixture.connection) { $0.set(anchor, at: before) }
        try await store.pause(fixture.connection)
        try await store.resume(fixture.connection, at: noon)
        #expect(try await schedules.schedule(of: fixture.connection).since == noon)
        let state = try #require(try await schedules.states(now: noon)[fixture.connection.id])
        guard case .wait(let next) = state.decision(at: noon) else {
            Issue.record("a run of the pause is caught up: \(state.decision(at: noon))")
            return
        }
        #expect(next >= noon)
    }

    @Test("Resuming a connection that was not paused moves nothing")
    func notPaused() async throws {
        let fixture = try await LoaderFixture()
        let schedules = ScheduleStore(fixture.warehouse)
        let before = noon.addingTimeInterval(-5 * 86_400)
        let anchor = try Anchor(time: "07:30", zone: .gmt)
        try await schedules.change(fixture.connection) { $0.set(anchor, at: before) }
        try await ConnectionStore(fixture.warehouse).resume(fixture.connection, at: noon)
        #expect(try await schedules.schedule(of: fixture.connection).since == before)
    }
}
