internal import Inflow
internal import Warehouse

/// What costs one call for each record of another entity: read last, when the run has brought in what is new.
///
/// Which records are asked is decided by ``PerParentPlan`` from what the warehouse says is due; what does not fit into
/// the budget is told in the entity's note and read by later runs. A backlog is no failure.
extension RunEngine {
    func readParents(_ plan: RunPlan, _ run: Int64, _ results: inout RunResults) async {
        let entities = plan.perParent
        guard !entities.isEmpty else { return }
        results.add(entities.map { EntityResult($0.name, plannedChunks: 0) }, nil)
        let reads = PerParentStore(warehouse, connection, known: plan.known)
        if results.stopped == nil {
            let names = Set(entities.map(\.name))
            // Values of what is itself read so: costs of jobs come before the values of costs.
            let later = entities.filter { $0.perParent.map { names.contains($0.parent) } ?? false }
            let first = entities.filter { entity in !later.contains { $0.name == entity.name } }
            await markOrphans(entities, reads, run, &results)
            var left = await budget(entities, reads, isAsked: !plan.isFull, &results)
            for some in [(entities, first), (later, later)] where left > 0 && results.stopped == nil {
                left -= await read(some.1, among: some.0, left, reads, plan, run, &results)
            }
            await noteBacklog(entities, reads, &results)
        } else {
            for entity in entities { results.change(entity.name) { $0.wasStopped = true } }
        }
        for entity in entities {
            if let result = results[entity.name] { progress(.ended(entity: entity.name, result: result)) }
        }
    }

    private func markOrphans(
        _ entities: [EntityDefinition], _ reads: PerParentStore, _ run: Int64, _ results: inout RunResults
    ) async {
        for entity in entities where results.stopped == nil {
            let marked = await asking(entity.name, &results) { () async throws(WarehouseError) in
                try await reads.markOrphans(entity, run: run)
            }
            results.change(entity.name) { $0.tally.markedDeleted += marked ?? 0 }
        }
    }

    private func budget(
        _ entities: [EntityDefinition], _ reads: PerParentStore, isAsked: Bool, _ results: inout RunResults
    ) async -> Int {
        let all = connection.settings.callsPerDay > 0 ? entities : []
        guard let name = entities.first?.name else { return 0 }
        let spent = await asking(name, &results) { () async throws(WarehouseError) in
            all.isEmpty ? (own: 0, all: 0) : try await reads.spent(all)
        }
        guard let spent else { return 0 }
        return PerParentPlan.budget(
            connection.settings, spent: spent.own, spentInAll: spent.all, isAsked: isAsked)
    }

    /// Reads what is due of some entities; the budget is shared with those that are read after them.
    ///
    /// - Returns: the calls that were planned.
    private func read(
        _ entities: [EntityDefinition], among all: [EntityDefinition], _ budget: Int, _ reads: PerParentStore,
        _ plan: RunPlan, _ run: Int64, _ results: inout RunResults
    ) async -> Int {
        guard let name = entities.first?.name else { return 0 }
        let found = await asking(name, &results) { () async throws(WarehouseError) in
            try await reads.backlogs(all, limit: min(budget, PerParentPlan.mostListed))
        }
        guard let found else { return 0 }
        let names = Set(entities.map(\.name))
        let parts = PerParentPlan(connection.settings, budget: budget).parts(all, found)
            .filter { names.contains($0.entity.name) && !$0.readings.isEmpty }
        guard !parts.isEmpty else { return 0 }
        progress(.goingOn(why: RunPlan.Reason.values.words, chunks: parts.reduce(0) { $0 + $1.chunks.count }))
        let loaded = results
        await runPhase(plan.replacing(parts), run, &results)
        for part in parts { await noteFailed(part, before: loaded, reads, run, &results) }
        return parts.flatMap(\.readings).reduce(0) { $0 + $1.calls }
    }

    /// What failed in company is asked for alone next time, so that one bad record does not keep others from being
    /// read.
    private func noteFailed(
        _ part: RunPlan.Part, before: RunResults, _ reads: PerParentStore, _ run: Int64, _ results: inout RunResults
    ) async {
        let name = part.entity.name
        guard results.stopped == nil, results[name]?.errors.count != before[name]?.errors.count else { return }
        let loaded = Set((results[name]?.loaded ?? []).map(\.chunk))
        let failed = part.chunks.filter { !loaded.contains($0) }.flatMap { chunk -> [String] in
            if case .parents(let keys) = chunk { keys } else { [] }
        }
        guard !failed.isEmpty else { return }
        _ = await asking(name, &results) { () async throws(WarehouseError) in
            try await reads.noteFailed(part.entity, failed, run: run)
        }
    }

    /// Says what is left, and when it will be done.
    private func noteBacklog(
        _ entities: [EntityDefinition], _ reads: PerParentStore, _ results: inout RunResults
    ) async {
        guard results.stopped == nil, let name = entities.first?.name else { return }
        let found = await asking(name, &results) { () async throws(WarehouseError) in
            try await reads.backlogs(entities, limit: 0)
        }
        guard let found else { return }
        let days = PerParentPlan.days(found.reduce(0) { $0 + $1.due }, connection.settings)
        // Who gives them no part of the day knows that they are not read.
        guard let days else { return }
        for backlog in found where backlog.due > 0 {
            results.change(backlog.entity) {
                $0.notes.append(
                    "\(backlog.due) of \(backlog.parents) record(s) still to be asked; all kinds are done in about "
                        + "\(days) day(s), a run a day")
            }
        }
    }

    /// Asks the warehouse; what fails is the entity's error.
    private func asking<T: Sendable>(
        _ entity: String, _ results: inout RunResults, _ body: () async throws(WarehouseError) -> T
    ) async -> T? {
        guard !Task.isCancelled else {
            results.fail(entity, .cancelled)
            return nil
        }
        do throws(WarehouseError) {
            return try await body()
        } catch {
            results.fail(entity, .warehouse(error))
            return nil
        }
    }
}
