internal import Inflow
internal import Warehouse

/// Which chunks of a plan wait, are being loaded and are done; the workers of one run share it.
///
/// Three rules decide which chunk is next:
///
/// - Merges of one entity run one at a time, so a worker gets the entity that has the fewest chunks under way, and
///   among equals the entity it had before, whose staging tables are there already.
/// - The spans of an entity wait for its lists of open documents: only then does Inflow know which document is in neither.
/// - A derived entity waits for the entity it is derived from.
///
/// A worker that finds no ready chunk sleeps until another one is done. After a stop the board gives out no chunk.
actor RunBoard {
    /// One chunk to load.
    struct Work: Sendable {
        let part: Int
        let entity: EntityDefinition
        let chunk: Chunk
        let reason: RunPlan.Reason
        /// The entity and column it is derived from.
        let derived: (entity: EntityDefinition, column: String)?
        /// The number in `wholes` of the span that this chunk is a part of.
        var whole: Int?
    }

    /// A chunk that is committed.
    struct Loaded: Sendable {
        let chunk: Chunk
        let reason: RunPlan.Reason
        /// By the database's clock.
        let askedAt: Instant
        /// By the platform's clock, where it said so.
        let answeredAt: Instant?
        /// Seconds it took, without the waiting for permits to call.
        var seconds = 0.0
        /// What its reads by key came to.
        var keyAnswers: [KeyAnswer] = []
        /// Whether rows were absent from its answer: until they are settled it verifies nothing.
        var isUnsettled = false
    }

    var results: [EntityResult]
    var waiting: [Work] = []
    /// Chunks not yet done, by part.
    var open: [Int]
    /// Lists of open documents not yet read, by part.
    private var sweeps: [Int]
    /// Chunks a worker has taken, by part.
    private var inHand: [Int]
    private var stopped: Failure?
    private var sleepers: [CheckedContinuation<Void, Never>] = []
    private let endEntity: @Sendable (EntityResult) async -> Void
    private var ended: Set<Int> = []
    /// Spans that Inflow reads in parts, since it could not read their answer whole.
    var wholes: [Divided] = []
    /// Chunks that failed on their last try since the last loaded one.
    var failuresInRow = 0
    let isBackground: Bool
    /// Whether Inflow reads a span in halves after a time-out.
    let dividesSlow: Bool
    /// Whether the run shall begin no further chunk.
    private let isStopping: @Sendable () -> Bool

    init(
        _ plan: RunPlan, isStopping: @escaping @Sendable () -> Bool = { false },
        endEntity: @escaping @Sendable (EntityResult) async -> Void
    ) {
        self.endEntity = endEntity
        isBackground = plan.purpose == .background
        dividesSlow = plan.isHistory
        self.isStopping = isStopping
        results = plan.parts.map { EntityResult($0.entity.name, plannedChunks: max(1, $0.chunks.count)) }
        open = []
        inHand = plan.parts.map { _ in 0 }
        sweeps = plan.parts.map { part in part.chunks.count(where: \.isSweep) }
        for (index, part) in plan.parts.enumerated() {
            var work = part.readings.map {
                Work(part: index, entity: part.entity, chunk: $0.chunk, reason: $0.reason, derived: nil)
            }
            if case .derived(let from, let column) = part.entity.window, part.chunks.isEmpty,
                let source = plan.parts.first(where: { $0.entity.name == from })?.entity ?? RunBoard.sibling(from, plan)
            {
                work = [
                    Work(part: index, entity: part.entity, chunk: .whole, reason: .list, derived: (source, column))
                ]
            }
            open.append(work.count)
            waiting += work
        }
    }

    /// The source of a derived entity that the plan names without its source.
    private static func sibling(_ name: String, _ plan: RunPlan) -> EntityDefinition? {
        plan.known.first { $0.name == name }
    }

    var chunkCount: Int { waiting.count }

    /// The next chunk that may begin, or `nil` when there is none left or the run was stopped.
    ///
    /// `last` is the part the worker had before: its staging tables for that entity are there already.
    func next(after last: Int?) async -> Work? {
        while stopped == nil, !waiting.isEmpty, !isStopping() {
            if Task.isCancelled {
                stop(.cancelled)
                break
            }
            if let index = best(after: last) {
                let work = waiting.remove(at: index)
                inHand[work.part] += 1
                return work
            }
            await withCheckedContinuation { sleepers.append($0) }
        }
        return nil
    }

    /// The first chunk of the entity that has the fewest under way: merges of one entity are one at a time, so five
    /// workers on one entity would wait for each other.
    private func best(after last: Int?) -> Int? {
        var found: Int?
        var fewest = Int.max
        for (index, work) in waiting.enumerated() where isReady(work) {
            let isBetter = inHand[work.part] < fewest
            let isAtHand = inHand[work.part] == fewest && work.part == last
            guard isBetter || isAtHand else { continue }
            (found, fewest) = (index, inHand[work.part])
            if fewest == 0, work.part == last || last == nil { break }
            if isAtHand { break }
        }
        return found
    }

    private func isReady(_ work: Work) -> Bool {
        guard work.chunk.isSweep || sweeps[work.part] == 0 else { return false }
        guard let source = work.derived?.entity.name, let part = results.firstIndex(where: { $0.entity == source })
        else {
            return true
        }
        return open[part] == 0
    }

    /// Adds the outcome of a chunk, and wakes the workers that wait for it.
    func done(_ work: Work, _ outcome: ChunkOutcome) async {
        results[work.part].traffic += outcome.receipt.traffic
        results[work.part].replacedCharacters += outcome.receipt.replacedCharacters
        results[work.part].drift.formUnion(outcome.drift)
        for warning in outcome.warnings.sorted() where !results[work.part].warnings.contains(warning) {
            results[work.part].warnings.append(warning)
        }
        if let merged = outcome.merged {
            if work.derived == nil { failuresInRow = 0 }
            results[work.part].tally += merged.tally
            results[work.part].held += merged.held
            if let preview = merged.preview { results[work.part].previews.append(preview) }
            results[work.part].loadedChunks += 1
            note(
                Loaded(
                    chunk: work.chunk, reason: work.reason, askedAt: merged.askedAt,
                    answeredAt: outcome.receipt.answeredAt,
                    seconds: max(0, outcome.receipt.seconds - outcome.receipt.traffic.waited),
                    keyAnswers: outcome.receipt.keyAnswers, isUnsettled: merged.missing + merged.held > 0), of: work)
        }
        if let failure = outcome.failure { fail(work, failure) }
        if work.chunk.isSweep { sweeps[work.part] -= 1 }
        open[work.part] -= 1
        inHand[work.part] -= 1
        if open[work.part] == 0, ended.insert(work.part).inserted { await endEntity(results[work.part]) }
        wake()
    }

    func stop(_ failure: Failure) {
        if stopped == nil { stopped = failure }
        wake()
    }

    private func wake() {
        for sleeper in sleepers { sleeper.resume() }
        sleepers = []
    }

    /// Ends what is still open and returns all results, and why the run was stopped.
    func finish() async -> ([EntityResult], Failure?) {
        for part in results.indices where !ended.contains(part) {
            results[part].wasStopped = open[part] > 0
            ended.insert(part)
            await endEntity(results[part])
        }
        return (results, stopped)
    }
}

extension Chunk {
    /// Whether the chunk is a list of open documents.
    var isSweep: Bool { if case .sweep = self { true } else { false } }
}
