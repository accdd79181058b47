/// What a run will read: entities in order, each in chunks.
///
/// A pure value, made before anything is asked.
public struct RunPlan: Sendable, Hashable {
    /// One entity's part.
    public struct Part: Sendable, Hashable {
        /// The entity.
        public let entity: EntityDefinition
        /// What is pulled and committed as one, in order; empty for a derived entity.
        public let chunks: [Chunk]
    }

    /// Why a plan cannot be made, in words.
    public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        /// What was asked for, why it cannot be, and what can.
        public let description: String
    }

    /// What began the run: `manual` (Sync All) or `targeted`.
    public let trigger: String
    /// What was asked for, in words.
    public let scope: String
    /// The entities' parts, in loading order.
    public let parts: [Part]
    /// All entities of the platform: what a derived one may be derived from.
    public let known: [EntityDefinition]

    /// A Sync All: reference entities whole, transactional ones for the previous and the current calendar month.
    public static func syncAll(
        _ entities: [EntityDefinition], _ settings: ConnectionSettings, today: LocalDate
    ) -> RunPlan {
        let parts = entities.map { entity in
            Part(entity: entity, chunks: standardChunks(entity, settings, today))
        }
        return RunPlan(trigger: "manual", scope: "Sync All", parts: parts, known: entities)
    }

    /// A targeted sync of some entities, for some days where the entity is asked for by date.
    ///
    /// No names mean all entities that are asked for by date, where a day is given. Both days are included; without the last
    /// one the span goes to the end of the current month, or of the first day's where that is later. Throws a refusal in
    /// words for unknown names, and for dates given to an entity that has no dates.
    public static func targeted(
        _ names: [String], of entities: [EntityDefinition], from first: LocalDate?, to last: LocalDate?,
        _ settings: ConnectionSettings, today: LocalDate
    ) throws(Refusal) -> RunPlan {
        let window = try span(first, last, today)
        var chosen: [EntityDefinition] = []
        for name in names where !entities.contains(where: { $0.name == name }) {
            throw Refusal(
                description:
                    "There is no entity \"\(name)\". There are: \(entities.map(\.name).joined(separator: ", ")).")
        }
        for entity in entities where names.isEmpty ? entity.isDated : names.contains(entity.name) {
            if window != nil, !entity.isDated {
                throw Refusal(
                    description:
                        "\"\(entity.name)\" is a list without dates: the platform gives it only whole. Nothing was read. "
                        + "Leave out --from and --to, or leave out \"\(entity.name)\".")
            }
            chosen.append(entity)
        }
        let parts = chosen.map { entity in
            guard let window, case .span(let rule) = entity.window else {
                return Part(entity: entity, chunks: standardChunks(entity, settings, today))
            }
            return Part(entity: entity, chunks: window.chunks(by: rule.chunk).map { .span($0) })
        }
        let what = chosen.map(\.name).joined(separator: ", ")
        return RunPlan(
            trigger: "targeted", scope: window.map { "\(what), \($0)" } ?? what, parts: parts, known: entities)
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

    private static func standardChunks(
        _ entity: EntityDefinition, _ settings: ConnectionSettings, _ today: LocalDate
    ) -> [Chunk] {
        switch entity.window {
        case .whole: return [.whole]
        case .derived: return settings.jobStatusList && entity.alternative != nil ? [.whole] : []
        case .perParent: return []
        case .span(let rule):
            let window: Window?
            switch rule.reach {
            case .lastMonth: window = Window.lastMonth(of: today)
            case .always: window = Window(from: settings.firstDate, until: today.adding(months: 12))
            }
            return (window?.chunks(by: rule.chunk) ?? []).map { .span($0) }
        }
    }
}

extension EntityDefinition {
    /// Whether the platform gives it by a span of dates.
    public var isDated: Bool {
        if case .span = window { true } else { false }
    }
}
