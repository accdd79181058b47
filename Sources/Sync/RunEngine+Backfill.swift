internal import Foundation
public import Inflow
public import Warehouse

/// A backfill: history chunk by chunk, newest first, beside the runs of every day.
///
/// It takes a lock of its own, reads in the background of the quota, and touches no watermark. What one call asks for grows
/// while the platform answers within a minute and is halved where it does not answer in time. Each span is a commit; the
/// months that are covered are how a later backfill knows where to go on.
extension RunEngine {
    /// Reads what a plan says is lacking.
    ///
    /// Once `isStopping` says so nothing more is begun: what is in hand is finished, and the run ends interrupted. `state`
    /// holds what was learned of sizes and rows before.
    ///
    /// - Throws: what kept the run from beginning, or from being closed; everything else is told by the report.
    public func backfill(
        _ history: BackfillPlan, state: SyncState, isStopping: @escaping @Sendable () -> Bool
    ) async throws(WarehouseError) -> RunReport {
        try await SchemaCheck(warehouse, entities: history.entities).run()
        let lock = try await RunLock.take(warehouse, for: connection, .backfill) { progress(.waiting(for: $0)) }
        var plan = RunPlan(
            trigger: .backfill, scope: "backfill of \(history.window)",
            parts: history.entities.map { RunPlan.Part(entity: $0, chunks: []) }, known: history.entities)
        plan.purpose = .background
        do throws(WarehouseError) {
            let report = try await recorded(plan) { [plan] run in
                await CallPurpose.$current.withValue(.background) {
                    var work = BackfillRun(engine: self, run: run, plan: plan, state: state, isStopping: isStopping)
                    await work.read(history)
                    await followUp(plan, run, &work.results)
                    return work.results
                }
            }
            await lock.release()
            return report
        } catch {
            await lock.release()
            throw error
        }
    }
}

/// One backfill under way.
private struct BackfillRun<S: Source> {
    let engine: RunEngine<S>
    let run: Int64
    let plan: RunPlan
    let state: SyncState
    let isStopping: @Sendable () -> Bool
    var results = RunResults()
    private var sizes: [String: SpanSize]
    /// Sizes that were not answered in time in this run: nothing grows to them again.
    private var tooLarge: [String: SpanSize] = [:]
    /// Spans that failed and are asked for once more at the end.
    private var again: [(entity: EntityDefinition, span: Window)] = []

    init(
        engine: RunEngine<S>, run: Int64, plan: RunPlan, state: SyncState, isStopping: @escaping @Sendable () -> Bool
    ) {
        self.engine = engine
        self.run = run
        self.plan = plan
        self.state = state
        self.isStopping = isStopping
        sizes = state.spanSizes
    }

    private var isOver: Bool { results.stopped != nil || isStopping() || Task.isCancelled }

    /// Reads all chunks, and at the end once more what failed.
    mutating func read(_ history: BackfillPlan) async {
        // So that each entity has its place in the report, also when it comes to nothing.
        results.add(history.entities.map { EntityResult($0.name, plannedChunks: 0) }, nil)
        for (index, chunk) in history.chunks.enumerated() where !isOver {
            let before = results.tally
            await read(chunk)
            // One that was stopped under way is not done; the next backfill finds what it lacks.
            guard !isOver else { break }
            let left = history.chunks[(index + 1)...].reduce(0) { sum, chunk in
                sum + chunk.parts.reduce(0) { $0 + BackfillPlan.calls($1, size(of: $1.entity), state) }
            }
            engine.progress(
                .history(
                    done: index + 1, of: history.chunks.count, chunk: chunk.description, tally: results.tally - before,
                    callsLeft: left))
            Failpoint.pass(.historyChunkDone)
        }
        if !again.isEmpty, !isOver {
            let parts = history.entities.map { entity in
                RunPlan.Part(
                    entity: entity,
                    readings: again.filter { $0.entity.name == entity.name }
                        .map { RunPlan.Reading(.span($0.span), .history) })
            }.filter { !$0.readings.isEmpty }
            again = []
            await readSpans(parts, isLast: true)
        }
        // What was to be asked for again and could not be is named all the same.
        for (entity, span) in again {
            results.change(entity.name) {
                $0.errors.append("\(span): given up; the backfill ended before it was asked for again.")
            }
        }
        if isStopping() { results.stop(.cancelled) }
    }

    private func size(of entity: EntityDefinition) -> SpanSize { sizes[entity.name] ?? .month }

    private mutating func read(_ chunk: BackfillPlan.Chunk) async {
        let parts = chunk.parts.map { part in
            RunPlan.Part(
                entity: part.entity,
                readings: part.gaps.flatMap { size(of: part.entity).cut($0) }.map {
                    RunPlan.Reading(.span($0), .history)
                })
        }
        await readSpans(parts, isLast: false)
        for part in parts where size(of: part.entity) < .month || part.chunks.contains(where: \.isPartOfMonth) {
            let months = part.chunks.flatMap { chunk in
                if case .span(let window) = chunk { window.touchedMonths } else { [LocalDate]() }
            }
            await engine.noteParts(of: part.entity, months, run, &results)
        }
    }

    /// Reads spans; what fails is put aside to be asked for again, unless this is the last time.
    private mutating func readSpans(_ parts: [RunPlan.Part], isLast: Bool) async {
        var come = RunResults()
        await engine.runPhase(plan.replacing(parts), run, &come, isStopping: isStopping)
        for part in parts {
            guard let result = come[part.entity.name] else { continue }
            await learn(part, result)
            // What was stopped names its reason itself.
            guard !isLast, come.stopped == nil else { continue }
            let failed = result.failed.compactMap { chunk -> Window? in
                if case .span(let window) = chunk { window } else { nil }
            }
            again += failed.map { (part.entity, $0) }
            come.change(part.entity.name) { $0.errors = [] }
        }
        results.add(come.entities, come.stopped)
    }

    /// Goes up or down the ladder of sizes, and remembers where it has got to.
    private mutating func learn(_ part: RunPlan.Part, _ result: EntityResult) async {
        let (name, before) = (part.entity.name, size(of: part.entity))
        var seconds: Double?
        if !result.slow.isEmpty {
            tooLarge[name] = min(tooLarge[name] ?? before, before)
            sizes[name] = before.halved
        } else if let slowest = result.loaded.filter({ $0.chunk.isFull(before) && $0.seconds > 0 }).map(\.seconds).max()
        {
            let grown = before.grown(after: slowest)
            seconds = slowest
            sizes[name] = tooLarge[name].map { min(grown, max($0.halved, before)) } ?? grown
        }
        guard let size = sizes[name], size != before || state.spanSizes[name] == nil else { return }
        let store = SyncStateStore(engine.warehouse, engine.connection)
        _ = await engine.step(name, &results) { () async throws(WarehouseError) in
            try await store.remember(size, of: part.entity, seconds: seconds)
        }
    }
}

extension Chunk {
    /// Whether it is a span of about so many days, and not the shorter rest of one.
    fileprivate func isFull(_ size: SpanSize) -> Bool {
        if case .span(let window) = self { window.days * 10 >= size.days * 9 } else { false }
    }

    /// Whether it is a span that does not begin and end with months.
    fileprivate var isPartOfMonth: Bool {
        guard case .span(let window) = self else { return false }
        return window.from != window.from.startOfMonth || window.until != window.until.startOfMonth
    }
}
