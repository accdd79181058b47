public import Foundation

/// How many records of one kind wait for their values, each of which costs one call.
public struct ParentBacklog: Sendable, Hashable {
    /// The entity: `job_cost`, `client_custom_field`.
    public let entity: String
    /// Whether any record can have values: a custom-field definition says so, or none has to.
    public var isUsed = true
    /// Records that have a key to call by.
    public var parents = 0
    /// Records that are new or have changed since the last call for their values, or whose pause is over.
    public var due = 0
    /// Records that the platform did not know at the last call, that have not changed since and whose pause is not over.
    public var unknown = 0
    /// Unchanged records whose last call is longer ago than the setting allows, and those of which rows are missing.
    public var old = 0
    /// When Inflow requested the values that it read longest ago.
    public var oldestReadAt: Instant?
    /// Keys of due records, the newest first; the list may be shorter than ``due``.
    public var dueKeys: [String] = []
    /// Keys of due records whose last reading failed: a run reads each alone, after the others.
    public var failedKeys: [String] = []
    /// Keys of records that are not due, those read longest ago first.
    public var oldKeys: [String] = []

    /// An empty backlog of an entity.
    public init(entity: String) {
        self.entity = entity
    }
}

/// Whose values a run asks for: a pure decision from the backlogs and the calls it may spend.
///
/// New and changed records come first, the newest of each kind first. Every kind gets the same part of the budget, and
/// the others share what a kind does not need, so that no kind waits for another. Some of the rest goes to the records
/// read longest ago, since a person can change a value without a trace on its record.
public struct PerParentPlan: Sendable {
    /// Records of one chunk.
    public static let chunkSize = 50
    /// The most records of a kind that a run lists, whatever the settings allow: their keys are in memory.
    public static let mostListed = 10_000

    private let settings: ConnectionSettings
    private let budget: Int

    /// A plan within a budget of calls.
    public init(_ settings: ConnectionSettings, budget: Int) {
        self.settings = settings
        self.budget = max(0, budget)
    }

    // MARK: budget

    /// Calls of one run on a day that has spent none.
    public static func daily(_ settings: ConnectionSettings) -> Int {
        budget(settings, spent: 0, spentInAll: 0)
    }

    /// Calls that may be spent now.
    ///
    /// `spent` counts such calls of the last 24 hours, `spentInAll` all calls; a tenth of the day stays with people.
    /// The share does not bind what a person asks for by name (`isAsked`); the other two limits do.
    public static func budget(
        _ settings: ConnectionSettings, spent: Int, spentInAll: Int, isAsked: Bool = false
    ) -> Int {
        let most = settings.perParentCalls
        guard settings.callsPerDay > 0 else { return isAsked || settings.perParentPercent > 0 ? most : 0 }
        let share = isAsked ? most : settings.callsPerDay * settings.perParentPercent / 100 - spent
        return max(0, min(most, share, settings.callsPerDay * 9 / 10 - spentInAll))
    }

    /// Days that `calls` calls take at one run a day; `nil` where the settings allow none.
    public static func days(_ calls: Int, _ settings: ConnectionSettings) -> Int? {
        guard calls > 0 else { return 0 }
        let daily = daily(settings)
        return daily > 0 ? (calls + daily - 1) / daily : nil
    }

    // MARK: readings

    /// The part of each entity, in the order given; a part may be empty.
    public func parts(_ entities: [EntityDefinition], _ backlogs: [ParentBacklog]) -> [RunPlan.Part] {
        let pairs = entities.map { entity in
            (entity, backlogs.first { $0.entity == entity.name } ?? ParentBacklog(entity: entity.name))
        }
        let due = pairs.map { $0.1.isUsed ? $0.1.dueKeys.count + $0.1.failedKeys.count : 0 }
        let given = PerParentPlan.shares(due, budget)
        let old = pairs.map { pair in pair.1.isUsed ? min(pair.1.oldKeys.count, turn(pair.1)) : 0 }
        let spare = PerParentPlan.shares(old, min(settings.perParentOldCalls, budget - given.reduce(0, +)))
        return pairs.indices.map { index in
            let (entity, backlog) = pairs[index]
            let keys = Array(backlog.dueKeys.prefix(given[index]))
            let alone = backlog.failedKeys.prefix(given[index] - keys.count)
            return RunPlan.Part(
                entity: entity,
                readings: PerParentPlan.readings(keys, .values)
                    + alone.map { RunPlan.Reading(.parents([$0]), .values) }
                    + PerParentPlan.readings(Array(backlog.oldKeys.prefix(spare[index])), .oldValues))
        }
    }

    /// How many unchanged records have their turn today: the overdue ones, and a day's part of all.
    private func turn(_ backlog: ParentBacklog) -> Int {
        let days = settings.perParentDays
        return days > 0 ? max(backlog.old, (backlog.parents + days - 1) / days) : 0
    }

    private static func readings(_ keys: [String], _ reason: RunPlan.Reason) -> [RunPlan.Reading] {
        stride(from: 0, to: keys.count, by: chunkSize).map { start in
            let some = Array(keys[start..<min(start + chunkSize, keys.count)])
            return RunPlan.Reading(.parents(some), reason, calls: some.count)
        }
    }

    /// Divides a sum equally, but gives no one more than it wants.
    static func shares(_ wanted: [Int], _ sum: Int) -> [Int] {
        var given = wanted.map { _ in 0 }
        var left = max(0, sum)
        while left > 0 {
            let open = wanted.indices.filter { given[$0] < wanted[$0] }
            guard !open.isEmpty else { break }
            let each = max(1, left / open.count)
            for index in open where left > 0 {
                let more = min(each, wanted[index] - given[index], left)
                given[index] += more
                left -= more
            }
        }
        return given
    }
}

extension RunPlan {
    /// Entities read parent by parent; the run chooses their records after it has read everything else.
    public var perParent: [EntityDefinition] {
        isFull || trigger == .targeted || trigger == .deletions ? parts.map(\.entity).filter(\.isPerParent) : []
    }

    /// The plan without the entities read parent by parent.
    public var withoutPerParent: RunPlan {
        let later = Set(perParent.map(\.name))
        return replacing(parts.filter { !later.contains($0.entity.name) })
    }

    /// The plan with the parts that `expected` names in place of its own, for a dry run.
    public func expecting(_ expected: [Part]) -> RunPlan {
        let parts = parts.map { part in expected.first { $0.entity.name == part.entity.name } ?? part }
        return replacing(parts)
    }
}
