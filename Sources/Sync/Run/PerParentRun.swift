internal import Inflow
internal import Warehouse

/// Reads what costs one call for each record of another entity, such as the tasks of every job.
///
/// It comes last, when the run has brought in the new parents; or it is the whole of a run in the background.
///
/// ``PerParentPlan`` decides which parents Inflow asks, from those that the warehouse says are due. What does not fit into the
/// budget of calls stays due; the entity is then partial, its note says how much that is, and later runs read it. A
/// backlog is progress, not a failure.
struct PerParentRun<S: Source>: RunStage {
    let engine: RunEngine<S>
    let run: Int64
    let plan: RunPlan
    var results: RunResults
    /// Whether a reading in the background gives way: it begins no further chunk, and ends as it is.
    var isStopping: @Sendable () -> Bool = { false }

    /// In order of worth; those that the settings do not name come last.
    private var entities: [EntityDefinition] {
        let chosen = plan.perParent.values(engine.connection.settings.values)
        return chosen + plan.perParent.filter { entity in !chosen.contains { $0.name == entity.name } }
    }
    private var isBackground: Bool { plan.valueReader == .background }
    private var store: PerParentStore { PerParentStore(engine.warehouse, engine.connection, known: plan.known) }
    private var missing: PerParentMissing { PerParentMissing(engine.warehouse, engine.connection, known: plan.known) }

    /// Reads what is due of all of the plan's per-parent entities, as far as the budget goes, and judges what is
    /// missing of them.
    mutating func readAll() async {
        guard !entities.isEmpty else { return await judgeMissing() }
        results.add(entities.map { EntityResult($0.name, plannedChunks: 0) }, nil)
        if isGoingOn {
            await markOrphans()
            if isBackground { await readInRounds() } else { await readWithinBudget() }
            await judgeMissing()
            if plan.trigger != .deletions { await noteBacklog() }
        } else {
            for entity in entities { results.change(entity.name) { $0.wasStopped = true } }
        }
        for entity in entities {
            if let result = results[entity.name] { engine.progress(.ended(entity: entity.name, result: result)) }
        }
    }

    private mutating func markOrphans() async {
        let (store, run) = (store, run)
        for entity in entities where isGoingOn {
            let marked = await ask(for: entity.name) { () async throws(WarehouseError) in
                try await store.markOrphans(entity, run: run)
            }
            results.change(entity.name) { $0.tally.markedDeleted += marked ?? 0 }
        }
    }

    private mutating func readWithinBudget() async {
        let names = Set(entities.map(\.name))
        // A parent may be read per parent itself: costs of jobs come before the custom fields of costs.
        let later = entities.filter { $0.perParent.map { names.contains($0.parent) } ?? false }
        let first = entities.filter { entity in !later.contains { $0.name == entity.name } }
        var left = await budget()
        if left > 0, isGoingOn { left -= await readApproved(budget: left) }
        guard plan.trigger != .deletions else { return }
        if left > 0, isGoingOn { left -= await read(first, sharingWith: entities, budget: left) }
        if left > 0, isGoingOn { _ = await read(later, sharingWith: later, budget: left) }
    }

    /// Calls that a reading in the background plans at once: few, so that what is worth most is never far.
    private static var callsOfRound: Int { 100 }

    /// Reads what is worth most, looks again, and so on, until nothing is due, the budget is spent, or something fails.
    private mutating func readInRounds() async {
        var left = await budget()
        while left > 0, isGoingOn, !isStopping(), results.entities.allSatisfy(\.errors.isEmpty) {
            let round = min(left, PerParentRun.callsOfRound)
            let planned = await read(entities, sharingWith: entities, budget: round)
            guard planned > 0 else { return }
            left -= planned
        }
    }

    /// Asks once more for records of which a person has approved to mark rows.
    ///
    /// - Returns: the calls that were planned.
    private mutating func readApproved(budget: Int) async -> Int {
        var parts: [RunPlan.Part] = []
        var left = budget
        for entity in entities where isGoingOn && left > 0 {
            let (missing, most) = (missing, min(left, PerParentPlan.mostListed))
            let keys = await ask(for: entity.name) { () async throws(WarehouseError) in
                try await missing.approvedParents(entity, limit: most)
            }
            guard let keys, !keys.isEmpty else { continue }
            left -= keys.count
            let readings = keys.chunked(by: PerParentPlan.chunkSize).map { some in
                RunPlan.Reading(.parents(some), .missing, calls: some.count)
            }
            parts.append(RunPlan.Part(entity: entity, readings: readings))
        }
        guard !parts.isEmpty else { return 0 }
        engine.progress(.goingOn(why: RunPlan.Reason.missing.words, chunks: parts.reduce(0) { $0 + $1.chunks.count }))
        await load(parts)
        return budget - left
    }

    /// Calls that may be made now; 0 where the warehouse cannot say what was spent.
    private mutating func budget() async -> Int {
        let settings = engine.connection.settings
        let counted = settings.callsPerDay > 0 ? entities : []
        guard let name = entities.first?.name else { return 0 }
        let store = store
        let spent = await ask(for: name) { () async throws(WarehouseError) in
            counted.isEmpty ? (own: 0, all: 0) : try await store.spent(counted)
        }
        guard let spent else { return 0 }
        return PerParentPlan.budget(settings, spent: spent.own, spentInAll: spent.all, reader: plan.valueReader)
    }

    /// Reads what is due of some entities, with a budget that `all` share.
    ///
    /// - Returns: the calls that were planned.
    private mutating func read(
        _ entities: [EntityDefinition], sharingWith all: [EntityDefinition], budget: Int
    ) async -> Int {
        guard let name = entities.first?.name else { return 0 }
        let store = store
        let found = await ask(for: name) { () async throws(WarehouseError) in
            try await store.backlogs(all, limit: min(budget, PerParentPlan.mostListed))
        }
        guard let found else { return 0 }
        let names = Set(entities.map(\.name))
        let parts = PerParentPlan(engine.connection.settings, budget: budget, reader: plan.valueReader)
            .parts(all, found)
            .filter { names.contains($0.entity.name) && !$0.readings.isEmpty }
        guard !parts.isEmpty else { return 0 }
        engine.progress(.goingOn(why: RunPlan.Reason.values.words, chunks: parts.reduce(0) { $0 + $1.chunks.count }))
        let before = results
        results.add(await engine.load(plan.replacing(parts), run: run, isStopping: isStopping))
        // What was not begun is not left out: it is due, and the entity is partial.
        if isStopping() { for part in parts { results.change(part.entity.name) { $0.wasStopped = false } } }
        for part in parts { await noteFailed(part, before: before) }
        return parts.flatMap(\.readings).reduce(0) { $0 + $1.calls }
    }

    /// Notes parents whose chunk failed.
    ///
    /// The next run asks for each of them alone, so that one bad record does not keep the others of its chunk from
    /// being read.
    private mutating func noteFailed(_ part: RunPlan.Part, before: RunResults) async {
        let name = part.entity.name
        guard isGoingOn, !isStopping(), results[name]?.errors.count != before[name]?.errors.count else { return }
        let loaded = Set((results[name]?.loaded ?? []).map(\.chunk))
        let failed = part.chunks.filter { !loaded.contains($0) }.flatMap { chunk -> [String] in
            if case .parents(let keys) = chunk { keys } else { [] }
        }
        guard !failed.isEmpty else { return }
        let (store, run) = (store, run)
        _ = await ask(for: name) { () async throws(WarehouseError) in
            try await store.noteFailed(part.entity, failed, run: run)
        }
    }

    // MARK: missing rows

    /// Judges the rows that the answers of the run lacked, all together: marks them, or holds them for a person.
    private mutating func judgeMissing() async {
        let kinds = plan.parts.map(\.entity).filter(\.isPerParent)
        var found: [(entity: EntityDefinition, losses: PerParentMissing.Losses)] = []
        let (missing, run) = (missing, run)
        for entity in kinds where isGoingOn {
            let losses = await ask(for: entity.name) { () async throws(WarehouseError) in
                try await missing.losses(entity, run: run)
            }
            guard let losses else { return }
            if losses.missing + losses.approved > 0 { found.append((entity, losses)) }
        }
        guard let first = found.first?.entity.name else { return }
        let (brake, rows) = (
            PerParentBrake(engine.connection.settings), MissingRows(engine.warehouse, engine.connection)
        )
        let values = plan.known.filter(\.isPerParent).map(\.name)
        let week = await ask(for: first) { () async throws(WarehouseError) in
            try await rows.countMissing(entities: [], week: values)
        }
        guard let week else { return }
        let ofRun = brake.reasonToHold(all: found.reduce(0) { $0 + $1.losses.missing }, marked: week.marked)
        for (entity, losses) in found where isGoingOn {
            await settle(entity, losses, ofRun ?? brake.reasonToHold(losses.losses, rowsRead: losses.rowsRead))
        }
    }

    private mutating func settle(
        _ entity: EntityDefinition, _ losses: PerParentMissing.Losses, _ reason: String?
    ) async {
        let (missing, rows, run) = (missing, MissingRows(engine.warehouse, engine.connection), run)
        let marked = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await missing.settle(entity, holding: reason, run: run)
            return try await rows.markGone(entity, run: run)
        }
        guard let marked else { return }
        results.change(entity.name) {
            $0.tally.markedDeleted += marked
            if reason != nil { $0.held += losses.missing }
        }
    }

    /// Notes how many parents are still due: in the results, and in the warehouse for reports.
    private mutating func noteBacklog() async {
        guard isGoingOn, let name = entities.first?.name else { return }
        let (store, entities, run) = (store, entities, run)
        let notRead = plan.known.filter(\.isPerParent).filter { entity in
            !plan.known.values(engine.connection.settings).contains { $0.name == entity.name }
        }
        let found = await ask(for: name) { () async throws(WarehouseError) in
            let found = try await store.backlogs(entities, limit: 0)
            let read = found.filter { backlog in !notRead.contains { $0.name == backlog.entity } }
            try await store.noteState(read, notRead: notRead, run: run)
            return found
        }
        for backlog in found ?? [] where backlog.waiting > 0 {
            results.change(backlog.entity) {
                $0.waiting = backlog.waiting
                if backlog.due > 0 {
                    $0.notes.append("\(backlog.due) of \(backlog.parents) records still wait for a call")
                }
            }
        }
    }
}
