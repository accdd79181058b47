extension RunPlan {
    /// A reading of rejected records by key, entity by entity in loading order.
    ///
    /// `keys` hold, by entity, the value that the call for one record takes; an entity without any has no part.
    public static func retry(_ keys: [String: [String]], of entities: [EntityDefinition]) -> RunPlan {
        let parts = entities.compactMap { entity -> Part? in
            guard let keys = keys[entity.name], !keys.isEmpty else { return nil }
            var seen: Set<String> = []
            return Part(entity: entity, chunks: [.parents(keys.filter { seen.insert($0).inserted })])
        }
        let what = parts.map(\.entity.name).joined(separator: ", ")
        return RunPlan(trigger: .retry, scope: "rejected records of \(what)", parts: parts, known: entities)
    }
}
