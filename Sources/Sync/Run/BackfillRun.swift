internal import Foundation
internal import Inflow
internal import Warehouse

/// A backfill under way: history chunk by chunk, newest first, beside the runs of every day.
///
/// It has a lock of its own, makes its calls at the background's priority in the quota, and moves no watermark. Each
/// span is one commit. The months in the coverage table are the only memory: a later backfill plans from them what is
/// lacking, so a backfill may end at any point.
///
/// Inflow learns how many days one call may ask for. The size grows while the platform answers within a minute, and
/// halves after a time-out; a run does not try a size again that was too slow. A list without pages may be cut by the
/// platform without a word, so the first span of a larger size is read after its months, and compared with them.
/// Inflow reads a failed span once more at the end, since a fault of the first hour has often passed in the third.
struct BackfillRun<S: Source>: RunStage {
    let engine: RunEngine<S>
    let run: Int64
    let plan: RunPlan
    var results = RunResults()
    private let state: SyncState
    let isStopping: @Sendable () -> Bool
    var sizes: [String: SpanSize]
    /// The largest size of each entity whose answer was found to be whole; larger ones are not remembered.
    var compared: [String: SpanSize]
    /// Sizes that took too long in this run or whose answer lacked records, to which nothing grows again.
    var tooLarge: [String: SpanSize] = [:]
    /// Failed spans, which Inflow reads once more at the end.
    var again: [(entity: EntityDefinition, span: Window)] = []

    init(
        engine: RunEngine<S>, run: Int64, plan: RunPlan, state: SyncState, isStopping: @escaping @Sendable () -> Bool
    ) {
        (self.engine, self.run, self.plan, self.state) = (engine, run, plan, state)
        self.isStopping = isStopping
        (sizes, compared) = (state.spanSizes, state.spanSizes)
    }

    var isOver: Bool { !isGoingOn || isStopping() || Task.isCancelled }

    /// Reads all chunks, and at the end the failed ones once more.
    mutating func read(_ history: BackfillPlan) async {
        // An entity without a chunk has its place in the report too.
        results.add(plan.parts.map(\.entity).map { EntityResult($0.name, plannedChunks: 0) }, nil)
        for (index, chunk) in history.chunks.enumerated() where !isOver {
            let before = results.tally
            await read(chunk)
            // A chunk that was stopped under way is not done; the next backfill finds what it lacks.
            guard !isOver else { break }
            report(index, of: history, since: before)
            Failpoint.pass(.historyChunkDone)
        }
        if !again.isEmpty, !isOver { await readAgain(history.entities) }
        if !isOver { await load(plan.parts.filter(\.entity.isDerived)) }
        // Spans still waiting for their second try are reported as failed.
        for (entity, span) in again {
            results.change(entity.name) {
                $0.errors.append("\(span): not read; the backfill ended before the second try.")
            }
        }
        if isStopping() { results.stop(.cancelled) }
    }

    func size(of entity: EntityDefinition) -> SpanSize { sizes[entity.name] ?? .month }

    private func report(_ index: Int, of history: BackfillPlan, since before: Tally) {
        let left = history.chunks[(index + 1)...].reduce(0) { sum, chunk in
            sum + chunk.parts.reduce(0) { $0 + BackfillPlan.calls($1, size(of: $1.entity), state) }
        }
        engine.progress(
            .history(
                done: index + 1, of: history.chunks.count, chunk: history.chunks[index].description,
                tally: results.tally - before, callsLeft: left))
    }

    private mutating func read(_ chunk: BackfillPlan.Chunk) async {
        await read(chunk.parts.map { ($0.entity, $0.gaps) })
    }

    /// Reads the days of some gaps, in spans of the size that each entity has by now.
    mutating func read(_ gaps: [(entity: EntityDefinition, windows: [Window])]) async {
        var parts: [RunPlan.Part] = []
        for (entity, windows) in gaps where !isOver {
            let spans = await spans(windows, of: entity)
            parts.append(RunPlan.Part(entity: entity, readings: spans.map { RunPlan.Reading(.span($0), .history) }))
        }
        guard !isOver else { return }
        await readSpans(parts, isLast: false)
        for part in parts where size(of: part.entity) < .month || part.chunks.contains(where: \.isPartOfMonth) {
            await noteParts(of: part.entity, months: part.chunks.touchedMonths)
        }
    }

    private mutating func readAgain(_ entities: [EntityDefinition]) async {
        let parts = entities.map { entity in
            RunPlan.Part(
                entity: entity,
                readings: again.filter { $0.entity.name == entity.name }
                    .map { RunPlan.Reading(.span($0.span), .history) })
        }.filter { !$0.readings.isEmpty }
        again = []
        await readSpans(parts, isLast: true)
    }

    /// Reads spans; keeps failed ones for the second try, unless this is it.
    mutating func readSpans(_ parts: [RunPlan.Part], isLast: Bool) async {
        var come = await engine.load(plan.replacing(parts), run: run, isStopping: isStopping)
        for part in parts {
            guard let result = come[part.entity.name] else { continue }
            await learn(part, result)
            // A run that was stopped names its reason itself.
            guard !isLast, come.stopped == nil else { continue }
            let failed = result.failed.compactMap { chunk -> Window? in
                if case .span(let window) = chunk { window } else { nil }
            }
            again += failed.map { (part.entity, $0) }
            come.change(part.entity.name) { $0.errors = [] }
        }
        results.add(come)
    }

    /// Goes up or down the ladder of sizes, and remembers the size for the next backfill.
    mutating func learn(_ part: RunPlan.Part, _ result: EntityResult) async {
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
        await remember(min(size, compared[name] ?? .month), of: part.entity, seconds: seconds)
    }

    /// Keeps a size for the next backfill.
    mutating func remember(_ size: SpanSize, of entity: EntityDefinition, seconds: Double?) async {
        let state = engine.syncState
        _ = await ask(for: entity.name) { () async throws(WarehouseError) in
            try await state.remember(size, of: entity, seconds: seconds)
        }
    }
}

extension Chunk {
    /// Whether the chunk is a span of nearly `size`, and not the shorter rest of a gap.
    func isFull(_ size: SpanSize) -> Bool {
        if case .span(let window) = self { window.days * 10 >= size.days * 9 } else { false }
    }

    /// Whether the chunk is a span that does not begin and end with months.
    fileprivate var isPartOfMonth: Bool {
        guard case .span(let window) = self else { return false }
        return window.from != window.from.startOfMonth || window.until != window.until.startOfMonth
    }
}
