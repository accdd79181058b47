internal import Inflow
internal import Warehouse

/// Warnings of answers that are well-formed and may yet not hold what the platform has.
extension FollowUps {
    /// Warns of entities that were loaded for the first time and of which no answer held a record, and of answers that
    /// the platform may have cut.
    mutating func warnOfDoubts() async {
        for part in plan.parts where isGoingOn { await warnOfNothing(part.entity) }
        await warnOfRoundCounts()
    }

    private mutating func warnOfNothing(_ entity: EntityDefinition) async {
        guard !entity.isDerived, !entity.isPerParent, let result = results[entity.name], result.errors.isEmpty,
            result.loadedChunks > 0, result.tally.pulled == 0
        else { return }
        let (coverage, run) = (engine.coverage, run)
        let isNothing = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await coverage.isFirstLoadOfNothing(entity, run: run)
        }
        guard isNothing == true else { return }
        results.warn(
            entity.name,
            "the first load brought no record: every answer says that there are none. If the organisation has some, ask "
                + "whether the person who authorised Inflow may see them")
    }

    private mutating func warnOfRoundCounts() async {
        let entities = plan.parts.map(\.entity).filter { entity in
            !entity.isDerived && !entity.isPerParent && entity.endpoint.paging == .none
                && (results[entity.name]?.tally.pulled ?? 0) > 0
        }
        guard isGoingOn, let first = entities.first?.name else { return }
        let (coverage, run) = (engine.coverage, run)
        let found = await ask(for: first) { () async throws(WarehouseError) in
            try await coverage.roundCounts(entities, run: run)
        }
        for one in found ?? [] {
            for entity in one.entities {
                results.warn(
                    entity,
                    "several answers hold exactly \(one.records) records (\(one.answers)): the "
                        + "platform may cut its answers there. Read a part of such a span alone (\"inflow sync\" with "
                        + "--from and --to) and compare")
            }
        }
    }
}
