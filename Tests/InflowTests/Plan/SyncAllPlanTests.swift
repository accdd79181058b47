import Foundation
import Testing

@testable import Inflow

/// What a Sync All reads, from what was read before.
@Suite("Read set")
struct ReadSetTests {
    private static let today = LocalDate(daysSinceEpoch: 20_778)  // 2026-11-21
    private let now = Instant(timeIntervalSince1970: 20_778 * 86_400 + 8 * 3_600)

    private static func entity(
        _ name: String, _ window: WindowRule, modified: ModifiedRule? = nil, sweeps: [Endpoint] = []
    ) -> EntityDefinition {
        EntityDefinition(
            name, .transactional, summary: "One.", endpoint: Endpoint("\(name).api/list", items: "a/b"), window: window,
            modified: modified, sweeps: sweeps, table: "t.\(name)", key: ["uuid"],
            columns: [.text("uuid", at: "UUID", presence: .required), .date("on_day", at: "Date")])
    }

    private static let span = WindowRule.span(WindowRule.Span(from: "from", to: "to", on: "on_day"))
    private static let client = entity("client", .whole, modified: ModifiedRule("modifiedsince"))
    private static let job = entity(
        "job", span, modified: ModifiedRule("modifiedsinceutc", needsSpan: true),
        sweeps: [Endpoint("job.api/current", items: "a/b")])
    private static let invoice = entity(
        "invoice", span,
        sweeps: [Endpoint("invoice.api/current", items: "a/b"), Endpoint("invoice.api/draft", items: "a/b")])
    private static let timesheet = entity("timesheet", span)

    private func settings(_ change: (inout ConnectionSettings) -> Void = { _ in }) -> ConnectionSettings {
        var settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt,
            firstDate: LocalDate(daysSinceEpoch: LocalDate.days(year: 2025, month: 3, day: 15)))
        change(&settings)
        return settings
    }

    private func plan(
        _ entities: [EntityDefinition], _ state: SyncState, _ change: (inout ConnectionSettings) -> Void = { _ in }
    ) -> [String] {
        RunPlan.syncAll(entities, settings(change), state: state, now: now).parts.flatMap { part in
            part.readings.map { "\(part.entity.name) \($0.reason.rawValue): \($0.chunk)" }
        }
    }

    private func days(ago days: Double) -> Instant { now.addingTimeInterval(-days * 86_400) }

    @Test("Jobs and clients are read whole when no watermark is known")
    func firstTime() {
        #expect(
            plan([Self.client, Self.job], SyncState()) == [
                "client whole: whole", "job sweep: sweep of job.api/current", "job whole: 2025-03-01 to 2026-02-28",
                "job whole: 2026-03-01 to 2027-02-28", "job whole: 2027-03-01 to 2027-11-30",
            ])
    }

    @Test("With a watermark they are asked for what changed, and jobs for their window besides")
    func sinceWatermark() {
        var state = SyncState()
        state.watermarks = ["client": days(ago: 2), "job": days(ago: 2)]
        state.readWhole = ["client": days(ago: 3), "job": days(ago: 3)]
        #expect(
            plan([Self.client, Self.job], state) == [
                "client modified: since 2026-11-19T08:00:00Z", "job sweep: sweep of job.api/current",
                "job window: 2026-10-01 to 2026-10-31", "job window: 2026-11-01 to 2026-11-30",
                "job future: 2026-12-01 to 2027-11-30", "job modified: since 2026-11-19T08:00:00Z",
            ])
    }

    @Test("A week after they were read whole they are again", arguments: [(6.0, false), (6.9, true), (8.0, true)])
    func weekly(ago: Double, isWhole: Bool) {
        var state = SyncState()
        state.watermarks = ["client": days(ago: 1)]
        state.readWhole = ["client": days(ago: ago)]
        #expect(
            plan([Self.client], state) == [
                isWhole ? "client whole: whole" : "client modified: since 2026-11-20T08:00:00Z"
            ])
    }

    @Test("Both lists of open documents come before the windows, as wide as the setting says")
    func sweepsFirst() {
        #expect(
            plan([Self.invoice], SyncState()) { $0.windowMonths = 3 } == [
                "invoice sweep: sweep of invoice.api/current", "invoice sweep: sweep of invoice.api/draft",
                "invoice window: 2026-09-01 to 2026-09-30", "invoice window: 2026-10-01 to 2026-10-31",
                "invoice window: 2026-11-01 to 2026-11-30", "invoice future: 2026-12-01 to 2027-11-30",
            ])
    }

    // MARK: lists by years

    private static let lead = entity(
        "lead", .span(WindowRule.Span(from: "from", to: "to", on: "on_day", chunk: .year, reach: .always)),
        sweeps: [Endpoint("lead.api/current", items: "a/b")])

    /// All months of the leads, each verified `days` ago, but for one unfinished month; months ahead may be empty.
    private func leads(ago days: Double, unfinished: String = "", isEmptyAhead: Bool = false) -> SyncState {
        var state = SyncState()
        let first = LocalDate(daysSinceEpoch: LocalDate.days(year: 2025, month: 3, day: 1))
        state.months = (0..<33).map { index in
            let month = first.adding(months: index)
            return SyncState.Month(
                entity: "lead", month: month, verifiedAt: self.days(ago: days),
                // The running month could always say more.
                needsReading: month == Self.today.startOfMonth || month.description == unfinished,
                isEmpty: isEmptyAhead && month > Self.today)
        }
        return state
    }

    @Test(
        "Leads are read year by year the first time, and once in whole-days; in between the open ones and the last months"
    )
    func years() {
        let whole = [
            "lead sweep: sweep of lead.api/current", "lead list: 2025-03-01 to 2026-02-28",
            "lead list: 2026-03-01 to 2027-02-28", "lead list: 2027-03-01 to 2027-11-30",
        ]
        #expect(plan([Self.lead], SyncState()) == whole)
        #expect(plan([Self.lead], leads(ago: 6.9)) == whole)
        #expect(
            plan([Self.lead], leads(ago: 6)) == [
                "lead sweep: sweep of lead.api/current", "lead window: 2026-10-01 to 2026-11-30",
                "lead future: 2026-12-01 to 2027-11-30",
            ])
        #expect(plan([Self.lead], leads(ago: 2)) { $0.wholeDays = 1 } == whole)
    }

    @Test("A year of leads with a month that is not complete is read at once")
    func unfinishedYear() {
        let state = leads(ago: 1, unfinished: "2025-06-01")
        #expect(
            plan([Self.lead], state) == [
                "lead sweep: sweep of lead.api/current", "lead list: 2025-03-01 to 2026-02-28",
                "lead window: 2026-10-01 to 2026-11-30", "lead future: 2026-12-01 to 2027-11-30",
            ])
    }

    @Test(
        "Years ahead that held no lead are not read in between, and a list without a list of open records is read whole"
    )
    func emptyYears() {
        let state = leads(ago: 1, isEmptyAhead: true)
        #expect(
            plan([Self.lead], state) == [
                "lead sweep: sweep of lead.api/current", "lead window: 2026-10-01 to 2026-11-30",
            ])
        let bare = Self.entity(
            "lead", .span(WindowRule.Span(from: "from", to: "to", on: "on_day", chunk: .year, reach: .always)))
        #expect(
            plan([bare], state) == ["lead list: 2025-03-01 to 2026-02-28", "lead list: 2026-03-01 to 2027-02-28"])
    }

    // MARK: rotation

    /// Sixty months back from September 2026, verified one day after the other, the oldest first.
    private func covered(_ count: Int, oldest: Double, step: Double) -> SyncState {
        var state = SyncState()
        let first = Self.today.startOfMonth.adding(months: -1 - count)
        state.months = (0..<count).map { index in
            SyncState.Month(
                entity: "timesheet", month: first.adding(months: index),
                verifiedAt: days(ago: oldest - Double(index) * step))
        }
        return state
    }

    private func rotated(_ state: SyncState, _ change: (inout ConnectionSettings) -> Void = { _ in }) -> [String] {
        plan([Self.timesheet], state, change).filter { $0.contains("rotation") }
    }

    @Test("Each day a thirtieth of the covered months is verified again, those verified longest ago first")
    func share() {
        #expect(
            rotated(covered(60, oldest: 29, step: 0.4))
                == [
                    "timesheet rotation: 2021-10-01 to 2021-10-31", "timesheet rotation: 2021-11-01 to 2021-11-30",
                ])
    }

    @Test("What is overdue is read at once, however much it is")
    func overdue() {
        #expect(rotated(covered(40, oldest: 45, step: 0)).count == 40)
    }

    @Test("What was verified within the last day, or lies in the window, has no turn")
    func notTwice() {
        #expect(rotated(covered(40, oldest: 0.5, step: 0)).isEmpty)
        var state = SyncState()
        state.months = [
            .init(entity: "timesheet", month: Self.today.startOfMonth, verifiedAt: days(ago: 100)),
            .init(entity: "timesheet", month: Self.today.startOfMonth.adding(months: -1), verifiedAt: days(ago: 100)),
        ]
        #expect(rotated(state).isEmpty)
    }

    @Test("The rotation takes only calls that are to spare, and none when it is switched off")
    func spare() {
        var state = covered(40, oldest: 45, step: 0)
        state.callsSpent = 3_990
        // 4,000 of 5,000 may be spent; 3 of the 10 left go to the windows and the year ahead.
        #expect(rotated(state).count == 7)
        #expect(rotated(state) { $0.callsPerDay = 0 }.count == 40)
        #expect(rotated(state) { $0.rotationDays = 0 }.isEmpty)
    }

    @Test("Followed day by day, every month is verified again within its thirty days")
    func allWithinTime() {
        var verified = Dictionary(
            uniqueKeysWithValues: (0..<100).map { (Self.today.startOfMonth.adding(months: -2 - $0), days(ago: 1)) })
        for day in 0..<90 {
            let moment = now.addingTimeInterval(Double(day) * 86_400)
            var state = SyncState()
            state.months = verified.map { .init(entity: "timesheet", month: $0.key, verifiedAt: $0.value) }
            let plan = RunPlan.syncAll([Self.timesheet], settings(), state: state, now: moment)
            for reading in plan.parts[0].readings where reading.reason == .rotation {
                if case .span(let window) = reading.chunk { verified[window.from] = moment }
            }
            for reading in plan.parts[0].readings where reading.reason == .window {
                if case .span(let window) = reading.chunk, verified[window.from] != nil {
                    verified[window.from] = moment
                }
            }
            let oldest = verified.values.min().map { moment.timeIntervalSince($0) / 86_400 } ?? 0
            #expect(oldest < 30, "day \(day)")
        }
    }

    // MARK: reconcile

    @Test("Reconcile re-reads the covered months within the dates, and lists only where no dates are given")
    func reconcile() throws {
        var state = covered(3, oldest: 3, step: 1)
        state.readWhole = ["client": now]
        state.months.append(.init(entity: "invoice", month: LocalDate(daysSinceEpoch: 20_636), verifiedAt: now))
        func words(_ from: LocalDate?, _ to: LocalDate?) throws -> [String] {
            try RunPlan.reconcile(
                [], of: [Self.client, Self.invoice, Self.timesheet], from: from, to: to, settings(), state: state,
                today: Self.today
            ).parts.flatMap { part in part.chunks.map { "\(part.entity.name) \($0)" } }
        }
        #expect(
            try words(nil, nil) == [
                "client whole", "invoice sweep of invoice.api/current", "invoice sweep of invoice.api/draft",
                "invoice 2026-07-01 to 2026-07-31", "timesheet 2026-07-01 to 2026-07-31",
                "timesheet 2026-08-01 to 2026-08-31", "timesheet 2026-09-01 to 2026-09-30",
            ])
        #expect(
            try words(LocalDate(daysSinceEpoch: 20_680), nil) == [
                "timesheet 2026-08-01 to 2026-08-31", "timesheet 2026-09-01 to 2026-09-30",
            ])
    }

    @Test("A part of a month is not the month")
    func wholeMonths() throws {
        let day = Self.today.startOfMonth
        let window = try #require(Window(from: day.adding(days: -3), until: day.adding(months: 2).adding(days: 5)))
        #expect(window.wholeMonths == [day, day.adding(months: 1)])
        #expect(window.touchedMonths == [-1, 0, 1, 2].map { day.adding(months: $0) })
    }
}
