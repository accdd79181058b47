public import Foundation

/// How far the values of one kind of record have been read: what costs one call for each record.
public struct ParentBacklog: Sendable, Hashable {
    /// The entity: `job_cost`, `client_custom_field`.
    public let entity: String
    /// Whether any record can have values: a custom-field definition says so, or none has to.
    public var isUsed = true
    /// Records that can be asked for.
    public var parents = 0
    /// Those that are new, or have changed since they were asked for.
    public var due = 0
    /// Those that the platform did not know and that have not changed since.
    public var unknown = 0
    /// Those that have not changed, but were read longer ago than the setting allows.
    public var old = 0
    /// When the one read longest ago was asked for.
    public var oldestReadAt: Instant?
    /// Keys of those that are due, the newest first; not all of them need be there.
    public var dueKeys: [String] = []
    /// Keys of due ones whose reading failed before: each is read alone, after the others.
    public var failedKeys: [String] = []
    /// Keys of those that are not due, read longest ago first.
    public var oldKeys: [String] = []

    /// A backlog of nothing.
    public init(entity: String) {
        self.entity = entity
    }
}

/// Which records are asked for their values in a run: a pure decision on what is due and what may be spent.
///
/// New and changed records come first, the newest of each kind first; every kind gets the same part of the budget, and
/// what one does not need goes to the others, so that no kind waits for another. What is left is spent on the records
/// that were read longest ago, since a value may be changed without a trace on its record.
public struct PerParentPlan: Sendable {
    /// How many records are read and committed as one.
    public static let chunkSize = 50
    /// How many records of a kind are listed for one run at most, whatever the settings allow: they are held in memory.
    public static let mostListed = 10_000

    private let settings: ConnectionSettings
    private let budget: Int

    /// A plan within a budget of calls.
    public init(_ settings: ConnectionSettings, budget: Int) {
        self.settings = settings
        self.budget = max(0, budget)
    }

    // MARK: budget

    /// Calls of one run, when nothing has been spent today.
    public static func daily(_ settings: ConnectionSettings) -> Int {
        budget(settings, spent: 0, spentInAll: 0)
    }

    /// Calls that may be spent now.
    ///
    /// `spent` went to such reading within the last 24 hours, `spentInAll` to everything; a tenth of the day is left to
    /// people. What a person asks for by name is not bound by the share, only by the other two limits.
    public static func budget(
        _ settings: ConnectionSettings, spent: Int, spentInAll: Int, isAsked: Bool = false
    ) -> Int {
        let most = settings.perParentCalls
        guard settings.callsPerDay > 0 else { return isAsked || settings.perParentPercent > 0 ? most : 0 }
        let share = isAsked ? most : settings.callsPerDay * settings.perParentPercent / 100 - spent
        return max(0, min(most, share, settings.callsPerDay * 9 / 10 - spentInAll))
    }

    /// In how many days, one run a day, so many calls are done; `nil` when never.
    public static func days(_ calls: Int, _ settings: ConnectionSettings) -> Int? {
        guard calls > 0 else { return 0 }
        let daily = daily(settings)
        return daily > 0 ? (calls + daily - 1) / daily : nil
    }

    // MARK: readings

    /// The readings of each entity, in the order given; entities of which nothing is read have none.
    public func parts(_ entities: [EntityDefinition], _ backlogs: [ParentBacklog]) -> [RunPlan.Part] {
        let pairs = entities.map { entity in
            (entity, backlogs.first { $0.entity == entity.name } ?? ParentBacklog(entity: entity.name))
        }
        let due = pairs.map { $0.1.isUsed ? $0.1.dueKeys.count + $0.1.failedKeys.count : 0 }
        let given = PerParentPlan.shares(due, budget)
        let old = pairs.map { pair in pair.1.isUsed ? min(pair.1.oldKeys.count, turn(pair.1)) : 0 }
        let spare = PerParentPlan.shares(old, budget - given.reduce(0, +))
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

    /// How many unchanged records have their turn: those that are overdue, and a day's part of all.
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

    /// What each gets of a sum: the same, but nobody more than it wants.
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

extension EntityDefinition {
    /// How its records hang on another entity's, where each of those is asked for them.
    public var perParent: WindowRule.PerParent? {
        if case .perParent(let rule) = window { rule } else { nil }
    }

    /// Whether it costs one call for each record of another entity.
    public var isPerParent: Bool { perParent != nil }

    /// What the run log calls a chunk of it.
    ///
    /// A run may read many chunks by key of one entity: their first key tells them apart.
    public func label(of chunk: Chunk) -> String {
        guard case .parents(let keys) = chunk, let first = keys.first else { return chunk.description }
        return "\(chunk) from \(first)"
    }
}

extension RunPlan {
    /// Entities read parent by parent, whose records are chosen when everything else of the run is in.
    public var perParent: [EntityDefinition] {
        isFull || trigger == .targeted ? parts.map(\.entity).filter(\.isPerParent) : []
    }

    /// The plan without them.
    public var withoutPerParent: RunPlan {
        let later = Set(perParent.map(\.name))
        return replacing(parts.filter { !later.contains($0.entity.name) })
    }

    /// The plan with what would be read parent by parent as things are now.
    public func expecting(_ expected: [Part]) -> RunPlan {
        let parts = parts.map { part in expected.first { $0.entity.name == part.entity.name } ?? part }
        return replacing(parts)
    }
}
