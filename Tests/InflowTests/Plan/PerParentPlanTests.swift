import Foundation
import Testing

@testable import Inflow

@Suite("What is read by one call for each record")
struct PerParentPlanTests {
    private static func entity(_ name: String, of parent: String = "job") -> EntityDefinition {
        EntityDefinition(
            name, .transactional, summary: "A \(name).", endpoint: Endpoint("x/{key}", items: "R/X"),
            window: .perParent(.init(parent: parent, key: "number")), table: "wfm.\(name)", key: ["number", "uuid"],
            columns: [.parent("number", "number"), .text("uuid", at: "UUID", presence: .required)])
    }

    private static var settings: ConnectionSettings {
        ConnectionSettings(accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
    }

    private static func backlog(
        _ entity: String, due: [String] = [], failed: [String] = [], old: [String] = [], overdue: Int = 0,
        parents: Int? = nil, isUsed: Bool = true
    ) -> ParentBacklog {
        var backlog = ParentBacklog(entity: entity)
        (backlog.dueKeys, backlog.failedKeys, backlog.oldKeys) = (due, failed, old)
        backlog.due = due.count + failed.count
        backlog.old = overdue
        backlog.parents = parents ?? backlog.due + old.count
        backlog.isUsed = isUsed
        return backlog
    }

    private static func keys(_ part: RunPlan.Part) -> [[String]] {
        part.chunks.map { chunk in if case .parents(let keys) = chunk { keys } else { [] } }
    }

    private static func numbered(_ prefix: String, _ count: Int) -> [String] { (0..<count).map { "\(prefix)\($0)" } }

    // MARK: budget

    @Test(
        "A day's share is a part of its calls, less what it took already, and leaves a tenth of the day to people",
        arguments: [
            (5000, 40, 1000, 0, 0, 1000), (5000, 40, 9000, 0, 0, 2000), (5000, 40, 9000, 1500, 1500, 500),
            (5000, 40, 9000, 2500, 2500, 0), (5000, 40, 9000, 0, 4400, 100), (5000, 40, 9000, 0, 4900, 0),
            (5000, 0, 9000, 0, 0, 0), (0, 40, 700, 50_000, 90_000, 700), (0, 0, 700, 0, 0, 0),
        ])
    func budget(perDay: Int, percent: Int, most: Int, spent: Int, all: Int, expected: Int) {
        var settings = Self.settings
        (settings.callsPerDay, settings.perParentPercent, settings.perParentCalls) = (perDay, percent, most)
        #expect(PerParentPlan.budget(settings, spent: spent, spentInAll: all, reader: .background) == expected)
    }

    @Test("What a person asks for by name is not bound by the share, but by the day")
    func asked() {
        var settings = Self.settings
        settings.perParentPercent = 0
        #expect(PerParentPlan.budget(settings, spent: 0, spentInAll: 0, reader: .person) == 1000)
        #expect(PerParentPlan.budget(settings, spent: 0, spentInAll: 4450, reader: .person) == 50)
    }

    @Test("A Sync All makes few calls, so that it ends when the tables are there")
    func sync() {
        #expect(PerParentPlan.budget(Self.settings, spent: 0, spentInAll: 0, reader: .sync) == 60)
        #expect(PerParentPlan.budget(Self.settings, spent: 0, spentInAll: 0, reader: .background) == 1000)
    }

    @Test("A reserve larger than a tenth of the day stays with people")
    func reserve() {
        var settings = Self.settings
        settings.quotaReserve = 1_500
        #expect(PerParentPlan.budget(settings, spent: 0, spentInAll: 3_400, reader: .background) == 100)
        #expect(PerParentPlan.budget(settings, spent: 0, spentInAll: 3_600, reader: .background) == 0)
    }

    @Test("When a backlog is done is counted in days of a daemon, else in Sync Alls; never, where nothing may be spent")
    func days() {
        var settings = Self.settings
        #expect(
            [0, 1, 3000, 3001, 12_400].map { PerParentPlan.days($0, settings, isServed: true) } == [0, 1, 1, 2, 5])
        #expect([0, 60, 61].map { PerParentPlan.days($0, settings, isServed: false) } == [0, 1, 2])
        settings.callsPerMinute = 1
        #expect(PerParentPlan.days(1441, settings, isServed: true) == 2)
        settings.perParentPercent = 0
        #expect(PerParentPlan.days(1, settings, isServed: true) == nil)
        #expect(PerParentPlan.days(1, settings, isServed: false) == nil)
    }

    // MARK: which

    @Test(
        "Of records that have not changed every kind gets the same, and what one does not need goes to the others",
        arguments: [
            ([5, 5, 5], 15, [5, 5, 5]), ([100, 2, 100], 30, [14, 2, 14]), ([100, 0, 1], 10, [9, 0, 1]),
            ([9, 9], 5, [3, 2]), ([1, 1], 0, [0, 0]), ([], 7, []),
        ])
    func shares(wanted: [Int], sum: Int, expected: [Int]) {
        #expect(PerParentPlan.shares(wanted, sum) == expected)
    }

    @Test("The kind that is worth most is read first, and the next gets what it leaves")
    func worth() {
        let entities = ["payment", "cost", "field"].map { Self.entity($0) }
        let backlogs = [
            Self.backlog("field", due: Self.numbered("F", 9)), Self.backlog("cost", due: Self.numbered("C", 60)),
            Self.backlog("payment", due: Self.numbered("P", 20)),
        ]
        let parts = PerParentPlan(Self.settings, budget: 50).parts(entities, backlogs)
        #expect(parts.map { $0.readings.reduce(0) { $0 + $1.calls } } == [20, 30, 0])
    }

    @Test("In the background chunks are small, and unchanged records wait for the next Sync All")
    func background() {
        let backlog = Self.backlog("cost", due: Self.numbered("C", 25), old: Self.numbered("K", 50), overdue: 50)
        let parts = PerParentPlan(Self.settings, budget: 100, reader: .background)
            .parts([Self.entity("cost")], [backlog])
        #expect(Self.keys(parts[0]).map(\.count) == [10, 10, 5])
    }

    @Test("Records are read in the order they are due, fifty in a chunk, each a call")
    func chunks() {
        let due = Self.numbered("J", 120)
        let parts = PerParentPlan(Self.settings, budget: 110)
            .parts([Self.entity("cost")], [Self.backlog("cost", due: due)])
        #expect(Self.keys(parts[0]) == [Array(due[..<50]), Array(due[50..<100]), Array(due[100..<110])])
        #expect(parts[0].readings.map(\.calls) == [50, 50, 10])
        #expect(parts[0].readings.allSatisfy { $0.reason == .values })
    }

    @Test("One that failed before is read alone, after the others")
    func failed() {
        let backlog = Self.backlog("cost", due: ["a", "b"], failed: ["x", "y"])
        let plan = PerParentPlan(Self.settings, budget: 3)
        #expect(Self.keys(plan.parts([Self.entity("cost")], [backlog])[0]) == [["a", "b"], ["x"]])
    }

    @Test("What is left goes to those read longest ago: a day's part of all, or more where they are overdue")
    func rotation() {
        let old = Self.numbered("K", 50)
        func read(_ budget: Int, overdue: Int = 0, days: Int = 90) -> [[String]] {
            var settings = Self.settings
            settings.perParentDays = days
            let backlog = Self.backlog("cost", due: ["a"], old: old, overdue: overdue, parents: 900)
            return Self.keys(PerParentPlan(settings, budget: budget).parts([Self.entity("cost")], [backlog])[0])
        }
        #expect(read(1) == [["a"]])
        #expect(read(5) == [["a"], Array(old[..<4])])
        #expect(read(100) == [["a"], Array(old[..<10])])
        #expect(read(100, overdue: 20) == [["a"], Array(old[..<20])])
        #expect(read(100, overdue: 20, days: 0) == [["a"]])
    }

    @Test("Records that have not changed take a number of calls a run at most, those longest ago first")
    func fewOld() {
        var settings = Self.settings
        settings.perParentOldCalls = 6
        let backlogs = ["cost", "payment"].map {
            Self.backlog(Self.entity($0).name, due: ["a"], old: Self.numbered($0, 50), overdue: 40, parents: 900)
        }
        let parts = PerParentPlan(settings, budget: 100).parts([Self.entity("cost"), Self.entity("payment")], backlogs)
        #expect(Self.keys(parts[0]) == [["a"], ["cost0", "cost1", "cost2"]])
        #expect(Self.keys(parts[1]) == [["a"], ["payment0", "payment1", "payment2"]])
    }

    @Test("A kind without a definition that says it has any is not asked for")
    func unused() {
        let backlog = Self.backlog("cost", due: ["a"], old: ["b"], isUsed: false)
        #expect(PerParentPlan(Self.settings, budget: 9).parts([Self.entity("cost")], [backlog])[0].readings.isEmpty)
    }

    // MARK: the run's plan

    @Test(
        "They are the last of a Sync All, of a targeted sync and of approved deletions, and a part like any other else")
    func place() {
        let job = EntityDefinition(
            "job", .transactional, summary: "A job.", endpoint: Endpoint("x", items: "R/X"), window: .whole,
            table: "wfm.job", key: ["uuid"], columns: [.text("uuid", at: "UUID", presence: .required)])
        let parts = [job, Self.entity("cost")].map { RunPlan.Part(entity: $0, chunks: []) }
        func plan(_ trigger: Trigger) -> RunPlan { RunPlan(trigger: trigger, scope: "", parts: parts, known: []) }
        for trigger in [Trigger.manual, .targeted, .deletions, .values] {
            #expect(plan(trigger).perParent.map(\.name) == ["cost"])
            #expect(plan(trigger).withoutPerParent.parts.map(\.entity.name) == ["job"])
        }
        for trigger in [Trigger.retry, .reconcile] {
            #expect(plan(trigger).perParent.isEmpty && plan(trigger).withoutPerParent == plan(trigger))
        }
        let expected = RunPlan.Part(
            entity: parts[1].entity, readings: [.init(.parents(["a", "b"]), .values, calls: 2)])
        #expect(plan(.manual).expecting([expected]).calls == 2)
    }

    @Test("Chunks by key have different names, by their first key")
    func labels() {
        let entity = Self.entity("cost")
        #expect(entity.label(of: .parents(["a", "b"])) == "2 by key from a")
        #expect(entity.label(of: .parents([])) == "0 by key")
    }
}
