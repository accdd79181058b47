public import Inflow
public import Warehouse

/// Events of a run, for a display that follows it.
///
/// The run does not wait for the display.
public enum Progress: Sendable {
    /// The run waits for another run of the connection to end.
    case waiting(for: String)
    /// Inflow closed runs whose process had ended.
    case closedDeadRuns([Int64])
    /// The run has begun.
    case began(run: Int64, entities: [String])
    /// Records of a chunk have been staged.
    case pulled(entity: String, records: Int, traffic: Traffic)
    /// Inflow reads a chunk again.
    case retrying(entity: String, chunk: String, tries: Int, reason: String)
    /// A chunk is committed.
    case loaded(entity: String, chunk: String, tally: Tally)
    /// Inflow gave up on a chunk.
    case failed(entity: String, chunk: String, reason: String)
    /// The run continues with readings that became known only during it.
    case goingOn(why: String, chunks: Int)
    /// A chunk of history is done: its number, its days, its counts, and the calls that Inflow still expects to make.
    case history(done: Int, of: Int, chunk: String, tally: Tally, callsLeft: Int)
    /// An entity is done.
    case ended(entity: String, result: EntityResult)
}

/// How an entity's part of a run ended.
public struct EntityResult: Sendable {
    /// Name of the entity, as in `inflow entities`.
    public let entity: String
    /// Sum of its chunks.
    public var tally = Tally()
    /// Calls, bytes and waiting of all its chunks, failed tries included.
    public var traffic = Traffic()
    /// Chunks that are committed.
    public var loadedChunks = 0
    /// Chunks of the plan and of the readings that became known during the run.
    public var plannedChunks: Int
    /// Rows absent from an answer that wait for a person's decision.
    public var held = 0
    /// Findings that deserve a look although nothing failed, one sentence each.
    public var warnings: [String] = []
    /// Facts without a fault that a person should know, one sentence each.
    public var notes: [String] = []
    /// What each chunk would change, in a dry run; otherwise empty.
    public var previews: [DryRunPreview] = []
    /// What was loaded: when Inflow asked for each chunk, and when the platform answered it.
    var loaded: [RunBoard.Loaded] = []
    /// Spans that Inflow read in parts, since one answer was unreadable or too late.
    var divided: [Chunk] = []
    /// Those of them that did not come in time.
    var slow: [Chunk] = []
    /// Chunks that Inflow gave up on.
    var failed: [Chunk] = []
    /// Why chunks failed, one sentence each.
    public var errors: [String] = []
    /// Illegal characters that the reader replaced.
    public var replacedCharacters = 0
    /// Table and path of each unknown element, separated by a space.
    public var drift: Set<String> = []
    /// Whether Inflow did not read it because the run was stopped.
    public var wasStopped = false
    /// Days whose answer cannot be read; each is on record as a rejection.
    public var unreadableDays = 0
    /// Readings left to another day, so that the reserve of calls is kept.
    public var postponed = 0

    init(_ entity: String, plannedChunks: Int) {
        self.entity = entity
        self.plannedChunks = plannedChunks
    }

    /// Its status in the run log.
    public var status: PartStatus {
        if !errors.isEmpty { return .failed }
        if wasStopped { return .skipped }
        if tally.rejected + unreadableDays > 0 { return .rejections }
        return isWarning ? .warnings : .green
    }

    /// The end of its part, for the run log.
    var end: RunLog.EntityEnd {
        RunLog.EntityEnd(
            entity, status: status, note: note, error: errors.isEmpty ? nil : errors.joined(separator: "\n"),
            details: details)
    }

    private var details: PartDetails {
        var details = PartDetails()
        (details.plannedChunks, details.loadedChunks) = (plannedChunks, loadedChunks)
        (details.held, details.replacedCharacters) = (held, replacedCharacters)
        (details.unreadableDays, details.postponed) = (unreadableDays, postponed)
        (details.drift, details.warnings) = (drift.sorted(), warnings)
        (details.notes, details.errors) = (notes, errors)
        return details
    }

    /// Whether something deserves a look although nothing failed.
    public var isWarning: Bool { held > 0 || postponed > 0 || !warnings.isEmpty }

    /// Adds the result of a later part of the same run.
    mutating func add(_ later: EntityResult) {
        tally += later.tally
        traffic += later.traffic
        loadedChunks += later.loadedChunks
        plannedChunks += later.plannedChunks
        errors += later.errors
        replacedCharacters += later.replacedCharacters
        drift.formUnion(later.drift)
        wasStopped = wasStopped || later.wasStopped
        held += later.held
        warnings += later.warnings
        notes += later.notes
        loaded += later.loaded
        divided += later.divided
        slow += later.slow
        failed += later.failed
        previews += later.previews
        unreadableDays += later.unreadableDays
        postponed += later.postponed
    }

    /// What a reader should know beside the numbers.
    public var note: String? {
        var parts: [String] = []
        if replacedCharacters > 0 { parts.append("\(replacedCharacters) illegal character(s) replaced") }
        let around = drift.filter { $0.contains(" " + Drift.around) }
        let kept = drift.subtracting(around).sorted().joined(separator: ", ")
        if !kept.isEmpty { parts.append("unknown elements, kept in extra: \(kept)") }
        if !around.isEmpty {
            let paths = around.sorted().joined(separator: ", ")
            parts.append("unknown elements around the records, not kept: \(paths)")
        }
        if held > 0 {
            parts.append("\(held) row(s) absent from the answer wait for a decision: see \"inflow deletions\"")
        }
        if unreadableDays > 0 { parts.append("the answers for \(unreadableDays) day(s) cannot be read") }
        if postponed > 0 {
            parts.append(
                "\(postponed) reading(s) left for another day: Inflow keeps the last calls of the day as a reserve")
        }
        parts += warnings + notes
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

/// How a run ended.
public struct RunReport: Sendable {
    /// Number of the run; 0 of a dry one, which is not in the log.
    public let run: Int64
    /// How the run ended; decides the exit code.
    public let outcome: RunOutcome
    /// Its parts, in loading order.
    public let entities: [EntityResult]
    /// Why it was stopped or failed, in words.
    public let error: String?
    /// What deserves a look although nothing failed, one sentence each.
    public let warnings: [String]
    /// When calls are free again, where the day's quota stopped it.
    public var resumeAt: Instant?
    /// Sum over all parts.
    public var tally: Tally { entities.reduce(into: Tally()) { $0 += $1.tally } }
    /// Sum over all parts.
    public var traffic: Traffic { entities.reduce(into: Traffic()) { $0 += $1.traffic } }
}
