internal import Inflow
internal import Warehouse

/// A run as the run log has it: begun, read under the eye of a cancel request, and ended with what it came to.
///
/// The end is written also when the task was cancelled: a run without an end is one whose process ended.
struct RecordedRun<S: Source>: Sendable {
    let engine: RunEngine<S>
    let plan: RunPlan
    /// The parked run that this one continues.
    var continues: Int64?

    /// Begins the run, reads, ends it.
    ///
    /// - Throws: what kept the run from beginning, or its end from being written.
    func record(
        _ read: @escaping @Sendable (Int64) async -> RunResults
    ) async throws(WarehouseError) -> RunReport {
        let log = RunLog(engine.warehouse)
        let run = try await begin(log)
        Failpoint.pass(.runBegun)
        let (results, cancel) = await CancelWatch(log: log, run: run).during { await read(run) }
        let ends = results.entities.map { $0.end }
        try await uncancelled { () async throws(WarehouseError) in try await log.endEntities(run, ends) }
        Failpoint.pass(.runBeforeFinish)
        let (outcome, resumeAt) = (results.outcome, results.resumeTime)
        let error =
            outcome == .interrupted && cancel != nil
            ? cancel?.words(in: engine.connection.settings.timeZone) : results.error
        try await uncancelled { () async throws(WarehouseError) in
            try await log.end(run, outcome: outcome, error: error, resumeAt: resumeAt)
        }
        if outcome != .interrupted {
            await engine.analyzeGrown()
            await engine.keepSums()
            if plan.isFull { await engine.deleteExpired() }
        }
        let entities = results.entities
        let warnings = entities.flatMap { entity in entity.warnings.map { "\(entity.entity): \($0)" } }
        return RunReport(
            run: run, outcome: outcome, entities: entities, error: error, warnings: warnings, resumeAt: resumeAt)
    }

    private func begin(_ log: RunLog) async throws(WarehouseError) -> Int64 {
        let names = plan.parts.map(\.entity.name)
        let (run, closed) = try await log.begin(
            engine.connection, trigger: plan.trigger, scope: plan.scope, entities: names,
            planned: Dictionary(plan.parts.map { ($0.entity.name, max(1, $0.chunks.count)) }, uniquingKeysWith: +),
            continues: continues)
        if !closed.isEmpty { engine.progress(.closedDeadRuns(closed)) }
        engine.progress(.began(run: run, entities: names))
        return run
    }
}
