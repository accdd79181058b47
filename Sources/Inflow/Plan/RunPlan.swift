/// What a run will read: entities in order, each in chunks, and the reason for each.
///
/// Planning is pure. A plan follows from the definitions, the settings, the ``SyncState`` of earlier reading and the
/// clock; it asks neither the platform nor the warehouse. So `--dry-run` prints the plan that a run would have, and
/// tests cover years of schedules without a call. The kinds of plans, each with a file of its own:
///
/// - `SyncAllPlan`: everything, in the few ways that together miss no change for long.
/// - `targeted`: what a person names; `retry`: rejected records by key; `reconcile`: what is covered, once more.
/// - ``BackfillPlan``: history, newest first, in spans that grow while the platform answers quickly (``SpanSize``).
/// - ``PerParentPlan``: what costs one call for each record, rationed by the calls of the day.
///
/// A ``Chunk`` is the unit of everything that follows: one pull, one transaction, one checkpoint, one retry. Some needs
/// appear only in the answers: documents that have left the open lists, missing records, jobs that a document mentions.
/// The engine reads those after the plan, as further plans of the same run.
public struct RunPlan: Sendable, Hashable {
    /// Why the run reads a chunk; decides the purpose of its calls and the words of the run log.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A list without dates, read whole at every Sync All.
        case list
        /// The previous and the current month, or as many as the setting says.
        case window
        /// From next month to a year ahead.
        case future
        /// Records modified since the watermark.
        case modified
        /// All of an entity whose changes the platform lists, after as many days as `whole-days` says, to find deletions.
        case whole
        /// Open and draft documents, whatever their age.
        case sweep
        /// Months verified longest ago.
        case rotation
        /// Entities or days that a person requested.
        case asked
        /// Documents that have left the open lists since the last sweep.
        case left
        /// Documents that a list without lines inserted or changed.
        case header
        /// Records absent from an answer that should hold them.
        case missing
        /// Records that a document mentions and the table lacks.
        case mentioned
        /// History that a backfill goes back to.
        case history
        /// The first span of its size, read after its months to see that the platform does not cut the long answer.
        case comparison
        /// Values of records that are new or have changed, one call each.
        case values
        /// Values of records that have not changed, read longest ago.
        case oldValues

        /// The purpose of its calls: rotation and values leave the reserve of the day to others.
        public var purpose: CallPurpose { [.rotation, .values, .oldValues].contains(self) ? .background : .run }

        /// The reason in words.
        public var words: String {
            switch self {
            case .list: "the whole list"
            case .window: "the last months"
            case .future: "the year ahead"
            case .modified: "records modified since the last reading"
            case .whole: "the whole list, due after whole-days"
            case .sweep: "open documents of any age"
            case .rotation: "months verified longest ago"
            case .asked: "requested by name"
            case .left: "documents that have left the open lists"
            case .header: "open documents, with their lines"
            case .missing: "records that were missing"
            case .mentioned: "records that a document mentions"
            case .history: "history"
            case .comparison: "a longer span, compared with its months"
            case .values: "values of records that are new or have changed"
            case .oldValues: "values read longest ago"
            }
        }
    }

    /// One chunk to read.
    public struct Reading: Sendable, Hashable {
        /// What is pulled and committed as one.
        public let chunk: Chunk
        /// Why the run reads the chunk.
        public let reason: Reason
        /// Calls it is expected to cost.
        public let calls: Int

        /// A chunk to read for a reason, at an expected cost.
        public init(_ chunk: Chunk, _ reason: Reason, calls: Int = 1) {
            self.chunk = chunk
            self.reason = reason
            self.calls = calls
        }
    }

    /// The part of a plan that concerns one entity.
    public struct Part: Sendable, Hashable {
        /// The entity to read.
        public let entity: EntityDefinition
        /// Its chunks in order, each with its reason; empty for a derived entity.
        public let readings: [Reading]
        /// The chunks without their reasons, in order.
        public var chunks: [Chunk] { readings.map(\.chunk) }

        /// A part of chunks that a person requested.
        public init(entity: EntityDefinition, chunks: [Chunk]) {
            self.init(entity: entity, readings: chunks.map { Reading($0, .asked) })
        }

        /// A part of readings.
        public init(entity: EntityDefinition, readings: [Reading]) {
            self.entity = entity
            self.readings = readings
        }
    }

    /// Why a plan cannot be made, in words.
    public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        /// The text that was refused, and the form that is accepted.
        public let description: String

        /// The refusal of an entity's name that no definition has, with names that are spelt like it.
        public static func unknownEntity(
            _ name: String, among known: [EntityDefinition], like near: [String] = []
        ) -> Refusal {
            let names = (near.isEmpty ? known.map(\.name) : near).joined(separator: near.isEmpty ? ", " : " or ")
            return Refusal(
                description: "There is no entity \"\(name)\". "
                    + (near.isEmpty
                        ? "The entities are: \(names). Nothing was read."
                        : "Did you mean \(names)? Nothing was read. \"inflow entities\" lists all."))
        }
    }

    /// What begins the run.
    public var trigger: Trigger
    /// The request in words.
    public var scope: String
    /// The purpose of its calls.
    public var purpose = CallPurpose.run
    /// Whether it continues a run of the same request that the day's quota stopped, instead of reading all again.
    public var continuesParked = true
    /// The slot of the schedule that the run is an attempt of; a scheduled run continues only a run of the same slot.
    public var slot: LocalDate?
    /// The interrupted run of the same request that this one continues; its loaded chunks are not read again.
    public var resumes: Int64?
    /// Whether it belongs to a backfill, which halves a span that the platform does not answer in time.
    public var isHistory: Bool { trigger == .backfill }
    /// The entities' parts, in loading order.
    public let parts: [Part]
    /// All entities of the platform: what a derived one may be derived from.
    public let known: [EntityDefinition]
    /// Whether the run also reads what left the open lists and what documents mention, and moves the watermarks.
    public var isFull: Bool { trigger.isSyncAll }
    /// Calls it is expected to cost.
    public var calls: Int { parts.flatMap(\.readings).reduce(0) { $0 + $1.calls } }

    /// A plan from its parts.
    public init(trigger: Trigger, scope: String, parts: [Part], known: [EntityDefinition]) {
        self.trigger = trigger
        self.scope = scope
        self.parts = parts
        self.known = known
    }

    /// The same plan with other parts.
    public func replacing(_ parts: [Part]) -> RunPlan {
        var plan = RunPlan(trigger: trigger, scope: scope, parts: parts, known: known)
        plan.purpose = purpose
        plan.continuesParked = continuesParked
        plan.slot = slot
        plan.resumes = resumes
        return plan
    }

    /// The plan with the entities that are derived from those it reads, such as job states from jobs.
    public func withDerived(_ settings: ConnectionSettings) -> RunPlan {
        let derived = known.filter { entity in
            guard case .derived(let source, _) = entity.window, !(settings.jobStatusList && entity.alternative != nil),
                !parts.contains(where: { $0.entity.name == entity.name })
            else { return false }
            return parts.contains { $0.entity.name == source }
        }
        return replacing(parts + derived.map { Part(entity: $0, chunks: []) })
    }

    /// The plan with the calls that such chunks cost of late, for a person who asks what a run would cost.
    public func estimated(by state: SyncState) -> RunPlan {
        replacing(
            parts.map { part in
                let usual = max(1, Int((state.callsPerChunk[part.entity.name] ?? 1).rounded(.up)))
                return Part(
                    entity: part.entity,
                    readings: part.readings.map { Reading($0.chunk, $0.reason, calls: max($0.calls, usual)) })
            })
    }

    /// A targeted sync of some entities, for some days where an entity has dates.
    ///
    /// No names mean all entities with dates, where a day is given. Both days are included; without `last` the span
    /// goes to the end of the current month, or of the month of `first` where that is later. Throws a refusal in words
    /// for unknown names, and for dates with an entity that has none.
    public static func targeted(
        _ names: [String], of entities: [EntityDefinition], from first: LocalDate?, to last: LocalDate?,
        _ settings: ConnectionSettings, today: LocalDate
    ) throws(Refusal) -> RunPlan {
        let window = try span(first, last, today)
        var chosen: [EntityDefinition] = []
        for name in names where !entities.contains(where: { $0.name == name }) {
            throw .unknownEntity(name, among: entities)
        }
        for entity in entities where names.isEmpty ? entity.isDated : names.contains(entity.name) {
            if window != nil, !entity.isDated {
                throw Refusal(
                    description:
                        "\"\(entity.name)\" is a list without dates: the platform gives it only whole. "
                        + "Nothing was read. Leave out --from and --to, or leave out \"\(entity.name)\".")
            }
            chosen.append(entity)
        }
        let parts = chosen.map { entity in
            guard let window, case .span(let rule) = entity.window else {
                return Part(entity: entity, chunks: SyncAllPlan.standard(entity, settings, today))
            }
            return Part(entity: entity, chunks: window.chunks(by: rule.chunk).map { .span($0) })
        }
        let what = chosen.map(\.name).joined(separator: ", ")
        return RunPlan(
            trigger: .targeted, scope: window.map { "\(what), \($0)" } ?? what, parts: parts, known: entities
        ).withDerived(settings)
    }

    private static func span(
        _ first: LocalDate?, _ last: LocalDate?, _ today: LocalDate
    ) throws(Refusal) -> Window? {
        guard let first else {
            guard last == nil else {
                throw Refusal(description: "--to needs --from: say from which day on. Nothing was read.")
            }
            return nil
        }
        let endOfMonth = max(first, today).startOfMonth.adding(months: 1).adding(days: -1)
        guard let window = Window(first: first, last: last ?? endOfMonth) else {
            throw Refusal(
                description:
                    "--from \(first) is after --to \(last ?? endOfMonth). Nothing was read. Both days are included.")
        }
        return window
    }
}
