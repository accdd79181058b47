public import Foundation
public import Inflow
public import Logging
public import Warehouse

/// Runs a plan for one connection: takes the lock, begins the run, loads the chunks with several workers, ends the run.
///
/// The engine itself holds only what does not change during a run; it can run one plan after another. What changes is
/// in values, each in its own file:
///
/// - ``RecordedRun``: the run's row in the run log, from begin to end, and the watch for a cancel request.
/// - ``RunBoard``: which chunks of a plan wait, are being loaded and are done. Its ``ChunkWorker``s take chunks from it, and
///   each loads them through an ``EntityRunner``, which is the line.
/// - ``RunStage``: what a run reads besides its plan's lists. ``FullReadings``, ``FollowUps`` and ``PerParentRun``
///   follow the lists of a sync; ``BackfillRun`` reads history.
/// - ``ParkedRun``: what an earlier run of the same request had read when the quota stopped it.
/// - ``RunResults``: the results of all of them, by entity, and the outcome that follows.
public struct RunEngine<S: Source>: Sendable {
    let warehouse: Warehouse
    let connection: Connection
    let source: S
    private let workers: Int
    let retries: RetryPattern
    let clock: any Clock<Duration>
    let now: Now
    let logger: Logger
    private let isDry: Bool
    let progress: @Sendable (Progress) -> Void

    /// An engine of one connection.
    ///
    /// `workers` is the number of chunks under way at once, each on a session of its own; the source's quota limits the
    /// calls in flight besides. A dry engine reads and judges each chunk alone and writes no table. `clock` waits the
    /// pauses between tries; `now` decides which day it is.
    public init(
        _ warehouse: Warehouse, _ connection: Connection, _ source: S, workers: Int = 5,
        retries: RetryPattern = RetryPattern(), clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping Now = { Instant() }, isDry: Bool = false,
        logger: Logger,
        progress: @escaping @Sendable (Progress) -> Void
    ) {
        self.warehouse = warehouse.waiting(Warehouse.patienceOfRuns)
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

    var coverage: CoverageStore { CoverageStore(warehouse, connection) }
    var syncState: SyncStateStore { SyncStateStore(warehouse, connection) }
    var unknownNumbers: UnknownNumbers { UnknownNumbers(warehouse, connection) }
    var watermarks: WatermarkStore { WatermarkStore(warehouse, connection) }
    var openDocuments: OpenDocuments { OpenDocuments(warehouse, connection) }

    // MARK: a sync

    /// Runs a plan.
    ///
    /// - Throws: what kept the run from beginning, or its end from being written; the report has every other failure.
    public func run(_ plan: RunPlan) async throws(WarehouseError) -> RunReport {
        try await locked(.run, entities: plan.parts.map(\.entity)) { () async throws(WarehouseError) in
            if isDry { return await judge(plan) }
            let parked = try await ParkedRun.find(for: plan, in: RunLog(warehouse), of: connection)
            return try await RecordedRun(engine: self, plan: plan, continues: parked?.run).record { run in
                await read(plan, run, parked)
            }
        }
    }

    /// Judges what a plan's chunks would do, and writes nothing.
    private func judge(_ plan: RunPlan) async -> RunReport {
        // A derived table would be derived from rows that a dry run does not write.
        let parts = plan.parts.filter { !$0.chunks.isEmpty }
        let plan = RunPlan(trigger: plan.trigger, scope: plan.scope, parts: parts, known: plan.known)
        progress(.began(run: 0, entities: parts.map(\.entity.name)))
        let results = await load(plan, run: 0, ended: { progress(.ended(entity: $0.entity, result: $0)) })
        return RunReport(
            run: 0, outcome: results.outcome, entities: results.entities, error: results.error, warnings: [])
    }

    /// Reads the plan's lists and what follows from them; leaves out the chunks that a parked run has loaded.
    private func read(_ plan: RunPlan, _ run: Int64, _ parked: ParkedRun?) async -> RunResults {
        await CallPurpose.$current.withValue(plan.purpose) {
            let lists = plan.withoutPerParent
            let rest = parked.map { $0.rest(of: lists, progress) } ?? lists
            var results = await load(rest, run: run, ended: { progress(.ended(entity: $0.entity, result: $0)) })
            parked?.addLoaded(lists, to: &results)
            var full = FullReadings(engine: self, run: run, plan: lists, results: results)
            await full.readAll()
            var followUps = FollowUps(engine: self, run: run, plan: lists, results: full.results)
            await followUps.readAll()
            var perParent = PerParentRun(engine: self, run: run, plan: plan, results: followUps.results)
            await perParent.readAll()
            return perParent.results
        }
    }

    // MARK: a backfill

    /// Reads the history that a plan says is lacking.
    ///
    /// Once `isStopping` is true the run begins no chunk, finishes those under way, and ends interrupted. `state`
    /// holds the sizes and row counts that earlier runs learned.
    ///
    /// - Throws: what kept the run from beginning, or its end from being written; the report has every other failure.
    public func backfill(
        _ history: BackfillPlan, state: SyncState, isStopping: @escaping @Sendable () -> Bool
    ) async throws(WarehouseError) -> RunReport {
        var plan = RunPlan(
            trigger: .backfill, scope: "backfill of \(history.window)",
            parts: history.entities.map { RunPlan.Part(entity: $0, chunks: []) }, known: history.known
        ).withDerived(connection.settings)
        plan.purpose = .background
        return try await locked(.backfill, entities: history.entities) { [plan] () async throws(WarehouseError) in
            try await RecordedRun(engine: self, plan: plan).record { run in
                await CallPurpose.$current.withValue(.background) {
                    var backfill = BackfillRun(
                        engine: self, run: run, plan: plan, state: state, isStopping: isStopping)
                    await backfill.read(history)
                    var followUps = FollowUps(engine: self, run: run, plan: plan, results: backfill.results)
                    await followUps.readAll()
                    return followUps.results
                }
            }
        }
    }

    // MARK: values

    /// Reads values in the background: what costs a call for each record, in order of worth, beside other runs.
    ///
    /// Once `isStopping` is true the run begins no chunk, finishes those under way, and ends with what it has read.
    ///
    /// - Throws: what kept the run from beginning, `busy` where another process reads values of the connection, or its
    ///   end from being written; the report has every other failure.
    public func readValues(
        _ plan: RunPlan, isStopping: @escaping @Sendable () -> Bool
    ) async throws(WarehouseError) -> RunReport {
        try await locked(.values, entities: plan.parts.map(\.entity), waiting: 1) { () async throws(WarehouseError) in
            try await RecordedRun(engine: self, plan: plan).record { run in
                await CallPurpose.$current.withValue(.background) {
                    var values = PerParentRun(
                        engine: self, run: run, plan: plan, results: RunResults(), isStopping: isStopping)
                    await values.readAll()
                    return values.results
                }
            }
        }
    }

    // MARK: shared

    /// Runs `body` under the connection's lock, once the warehouse's tables are what these entities need.
    private func locked(
        _ purpose: RunLock.Purpose, entities: [EntityDefinition], waiting seconds: Int = 60,
        _ body: () async throws(WarehouseError) -> RunReport
    ) async throws(WarehouseError) -> RunReport {
        try await SchemaCheck(warehouse, entities: entities).run()
        let lock = try await RunLock.take(warehouse, for: connection, purpose, waiting: seconds) {
            progress(.waiting(for: $0))
        }
        do throws(WarehouseError) {
            let report = try await body()
            await lock.release()
            return report
        } catch {
            await lock.release()
            throw error
        }
    }

    /// Loads the chunks of a plan; `ended` is called with each entity when its chunks are done.
    func load(
        _ plan: RunPlan, run: Int64, isStopping: @escaping @Sendable () -> Bool = { false },
        ended: @escaping @Sendable (EntityResult) -> Void = { _ in }
    ) async -> RunResults {
        let board = RunBoard(plan, isStopping: isStopping, endEntity: { ended($0) })
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(workers, max(1, await board.chunkCount)) {
                group.addTask {
                    let loader = Loader(
                        warehouse, connection: connection, run: run, isDry: isDry,
                        comparesColumns: plan.trigger == .reconcile)
                    await ChunkWorker(engine: self, board: board, loader: loader).work()
                }
            }
        }
        let (entities, stopped) = await board.finish()
        var results = RunResults()
        results.add(entities, stopped)
        if !isDry { await failLost(await board.committed, of: run, &results) }
        return results
    }

    /// Fails entities of which the log lacks chunks that were committed.
    ///
    /// A chunk's commit does not wait for the disk, and a run outlives a crash of the server: what the crash took must not
    /// count as loaded.
    private func failLost(_ committed: [String: Set<String>], of run: Int64, _ results: inout RunResults) async {
        guard !committed.isEmpty, !Task.isCancelled else { return }
        do throws(WarehouseError) {
            let lost = try await RunLog(warehouse).lost(of: committed, in: run, of: connection)
            for (entity, chunks) in lost {
                results.change(entity) {
                    $0.loaded = []
                    $0.errors.append(
                        "The server crashed and lost \(chunks.count) readings that were committed. Inflow reads them "
                            + "again with the next run.")
                }
            }
        } catch {
            for entity in committed.keys { results.fail(entity, .warehouse(error)) }
        }
    }

    /// Has PostgreSQL look at tables that the run filled; if that fails, PostgreSQL does it some minutes later.
    func analyzeGrown() async {
        do throws(WarehouseError) {
            try await GrownTables(warehouse).analyze()
        } catch {
            logger.warning("Inflow could not have PostgreSQL look at tables that have grown: \(error.message)")
        }
    }

    /// Computes the sums of what was written; if that fails, the next run or the daemon does it, and reports compute them
    /// meanwhile.
    func keepSums() async {
        do throws(WarehouseError) {
            try await KeptSums(warehouse, connection).keep()
            try await GrownTables(warehouse).analyze()
        } catch {
            logger.warning("Inflow could not compute the sums that reports are made of: \(error.message)")
        }
    }

    /// Deletes what has expired by the retention settings; if that fails, the next Sync All does it.
    func deleteExpired() async {
        do throws(WarehouseError) {
            _ = try await Retention(warehouse, connection).run()
        } catch {
            logger.warning("Inflow could not delete expired records: \(error.message)")
        }
    }
}
