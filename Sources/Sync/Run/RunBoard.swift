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
    struct Assignment: Sendable {
        let part: Int
        let entity: EntityDefinition
        let chunk: Chunk
        let reason: RunPlan.Reason
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
    var waiting: [Assignment] = []
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
    /// The parts of chunks that failed for good since the last chunk of any part that was loaded.
    var failuresInRow: [Int] = []
    /// Chunks of each part that failed for good since the last of it that was loaded.
    var failuresOfPart: [Int]
    /// Parts that the platform refused (403).
    var refusedParts: Set<Int> = []
    /// Whether the platform has given an answer that was loaded.
    var hasLoaded = false
    /// What the workers have committed, as the run log names it, by entity.
    private(set) var committed: [String: Set<String>] = [:]
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
        failuresOfPart = plan.parts.map { _ in 0 }
        sweeps = plan.parts.map { part in part.chunks.count(where: \.isSweep) }
        for (index, part) in plan.parts.enumerated() {
            var assignment = part.readings.map {
                Assignment(part: index, entity: part.entity, chunk: $0.chunk, reason: $0.reason, derived: nil)
            }
            if case .derived(let from, let column) = part.entity.window, part.chunks.isEmpty,
                let source = plan.parts.first(where: { $0.entity.name == from })?.entity ?? RunBoard.sibling(from, plan)
            {
                assignment = [
                    Assignment(
                        part: index, entity: part.entity, chunk: .whole, reason: .list, derived: (source, column))
                ]
            }
            open.append(assignment.count)
            waiting += assignment
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
    func next(after last: Int?) async -> Assignment? {
        while stopped == nil, !waiting.isEmpty, !isStopping() {
            if Task.isCancelled {
                stop(.cancelled)
                break
            }
            if let index = best(after: last) {
                let assignment = waiting.remove(at: index)
                inHand[assignment.part] += 1
                return assignment
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
        for (index, assignment) in waiting.enumerated() where isReady(assignment) {
            let isBetter = inHand[assignment.part] < fewest
            let isAtHand = inHand[assignment.part] == fewest && assignment.part == last
            guard isBetter || isAtHand else { continue }
            (found, fewest) = (index, inHand[assignment.part])
            if fewest == 0, assignment.part == last || last == nil { break }
            if isAtHand { break }
        }
        return found
    }

    private func isReady(_ assignment: Assignment) -> Bool {
        guard assignment.chunk.isSweep || sweeps[assignment.part] == 0 else { return false }
        guard let source = assignment.derived?.entity.name,
            let part = results.firstIndex(where: { $0.entity == source })
        else {
            return true
        }
        return open[part] == 0
    }

    /// Adds the outcome of a chunk, and wakes the workers that wait for it.
    func done(_ assignment: Assignment, _ outcome: ChunkOutcome) async {
        results[assignment.part].traffic += outcome.receipt.traffic
        results[assignment.part].replacedCharacters += outcome.receipt.replacedCharacters
        results[assignment.part].lostCharacters += outcome.receipt.lostCharacters
        results[assignment.part].drift.formUnion(outcome.drift)
        for warning in outcome.warnings.sorted() where !results[assignment.part].warnings.contains(warning) {
            results[assignment.part].warnings.append(warning)
        }
        if let merged = outcome.merged {
            committed[assignment.entity.name, default: []].insert(assignment.entity.label(of: assignment.chunk))
            if assignment.derived == nil {
                failuresInRow = []
                failuresOfPart[assignment.part] = 0
                hasLoaded = true
            }
            results[assignment.part].tally += merged.tally
            results[assignment.part].held += merged.held
            results[assignment.part].rejectedValues += merged.rejectedValues
            if let preview = merged.preview { results[assignment.part].previews.append(preview) }
            results[assignment.part].loadedChunks += 1
            note(
                Loaded(
                    chunk: assignment.chunk, reason: assignment.reason, askedAt: merged.askedAt,
                    answeredAt: outcome.receipt.answeredAt,
                    seconds: max(0, outcome.receipt.seconds - outcome.receipt.traffic.waited),
                    keyAnswers: outcome.receipt.keyAnswers, isUnsettled: merged.missing + merged.held > 0),
                of: assignment)
        }
        if let failure = outcome.failure { fail(assignment, failure) }
        if assignment.chunk.isSweep { sweeps[assignment.part] -= 1 }
        open[assignment.part] -= 1
        inHand[assignment.part] -= 1
        if open[assignment.part] == 0, ended.insert(assignment.part).inserted {
            await endEntity(results[assignment.part])
        }
        wake()
    }

    func stop(_ failure: Failure) {
        if stopped == nil { stopped = failure }
        wake()
    }

    /// Drops the chunks of a part that wait; they count as failed with it.
    func drop(_ part: Int) {
        for work in waiting where work.part == part {
            results[part].failed.append(work.chunk)
            if let whole = work.whole { wholes[whole].isBroken = true }
            if work.chunk.isSweep { sweeps[part] -= 1 }
            open[part] -= 1
        }
        waiting.removeAll { $0.part == part }
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
