public import Foundation

/// How many records of one kind wait for their values, each of which costs one call.
public struct ParentBacklog: Sendable, Hashable {
    /// The entity: `job_cost`, `client_custom_field`.
    public let entity: String
    /// Whether any record can have values: a custom-field definition says so, or none has to.
    public var isUsed = true
    /// Records that have a key to call by.
    public var parents = 0
    /// Records among them that need no call: they say themselves that the values held are all.
    public var proven = 0
    /// Records that are new or have changed since the last call for their values, or whose pause is over.
    public var due = 0
    /// Records that the platform did not know at the last call, that have not changed since and whose pause is not over.
    public var unknown = 0
    /// Unchanged records whose last call is longer ago than the setting allows, and those of which rows are missing.
    public var old = 0
    /// When Inflow requested the values that it read longest ago.
    public var oldestReadAt: Instant?
    /// The beginning of the oldest transaction that was open when Inflow counted: what began earlier is counted.
    public var countedFrom: Instant?
    /// Keys of due records: those that probably have values first, then the newest; may be fewer than ``due``.
    public var dueKeys: [String] = []
    /// Keys of due records whose last reading failed: a run reads each alone, after the others.
    public var failedKeys: [String] = []
    /// Keys of records that are not due, those read longest ago first.
    public var oldKeys: [String] = []

    /// Records whose values are not all here.
    public var waiting: Int { due + unknown }

    /// An empty backlog of an entity.
    public init(entity: String) {
        self.entity = entity
    }
}

/// Whose values a run asks for: a pure decision from the backlogs and the calls it may spend.
///
/// Kinds come in order of worth: the budget goes to the first until it is read, then to the next. Within a kind, new
/// and changed records come first, those that probably have values before the others, then the newest. Some of the rest
/// goes to the records read longest ago, since a person can change a value without a trace on its record.
public struct PerParentPlan: Sendable {
    /// Who reads values.
    public enum Reader: Sendable, Hashable {
        /// A Sync All, at its end: a few, so that it ends when the tables are there.
        case sync
        /// A run that a person asked for by the names of the entities.
        case person
        /// A daemon, all day.
        case background
    }

    /// Records of one chunk.
    public static let chunkSize = 50
    /// Records of one chunk in the background, which gives way to other runs between two chunks.
    public static let backgroundChunkSize = 10
    /// The most records of a kind that a run lists, whatever the settings allow: their keys are in memory.
    public static let mostListed = 10_000

    private let settings: ConnectionSettings
    private let budget: Int
    private let reader: Reader

    /// A plan within a budget of calls.
    public init(_ settings: ConnectionSettings, budget: Int, reader: Reader = .sync) {
        self.settings = settings
        self.budget = max(0, budget)
        self.reader = reader
    }

    // MARK: budget

    /// Calls that may be spent now.
    ///
    /// `spent` counts such calls of the last 24 hours, `spentInAll` all calls; a tenth of the day, and no less than the
    /// quota's reserve, stays with people. The share does not bind what a person asks for by name; the other two limits
    /// do.
    public static func budget(_ settings: ConnectionSettings, spent: Int, spentInAll: Int, reader: Reader) -> Int {
        let most =
            reader == .sync ? min(settings.perParentCalls, settings.perParentSyncCalls) : settings.perParentCalls
        let isAsked = reader == .person
        guard settings.callsPerDay > 0 else { return isAsked || settings.perParentPercent > 0 ? most : 0 }
        let share = isAsked ? most : share(settings) - spent
        return max(0, min(most, share, settings.callsPerDay - kept(settings) - spentInAll))
    }

    /// The day's share of calls.
    private static func share(_ settings: ConnectionSettings) -> Int {
        settings.callsPerDay * settings.perParentPercent / 100
    }

    /// Calls of the day that stay with people.
    private static func kept(_ settings: ConnectionSettings) -> Int {
        max((settings.callsPerDay + 9) / 10, min(settings.quotaReserve, settings.callsPerDay / 2))
    }

    /// Calls of a day: all day where a daemon serves, else those of one Sync All.
    public static func daily(_ settings: ConnectionSettings, isServed: Bool) -> Int {
        guard settings.perParentPercent > 0 else { return 0 }
        guard isServed else { return budget(settings, spent: 0, spentInAll: 0, reader: .sync) }
        var daily = Int.max
        if settings.callsPerMinute > 0 { daily = settings.callsPerMinute * (86_400 / max(1, settings.minuteSeconds)) }
        guard settings.callsPerDay > 0 else { return daily }
        return min(daily, share(settings), settings.callsPerDay - kept(settings))
    }

    /// Days that `calls` calls take; `nil` where the settings allow none.
    public static func days(_ calls: Int, _ settings: ConnectionSettings, isServed: Bool) -> Int? {
        guard calls > 0 else { return 0 }
        let daily = daily(settings, isServed: isServed)
        return daily > 0 ? (calls - 1) / daily + 1 : nil
    }

    // MARK: readings

    /// The part of each entity, in the order given, which is that of worth; a part may be empty.
    public func parts(_ entities: [EntityDefinition], _ backlogs: [ParentBacklog]) -> [RunPlan.Part] {
        let pairs = entities.map { entity in
            (entity, backlogs.first { $0.entity == entity.name } ?? ParentBacklog(entity: entity.name))
        }
        var left = budget
        let given = pairs.map { pair in
            let calls = pair.1.isUsed ? min(left, pair.1.dueKeys.count + pair.1.failedKeys.count) : 0
            left -= calls
            return calls
        }
        let old = pairs.map { pair in pair.1.isUsed ? min(pair.1.oldKeys.count, turn(pair.1)) : 0 }
        // A daemon reads all day: the turn of unchanged records comes with each Sync All.
        let spare = PerParentPlan.shares(old, reader == .background ? 0 : min(settings.perParentOldCalls, left))
        return pairs.indices.map { index in
            let (entity, backlog) = pairs[index]
            let keys = Array(backlog.dueKeys.prefix(given[index]))
            let alone = backlog.failedKeys.prefix(given[index] - keys.count)
            return RunPlan.Part(
                entity: entity,
                readings: readings(keys, .values)
                    + alone.map { RunPlan.Reading(.parents([$0]), .values) }
                    + readings(Array(backlog.oldKeys.prefix(spare[index])), .oldValues))
        }
    }

    /// How many unchanged records have their turn today: the overdue ones, and a day's part of all.
    private func turn(_ backlog: ParentBacklog) -> Int {
        let days = settings.perParentDays
        return days > 0 ? max(backlog.old, (backlog.parents + days - 1) / days) : 0
    }

    private func readings(_ keys: [String], _ reason: RunPlan.Reason) -> [RunPlan.Reading] {
        let size = reader == .background ? PerParentPlan.backgroundChunkSize : PerParentPlan.chunkSize
        return stride(from: 0, to: keys.count, by: size).map { start in
            let some = Array(keys[start..<min(start + size, keys.count)])
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
        let isReading = isFull || [.targeted, .deletions, .values].contains(trigger)
        return isReading ? parts.map(\.entity).filter(\.isPerParent) : []
    }

    /// Who reads the values of this plan.
    public var valueReader: PerParentPlan.Reader {
        if trigger == .values { return .background }
        return isFull ? .sync : .person
    }

    /// A reading of values in the background, of the kinds that the settings name.
    public static func values(_ entities: [EntityDefinition], _ settings: ConnectionSettings) -> RunPlan {
        var plan = RunPlan(
            trigger: .values, scope: "values in the background",
            parts: entities.values(settings).map { Part(entity: $0, readings: []) }, known: entities)
        plan.purpose = .background
        return plan
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
