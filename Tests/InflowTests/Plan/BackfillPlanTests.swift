import Foundation
import Testing

@testable import Inflow

/// What a backfill reads, in which chunks, and at what cost.
@Suite("Backfill plan")
struct BackfillPlanTests {
    private let today = LocalDate(daysSinceEpoch: 20_778)  // 2026-11-21

    private func entity(_ name: String, paging: Endpoint.Paging = .none) -> EntityDefinition {
        EntityDefinition(
            name, .transactional, summary: "One.", endpoint: Endpoint("\(name).api/list", items: "a/b", paging: paging),
            window: .span(WindowRule.Span(from: "from", to: "to", on: "on_day")), table: "t.\(name)", key: ["uuid"],
            columns: [.text("uuid", at: "UUID", presence: .required), .date("on_day", at: "Date")])
    }

    private func day(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

    private func plan(
        _ from: String, _ to: String?, by size: BackfillPlan.Size = .quarter, again: Bool = false,
        state: SyncState = SyncState()
    ) throws -> BackfillPlan {
        try BackfillPlan(
            [], of: [entity("invoice"), entity("job", paging: .counted(size: 1000))], from: try day(from),
            to: try to.map(day), by: size, again: again, state: state, today: today)
    }

    @Test("Quarters come newest first, cut at the days asked for, which are widened to whole months")
    func quarters() throws {
        let plan = try plan("2026-02-10", nil)
        #expect(
            plan.chunks.map(\.description) == [
                "2026-10-01 to 2026-11-30", "2026-07-01 to 2026-09-30", "2026-04-01 to 2026-06-30",
                "2026-02-01 to 2026-03-31",
            ])
        #expect(plan.chunks.allSatisfy { $0.parts.map(\.entity.name) == ["invoice", "job"] })
        #expect(
            try self.plan("2025-03-01", "2026-02-01", by: .year).chunks.map(\.description) == [
                "2026-01-01 to 2026-02-28", "2025-03-01 to 2025-12-31",
            ])
        #expect(try self.plan("2026-09-30", "2026-10-01", by: .month).chunks.count == 2)
    }

    @Test("Covered months are skipped, neighbouring gaps joined, whole chunks left out, unless all is asked for again")
    func covered() throws {
        var state = SyncState()
        for month in ["2026-04-01", "2026-05-01", "2026-06-01", "2026-08-01"] {
            for name in ["invoice", "job"] {
                state.months.append(.init(entity: name, month: try day(month), verifiedAt: Date()))
            }
        }
        state.months.append(.init(entity: "invoice", month: try day("2026-07-01"), verifiedAt: Date()))
        let plan = try plan("2026-04-01", "2026-09-30", state: state)
        #expect(plan.skipped == 1)
        #expect(
            plan.chunks.map { $0.parts.map { part in "\(part.entity.name) \(part.gaps.map(\.description))" } } == [
                [
                    "invoice [\"2026-09-01 to 2026-09-30\"]",
                    "job [\"2026-07-01 to 2026-07-31\", \"2026-09-01 to 2026-09-30\"]",
                ]
            ])
        #expect(try self.plan("2026-04-01", "2026-09-30", again: true, state: state).chunks.count == 2)
    }

    @Test(
        "The cost is spans, or pages where the platform pages; it says what is left of the day, or how many days it takes"
    )
    func cost() throws {
        var state = SyncState()
        state.rowsPerDay = ["job": 100]
        var settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
        let plan = try plan("2026-07-01", "2026-09-30")
        // Three months of invoices, and four, four and three pages (100 records a day) of three months of jobs.
        let estimate = plan.estimate(sizes: [:], state: state, settings, reserve: 500)
        #expect(estimate.calls == 3 + 4 + 4 + 3 && estimate.minutes == 1 && estimate.percentOfDay == 1)
        #expect(estimate.left == 4_986 && estimate.days == 1)
        #expect(
            estimate.words == "1 chunk, about 14 calls, 1 minute at the limit of calls a minute, 1 % of a day's quota; "
                + "leaves 4986 calls today for the next scheduled run")
        let quarter = try #require(SpanSize("3 months"))
        #expect(
            plan.estimate(sizes: ["invoice": quarter, "job": quarter], state: state, settings, reserve: 500).calls == 11
        )
        state.callsSpent = 4_490
        let tight = plan.estimate(sizes: [:], state: state, settings, reserve: 500)
        #expect(tight.days == 2 && tight.left == -4)
        settings.callsPerDay = 0
        #expect(plan.estimate(sizes: [:], state: state, settings, reserve: 500).left == nil)
    }

    @Test("Unknown entities, entities without dates and days in the wrong order are refused in words")
    func refusals() throws {
        let list = EntityDefinition(
            "staff", .reference, summary: "One.", endpoint: Endpoint("staff.api/list", items: "a/b"), window: .whole,
            table: "t.staff", key: ["uuid"], columns: [.text("uuid", at: "UUID", presence: .required)])
        for (names, from, to, words) in [
            (["staf"], "2026-01-01", nil, "There is no entity"), (["staff"], "2026-01-01", nil, "without dates"),
            ([], "2026-03-01", "2026-02-01", "is after"),
        ] as [([String], String, String?, String)] {
            let refusal = #expect(throws: RunPlan.Refusal.self) {
                try BackfillPlan(
                    names, of: [entity("invoice"), list], from: try day(from), to: try to.map(day), by: .quarter,
                    again: false, state: SyncState(), today: today)
            }
            #expect(refusal?.description.contains(words) == true, "\(words)")
        }
    }
}

/// The sizes of the spans that dated entities are read in.
@Suite("Span sizes")
struct SpanSizeTests {
    @Test("Spans of every size cover the window exactly, in order, and those shorter than a month stay within one")
    func cut() throws {
        let first = try #require(LocalDate("2023-11-01"))
        let window = try #require(Window(from: first, until: first.adding(months: 12)))
        var size: SpanSize? = .day
        while let one = size {
            let spans = one.cut(window)
            #expect(spans.first?.from == window.from && spans.last?.until == window.until)
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.until == $1.from }, "\(one)")
            #expect(
                spans.allSatisfy { one < .month ? $0.touchedMonths.count == 1 : $0.wholeMonths == $0.touchedMonths })
            let next = one.grown(after: 0)
            size = next == one ? nil : next
        }
        #expect(SpanSize.day.cut(window).count == window.days && SpanSize.year.cut(window) == [window])
    }

    @Test(
        "It grows where the next size would still take less than a minute, halves down to a day, and is written as it is read"
    )
    func ladder() {
        #expect(SpanSize.month.grown(after: 20) > .month && SpanSize.month.grown(after: 31) == .month)
        #expect(SpanSize.month.halved.description == "16 days" && SpanSize.day.halved == .day)
        #expect(SpanSize.year.grown(after: 0) == .year)
        for text in ["1 day", "2 days", "16 days", "1 month", "12 months"] {
            #expect(SpanSize(text)?.description == text)
        }
        #expect(SpanSize("5 days") == nil)
    }
}
