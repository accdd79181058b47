import Foundation
import Inflow
import Sync
import Warehouse

/// What a Sync All that a person asked for did to the time of the daily run.
///
/// The time moves when the run is asked for, so that a slot which comes while it reads is not run besides. One that is
/// refused before it read anything puts the time back.
struct ScheduleMove {
    let connection: Connection
    let askedAt: Instant
    let before: Schedule
    let after: Schedule
    private let store: ScheduleStore

    /// Anchors the schedule at the request.
    static func make(_ warehouse: Warehouse, _ connection: Connection, at asked: Instant) async throws -> ScheduleMove {
        let store = ScheduleStore(warehouse)
        let before = try await store.schedule(of: connection)
        let zone = connection.settings.timeZone
        let after = try await store.change(connection) { $0.syncAll(askedAt: asked, zone: zone) }
        return ScheduleMove(connection: connection, askedAt: asked, before: before, after: after, store: store)
    }

    /// Puts the time back.
    func takeBack() async throws {
        try await store.takeBackSyncAll(askedAt: askedAt, of: connection.id)
    }

    /// The next run, and where the time moved how to put it back; `nil` where nothing is due or nothing moved.
    func sentence(now: Instant) async throws -> String? {
        let state = try await store.states(now: now)[connection.id] ?? ScheduleState(Schedule())
        // A person, or another Sync All, may have set it since.
        guard before.anchor?.minuteOfDay != after.anchor?.minuteOfDay, state.schedule.anchor == after.anchor,
            let anchor = after.anchor, let slot = state.nextSlot(after: now)
        else { return nil }
        let when = InstantText.day(state.begin(slot), in: anchor.zone, now: now)
        let name = connection.name
        guard let was = before.anchor else {
            return "Next run \(when), and every day from then on (\"inflow schedule \(name.shellWord) --at "
                + "07:30\" sets another "
                + "time)."
        }
        return "Next run \(when) (was \(was.time); \"inflow schedule \(name.shellWord) --at \(was.time)\" puts "
            + "it back)."
    }

    /// Whether a run was refused before it read anything.
    static func isRefused(_ report: RunReport) -> Bool {
        switch report.outcome {
        case .consent, .failed: report.entities.allSatisfy { $0.loadedChunks == 0 && $0.tally.pulled == 0 }
        case .green, .warnings, .rejections, .quota, .interrupted: false
        }
    }
}
