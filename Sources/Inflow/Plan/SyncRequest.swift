public import Foundation

/// A request for a run, before it is planned: what a command or the schedule puts into the queue.
public struct SyncRequest: Sendable, Hashable {
    /// The kinds of runs that can be requested.
    public enum Kind: Sendable, Hashable {
        /// A Sync All by a person.
        case syncAll
        /// Some entities, on some days where they have dates; both days included.
        case targeted(entities: [String], first: LocalDate?, last: LocalDate?)
        /// A scheduled Sync All, for the slot of a local day.
        case slot(LocalDate, isCatchUp: Bool)
        /// History from a first day to a last one, both included; without entities, of all that have dates.
        case backfill(entities: [String], first: LocalDate, last: LocalDate?, by: BackfillPlan.Size)
        /// Rejections whose records are read again, by number; without any, all open ones.
        case retry([Int64])
        /// Approved deletions, looked for once more.
        case deletions
        /// What is covered, read again and compared.
        case reconcile

        /// The kind as the queue stores it.
        public var word: RequestKind {
            switch self {
            case .syncAll: .syncAll
            case .targeted: .targeted
            case .slot: .slot
            case .backfill: .backfill
            case .retry: .retry
            case .deletions: .deletions
            case .reconcile: .reconcile
            }
        }
    }

    /// The run that is requested.
    public var kind: Kind
    /// When the person or the schedule asked, UTC.
    public var askedAt: Instant

    /// A request made at an instant.
    public init(_ kind: Kind, askedAt: Instant) {
        self.kind = kind
        self.askedAt = askedAt
    }

    /// The plan that the request means now, from the state of the warehouse; `nil` where it needs more than the state:
    /// a backfill plans itself, and the others begin with rows that wait.
    ///
    /// Throws a refusal in words where no run can do what it asks for.
    public func plan(
        _ entities: [EntityDefinition], _ settings: ConnectionSettings, state: SyncState, now: Instant
    ) throws(RunPlan.Refusal) -> RunPlan? {
        switch kind {
        case .syncAll: return .syncAll(entities, settings, state: state, now: now)
        case .slot(let day, let isCatchUp):
            var plan = RunPlan.syncAll(entities, settings, state: state, now: now)
            plan.trigger = isCatchUp ? .catchUp : .slot
            plan.slot = day
            return plan
        case .targeted(let names, let first, let last):
            return try .targeted(
                names, of: entities, from: first, to: last, settings, today: LocalDate(now, in: settings.timeZone))
        case .reconcile:
            return try .reconcile(
                [], of: entities, from: nil, to: nil, settings, state: state,
                today: LocalDate(now, in: settings.timeZone))
        case .backfill, .retry, .deletions: return nil
        }
    }

    /// The request in words, for lists and messages.
    public var words: String {
        switch kind {
        case .syncAll: return "Sync All"
        case .slot(let day, let isCatchUp): return isCatchUp ? "the run of \(day), late" : "the run of \(day)"
        case .targeted(let entities, let first, let last):
            let days = [first.map { "from \($0)" }, last.map { "to \($0)" }].compactMap(\.self)
            return ([entities.isEmpty ? "all entities with dates" : entities.joined(separator: ", ")] + days)
                .joined(separator: " ")
        case .backfill(let entities, let first, let last, _):
            let what = entities.isEmpty ? "" : " of \(entities.joined(separator: ", "))"
            return "backfill\(what) from \(first)" + (last.map { " to \($0)" } ?? "")
        case .retry: return "rejected records, once more"
        case .deletions: return "approved deletions, looked for once more"
        case .reconcile: return "what is covered, read again and compared"
        }
    }
}
