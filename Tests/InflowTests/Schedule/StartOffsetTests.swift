import Foundation
import Testing

@testable import Inflow

@Suite("StartOffset")
struct StartOffsetTests {
    private func offsets(_ anchors: [Int64: Anchor], at instant: Instant) -> [Double] {
        anchors.keys.sorted().compactMap { number in
            anchors[number]?.lastSlot(atOrBefore: instant)
        }.enumerated().map { index, slot in
            StartOffset(connection: anchors.keys.sorted()[index], among: anchors).offset(of: slot)
        }
    }

    private func alike(_ count: Int64) throws -> [Int64: Anchor] {
        let anchor = try anchor("07:30", "Pacific/Auckland")
        return Dictionary(uniqueKeysWithValues: (1...count).map { ($0 * 7, anchor) })
    }

    @Test("Connections that share an anchor begin half a minute after one another, by number")
    func few() throws {
        let now = try instant("2026-11-21T00:00:00Z")
        #expect(offsets(try alike(4), at: now) == [0, 30, 60, 90])
        #expect(offsets(try alike(1), at: now) == [0])
    }

    @Test("Many begin within ten minutes, each at a second of its own")
    func many() throws {
        let now = try instant("2026-11-21T00:00:00Z")
        #expect(offsets(try alike(21), at: now).last == 600)
        let offsets = offsets(try alike(100), at: now)
        #expect(offsets.first == 0)
        #expect(offsets.last == 600)
        #expect(offsets == offsets.sorted())
        #expect(Set(offsets).count == 100)
    }

    @Test("Different anchors that are due at one instant are staggered; others are not")
    func zones() throws {
        var anchors: [Int64: Anchor] = [
            1: try anchor("07:30", "Pacific/Auckland"), 2: try anchor("05:30", "Australia/Sydney"),
            3: try anchor("08:30", "Pacific/Auckland"), 4: try anchor("18:30", "UTC"),
        ]
        #expect(offsets(anchors, at: try instant("2026-11-21T00:00:00Z")) == [0, 30, 0, 60])
        anchors[1] = nil
        #expect(offsets(anchors, at: try instant("2026-11-21T00:00:00Z")) == [0, 0, 30])
    }

    @Test("It does not change with what the others have run, and is the same whether oneself is listed")
    func steady() throws {
        var anchors = try alike(3)
        let slot = try #require(anchors[21]).lastSlot(atOrBefore: instant("2026-11-21T00:00:00Z"))
        #expect(StartOffset(connection: 21, among: anchors).offset(of: slot) == 60)
        anchors[21] = nil
        #expect(StartOffset(connection: 21, among: anchors).offset(of: slot) == 60)
    }

    @Test("The slot is claimed at its stagger under its own key, and is no catch-up for it")
    func decision() throws {
        let anchor = try anchor("07:30", "Pacific/Auckland")
        let slot = anchor.lastSlot(atOrBefore: try instant("2026-11-21T00:00:00Z"))
        var state = ScheduleState(Schedule(anchor: anchor, since: slot.instant - 5 * 86_400))
        state.stagger = StartOffset(connection: 21, among: try alike(3))
        #expect(state.decision(at: slot.instant + 30) == .wait(until: slot.instant + 60), "not yesterday's either")
        #expect(state.decision(at: slot.instant + 60) == .run(slot, attempt: 1, why: .due))
        #expect(state.decision(at: slot.instant + 60 + 899) == .run(slot, attempt: 1, why: .due))
        #expect(state.decision(at: slot.instant + 60 + 900) == .run(slot, attempt: 1, why: .catchUp))
        state.claim = SlotClaim(slot, state: .succeeded)
        #expect(state.decision(at: slot.instant + 60) == .wait(until: slot.instant + 86_400 + 60))
    }
}
