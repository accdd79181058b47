/// How the platform gives an entity, as the planner asks it: by date, by parent, or not at all.
extension EntityDefinition {
    /// Whether the platform gives it by a span of dates; only such an entity has months, coverage and history.
    public var isDated: Bool {
        if case .span = window { true } else { false }
    }

    /// Whether Inflow makes it from another entity's records instead of asking the platform.
    public var isDerived: Bool {
        if case .derived = window { true } else { false }
    }

    /// The rule by which its records are read parent by parent; `nil` where the platform gives it as a list.
    public var perParent: WindowRule.PerParent? {
        if case .perParent(let rule) = window { rule } else { nil }
    }

    /// Whether it costs one call for each record of another entity.
    public var isPerParent: Bool { perParent != nil }

    /// Whether its records hang on records of another entity, or on their lines.
    public func hangs(on owner: EntityDefinition) -> Bool {
        guard let rule = perParent else { return false }
        return rule.parent == owner.name || owner.children.contains { $0.table.hasSuffix(".\(rule.parent)") }
    }

    /// The name of a chunk of it in the run log.
    ///
    /// A run may read several chunks by key of one entity: the first key of each keeps their names apart.
    public func label(of chunk: Chunk) -> String {
        guard case .parents(let keys) = chunk, let first = keys.first else { return chunk.description }
        return "\(chunk) from \(first)"
    }
}
