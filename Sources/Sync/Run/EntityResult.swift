public import Inflow
public import Warehouse

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
    /// Chunks of the plan, and of what the run found out it had to read.
    public var plannedChunks: Int
    /// Rows absent from an answer that are held for a person.
    public var held = 0
    /// What deserves a look although nothing failed, one sentence each.
    public var warnings: [String] = []
    /// What was corrected beside records, one sentence each: lines that belonged to none.
    public var corrections: [String] = []
    /// What a reader should know although it is as it should be, one sentence each.
    public var notes: [String] = []
    /// What each chunk would change, in a dry run; otherwise empty.
    public var previews: [DryRunPreview] = []
    /// What was loaded: when each chunk was asked for, and when the platform answered it.
    var loaded: [RunBoard.Loaded] = []
    /// Spans that were read in parts since one answer could not be read or did not come in time.
    var divided: [Chunk] = []
    /// Those of them that did not come in time.
    var slow: [Chunk] = []
    /// Chunks that were given up.
    var failed: [Chunk] = []
    /// Why chunks failed, one sentence each.
    public var errors: [String] = []
    /// Characters that PostgreSQL or UTF-8 has no place for and that were replaced.
    public var replacedCharacters = 0
    /// Characters that cannot be told any more: bytes that are no text.
    public var lostCharacters = 0
    /// Values that were rejected in records that are loaded without them.
    public var rejectedValues = 0
    /// Paths of unknown elements.
    public var drift: Set<String> = []
    /// Whether it was not read since the run was stopped.
    public var wasStopped = false
    /// Records that the runs rejected which this one goes on with.
    var rejectedBefore = 0
    /// Elements where no record is read, of the answers of those runs.
    var outsideBefore = 0
    /// Days whose answer cannot be read; each is on record as a rejection.
    public var unreadableDays = 0
    /// Records that wait for the call that brings their values.
    public var waiting = 0
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
        if isRejecting { return .rejections }
        if isWarning { return .warnings }
        return waiting > 0 ? .partial : .green
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
        (details.lostCharacters, details.rejectedValues) = (lostCharacters, rejectedValues)
        (details.unreadableDays, details.postponed) = (unreadableDays, postponed)
        details.waiting = waiting
        (details.drift, details.warnings) = (drift.sorted(), warnings)
        (details.notes, details.errors) = (notes, errors)
        return details
    }

    /// Whether records, values or days were rejected.
    var isRejecting: Bool { tally.rejected + rejectedBefore + rejectedValues + unreadableDays > 0 }

    /// Whether something deserves a look although nothing failed.
    public var isWarning: Bool {
        held > 0 || postponed > 0 || lostCharacters > 0 || tally.outside + outsideBefore > 0 || !warnings.isEmpty
    }

    /// Takes in what a later part of the same run did for the entity.
    mutating func add(_ later: EntityResult) {
        tally += later.tally
        traffic += later.traffic
        loadedChunks += later.loadedChunks
        plannedChunks += later.plannedChunks
        errors += later.errors
        replacedCharacters += later.replacedCharacters
        lostCharacters += later.lostCharacters
        rejectedValues += later.rejectedValues
        corrections += later.corrections
        rejectedBefore += later.rejectedBefore
        outsideBefore += later.outsideBefore
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
        waiting += later.waiting
    }

    /// What a reader should know beside the numbers.
    public var note: String? {
        var parts: [String] = []
        if replacedCharacters > 0 { parts.append("\(replacedCharacters) illegal character(s) replaced") }
        if lostCharacters > 0 { parts.append("\(lostCharacters) of them were no text and are lost") }
        if rejectedValues > 0 {
            parts.append("\(rejectedValues) value(s) rejected; their records are loaded without them")
        }
        let around = drift.filter { $0.contains(" " + Drift.around) }
        let kept = drift.subtracting(around).sorted().joined(separator: ", ")
        if !kept.isEmpty { parts.append("unknown elements, kept in extra: \(kept)") }
        if !around.isEmpty {
            let paths = around.sorted().joined(separator: ", ")
            parts.append("unknown elements around the records, not kept: \(paths)")
        }
        if tally.outside > 0 {
            parts.append("\(tally.outside) element(s) stand where no record is read; they may be records")
        }
        if held > 0 { parts.append("\(held) row(s) absent from the answer are held: see \"inflow deletions\"") }
        if unreadableDays > 0 { parts.append("the answers for \(unreadableDays) day(s) cannot be read") }
        if postponed > 0 {
            parts.append("\(postponed) reading(s) left for another day: the rest of the day's calls is a reserve")
        }
        parts += warnings + notes
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
