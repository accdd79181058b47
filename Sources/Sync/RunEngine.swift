public import Foundation
public import Inflow
public import Logging
public import Warehouse

/// Runs a plan for one connection: takes the lock, begins the run, loads all chunks with several workers, ends the run.
public struct RunEngine<S: Source>: Sendable {
    let warehouse: Warehouse
    let connection: Connection
    private let source: S
    private let workers: Int
    let retries: RetryPattern
    private let clock: any Clock<Duration>
    let now: Now
    private let logger: Logger
    private let isDry: Bool
    let progress: @Sendable (Progress) -> Void

    /// An engine of one connection.
    ///
    /// `workers` is how many chunks are in hand at once, each on a session of its own; calls in flight are limited by the
    /// source's quota besides. A dry engine reads and judges each chunk alone and writes no table. `clock` is what pauses
    /// between tries are waited with; `now` tells the day.
    public init(
        _ warehouse: Warehouse, _ connection: Connection, _ source: S, workers: Int = 5,
        retries: RetryPattern = RetryPattern(), clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping Now = { Instant() }, isDry: Bool = false,
        logger: Logger,
        progress: @escaping @Sendable (Progress) -> Void
    ) {
        self.warehouse = warehouse
        self.connection = connection
        self.source = source
        self.workers = max(1, workers)
        self.retries = retries
        self.clock = clock
        self.now = now
        self.isDry = isDry
        self.logger = logger
        self.progress = progress
    }

    /// Runs a plan.
    ///
    /// - Throws: what kept the run from beginning, or from being closed; everything else is told by the report.
    public func run(_ plan: RunPlan) async throws(WarehouseError) -> RunReport {
        try await SchemaCheck(warehouse, entities: plan.parts.map(\.entity)).run()
        let lock = try await RunLock.take(warehouse, for: connection) { progress(.waiting(for: $0)) }
        do throws(WarehouseError) {
            let report = isDry ? await runDry(plan) : try await runLocked(plan)
            await lock.release()
            return report
        } catch {
            await lock.release()
            throw error
        }
    }

    private func runDry(_ plan: RunPlan) async -> RunReport {
        // What is derived would be derived from what was not written.
        let parts = plan.parts.filter { !$0.chunks.isEmpty }
        let plan = RunPlan(trigger: plan.trigger, scope: plan.scope, parts: parts, known: plan.known)
        progress(.began(run: 0, entities: parts.map(\.entity.name)))
        var results = RunResults()
        await runPhase(plan, 0, &results, ended: { progress(.ended(entity: $0.entity, result: $0)) })
        return RunReport(
            run: 0, outcome: RunEngine.outcome(results.entities, results.stopped), entities: results.entities,
            error: results.stopped?.detailedMessage ?? RunEngine.firstErrors(results.entities), warnings: [])
    }

    private func runLocked(_ plan: RunPlan) async throws(WarehouseError) -> RunReport {
        let parked = try await parked(plan)
        return try await recorded(plan, continues: parked?.run) { run in await read(plan, run, parked) }
    }

    /// Begins a run in the run log, lets it be read, and ends it with what that came to.
    func recorded(
        _ plan: RunPlan, continues: Int64? = nil, _ read: @escaping @Sendable (Int64) async -> RunResults
    ) async throws(WarehouseError) -> RunReport {
        let log = RunLog(warehouse)
        let names = plan.parts.map(\.entity.name)
        let (run, closed) = try await log.begin(
            connection, trigger: plan.trigger, scope: plan.scope, entities: names,
            planned: Dictionary(plan.parts.map { ($0.entity.name, max(1, $0.chunks.count)) }, uniquingKeysWith: +),
            continues: continues)
        if !closed.isEmpty { progress(.closedDeadRuns(closed)) }
        progress(.began(run: run, entities: names))
        Failpoint.pass(.runBegun)
        let (results, cancel) = await cancellable(run) { await read(run) }
        let ends = results.entities.map { $0.end }
        try await RunEngine.uncancelled { () async throws(WarehouseError) in try await log.endEntities(run, ends) }
        let (entities, stopped) = (results.entities, results.stopped)
        Failpoint.pass(.runBeforeFinish)
        let outcome = RunEngine.outcome(entities, stopped)
        let resumeAt = RunEngine.resumeTime(stopped)
        let error =
            outcome == .interrupted && cancel != nil
            ? cancel?.words : stopped?.detailedMessage ?? RunEngine.firstErrors(entities)
        try await RunEngine.uncancelled { () async throws(WarehouseError) in
            try await log.end(run, outcome: outcome, error: error, resumeAt: resumeAt)
        }
        if plan.isFull, outcome != .interrupted { await deleteExpired() }
        let warnings = entities.flatMap { entity in entity.warnings.map { "\(entity.entity): \($0)" } }
        return RunReport(
            run: run, outcome: outcome, entities: entities, error: error, warnings: warnings, resumeAt: resumeAt)
    }

    /// Reads all that a plan says and what follows from it; what a parked run has read already is left out.
    private func read(_ plan: RunPlan, _ run: Int64, _ parked: ParkedRun?) async -> RunResults {
        var results = RunResults()
        await CallPurpose.$current.withValue(plan.purpose) {
            let lists = plan.withoutPerParent
            let rest = parked.map { $0.rest(of: lists, progress) } ?? lists
            await runPhase(rest, run, &results, ended: { progress(.ended(entity: $0.entity, result: $0)) })
            parked?.addLoaded(lists, to: &results)
            await followUp(lists, run, &results)
            await readParents(plan, run, &results)
        }
        return results
    }

    /// Loads the chunks of a plan; `ended` is told of each entity whose chunks are done.
    func runPhase(
        _ plan: RunPlan, _ run: Int64, _ results: inout RunResults,
        isStopping: @escaping @Sendable () -> Bool = { false },
        ended: @escaping @Sendable (EntityResult) -> Void = { _ in }
    ) async {
        let board = RunBoard(plan, isStopping: isStopping, endEntity: { ended($0) })
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(workers, max(1, await board.chunkCount)) {
                group.addTask { await work(board, run) }
            }
        }
        let (entities, stopped) = await board.finish()
        results.add(entities, stopped)
    }

    /// What is kept long enough goes at the end of a Sync All; the next one tries again where that fails.
    private func deleteExpired() async {
        do throws(WarehouseError) {
            _ = try await Retention(warehouse, connection).run()
        } catch {
            logger.warning("What has expired could not be deleted: \(error.message)")
        }
    }

    /// Runs work that must be done also when the run was interrupted.
    static func uncancelled(
        _ body: @escaping @Sendable () async throws(WarehouseError) -> Void
    ) async throws(WarehouseError) {
        let result = await Task.detached { () async -> Result<Void, WarehouseError> in
            do throws(WarehouseError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }.value
        try result.get()
    }

    private static func outcome(_ entities: [EntityResult], _ stopped: Failure?) -> RunOutcome {
        if let stopped {
            switch RecoveryPolicy.recovery(for: stopped) {
            case .interrupted: return .interrupted
            case .waitForPerson: return .consent
            case .stopForQuota, .postpone: return .quota
            case .retry, .retryOnce, .failChunk, .failRun: return .failed
            }
        }
        if entities.contains(where: { !$0.errors.isEmpty }) { return .failed }
        if entities.contains(where: { $0.tally.rejected + $0.unreadableDays > 0 }) { return .rejections }
        return entities.contains { $0.isWarning } ? .warnings : .green
    }

    private static func firstErrors(_ entities: [EntityResult]) -> String? {
        let errors = entities.flatMap { entity in entity.errors.prefix(1).map { "\(entity.entity): \($0)" } }
        return errors.isEmpty ? nil : errors.joined(separator: "\n")
    }

    // MARK: workers

    private func work(_ board: RunBoard, _ run: Int64) async {
        let loader = Loader(warehouse, connection: connection, run: run, isDry: isDry)
        var last: Int?
        while let task = await board.next(after: last) {
            last = task.part
            let purpose: CallPurpose = CallPurpose.current == .run ? task.reason.purpose : .background
            let outcome = await CallPurpose.$current.withValue(purpose) { await load(task, board, loader) }
            await board.done(task, outcome)
        }
        await loader.close()
    }

    private func load(_ task: RunBoard.Work, _ board: RunBoard, _ loader: Loader) async -> RunBoard.Outcome {
        let runner = EntityRunner(source: source, loader: loader, entity: task.entity, progress: progress)
        var outcome = RunBoard.Outcome()
        let carries = carries(task)
        while true {
            do throws(Failure) {
                if let derived = task.derived {
                    outcome.merged = try await runner.derive(
                        from: derived.entity, column: derived.column, &outcome.reading)
                } else {
                    outcome.merged = try await runner.load(
                        task.chunk, carries: carries, &outcome.reading, &outcome.drift)
                }
                progress(
                    .loaded(
                        entity: task.entity.name, chunk: task.chunk.description, tally: outcome.merged?.tally ?? Tally()
                    ))
                return outcome
            } catch {
                let failure = Task.isCancelled ? Failure.cancelled : error
                let tries =
                    board.dividesSlow && failure.isTimeOut
                    ? 1 : retries.tries(after: failure, isPart: task.whole != nil)
                guard outcome.reading.tries < tries, failure.tries < tries,
                    await pause(task, outcome.reading.tries, failure)
                else {
                    outcome.failure = Task.isCancelled ? .cancelled : failure
                    await note(outcome, task, loader)
                    return outcome
                }
                outcome.reading.tries += 1
            }
        }
    }

    private func carries(_ task: RunBoard.Work) -> Endpoint.Carries {
        if case .sweep(let endpoint) = task.chunk { return endpoint.carries }
        if case .parents = task.chunk { return task.entity.get?.carries ?? .everything }
        if task.entity.isReadEach { return task.entity.get?.carries ?? .everything }
        if connection.settings.jobStatusList, let alternative = task.entity.alternative { return alternative.carries }
        return task.entity.endpoint.carries
    }

    /// Waits before the next try; false when the run was interrupted meanwhile.
    private func pause(_ task: RunBoard.Work, _ tries: Int, _ failure: Failure) async -> Bool {
        progress(
            .retrying(
                entity: task.entity.name, chunk: task.chunk.description, tries: tries, reason: failure.message))
        do {
            try await clock.sleep(for: retries.pause(after: tries, spread: .random(in: 0...1)))
            return true
        } catch {
            return false
        }
    }

    private func note(_ outcome: RunBoard.Outcome, _ task: RunBoard.Work, _ loader: Loader) async {
        guard let failure = outcome.failure else { return }
        progress(
            .failed(entity: task.entity.name, chunk: task.chunk.description, reason: failure.detailedMessage))
        do throws(WarehouseError) {
            try await loader.noteFailure(
                of: task.entity, chunk: task.chunk, reading: outcome.reading, error: failure.detailedMessage,
                isUnreadableDay: task.isOneUnreadableDay(failure))
        } catch {
            // A run that is being stopped opens no session any more; its own row tells why.
            guard !Task.isCancelled else { return }
            logger.warning("A failed chunk could not be noted in the run log: \(error.message)")
        }
    }
}
