import Foundation
import Testing

@testable import Inflow

/// Months that were read and are not complete, in the rotation and in a backfill.
@Suite("Months that need another reading")
struct IncompleteMonthTests {
    private static let entity = EntityDefinition(
        "timesheet", .transactional, summary: "One.", endpoint: Endpoint("timesheet.api/list", items: "a/b"),
        window: .span(WindowRule.Span(from: "from", to: "to", on: "on_day")), table: "t.timesheet", key: ["uuid"],
        columns: [.text("uuid", at: "UUID", presence: .required), .date("on_day", at: "Date")])

    private let today = LocalDate(daysSinceEpoch: 20_778)  // 2026-11-21
    private let now = Instant(timeIntervalSince1970: 20_778 * 86_400 + 8 * 3_600)

    /// Five months from April 2026, read two days ago; those of the numbers given need another reading.
    private func state(needing: Set<Int>) -> SyncState {
        var state = SyncState()
        state.months = (0..<5).map { index in
            SyncState.Month(
                entity: "timesheet", month: LocalDate(daysSinceEpoch: 20_544).startOfMonth.adding(months: index),
                verifiedAt: now.addingTimeInterval(-2 * 86_400), needsReading: needing.contains(index))
        }
        return state
    }

    private func spans(_ readings: [RunPlan.Reading], _ reason: RunPlan.Reason) -> [String] {
        readings.filter { $0.reason == reason }.map(\.chunk.description)
    }

    @Test("10.D14 the rotation reads a month first that a reading now could complete, however lately it was read")
    func rotation() throws {
        let settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 20_000))
        let plan = RunPlan.syncAll([Self.entity], settings, state: state(needing: [2, 3]), now: now)
        let readings = try #require(plan.parts.first).readings
        #expect(
            spans(readings, .rotation) == ["2026-06-01 to 2026-06-30", "2026-07-01 to 2026-07-31"])
    }

    @Test("10.D14 a backfill leaves out only months of which a reading now could say no more")
    func backfill() throws {
        let first = LocalDate(daysSinceEpoch: 20_544).startOfMonth
        let plan = try BackfillPlan(
            [], of: [Self.entity], from: first, to: first.adding(months: 5).adding(days: -1), by: .month, again: false,
            state: state(needing: [1]), today: today)
        #expect(plan.chunks.map(\.description) == ["2026-05-01 to 2026-05-31"])
        #expect(plan.skipped == 4)
    }
}
