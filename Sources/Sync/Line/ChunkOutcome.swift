internal import Foundation
internal import Inflow
internal import Warehouse

/// The cost of loading one chunk over all tries, and its row counts or its failure.
struct ChunkOutcome: Sendable {
    /// Calls, bytes, seconds and counts of the chunk; the merge writes them into the checkpoint.
    var receipt = ChunkReceipt()
    /// Unknown elements, each as the table and the path below its row.
    var drift: Set<String> = []
    /// Reasons why the run ends with warnings although the chunk is loaded, one sentence each.
    var warnings: Set<String> = []
    /// The row counts, once the chunk is committed.
    var merged: LoadResult?
    /// Why Inflow gave up on the chunk.
    var failure: Failure?

    /// The start of a try: the moment, and the seconds that earlier tries took.
    struct Started {
        fileprivate let at = Date()
        fileprivate let before: Double
    }

    /// Begins a try.
    ///
    /// The counts of records start again; calls and seconds continue from the tries before.
    mutating func beginTry() -> Started {
        (receipt.pulled, receipt.outside) = (0, 0)
        (receipt.replacedCharacters, receipt.lostCharacters) = (0, 0)
        receipt.answeredAt = nil
        receipt.parents = []
        (receipt.keyAnswers, receipt.sentAt) = ([], nil)
        return Started(before: receipt.seconds)
    }

    /// Counts the seconds of a try up to now; may be called again later in the same try.
    mutating func countSeconds(of started: Started) {
        receipt.seconds = started.before + Date().timeIntervalSince(started.at)
    }

    /// Takes the next batch of a chunk and counts it; `nil` at the end.
    ///
    /// Counts the cost of a failed call too.
    mutating func next<Batches: AsyncIteratorProtocol>(
        of batches: inout Batches
    ) async throws(Failure) -> Batch? where Batches.Element == Batch, Batches.Failure == SourceError {
        do throws(SourceError) {
            let batch = try await batches.next(isolation: nil)
            if let batch { receipt.count(batch) }
            return batch
        } catch {
            receipt.traffic += error.traffic
            throw .source(error)
        }
    }

    /// Warns of records whose values were asked for and that were refused in words which do not name them: that may be
    /// any trouble of the platform.
    mutating func count(_ answers: [KeyAnswer], of entity: EntityDefinition) {
        guard entity.isPerParent else { return }
        for case .denied(let denial) in answers.map(\.outcome) where !denial.namesKey {
            warnings.insert(
                "records were refused with an error that does not name them; they are asked for again "
                    + "(\(denial.form.prefix(200)))")
        }
    }

    /// Notes the elements of a shaped batch that the definition does not name.
    ///
    /// One that stands around the records and holds elements of its own may hold records that nothing reads: the run is
    /// then a warning. A single value there, such as an address, is only noted.
    mutating func count(_ shaped: ShapedBatch) {
        for note in shaped.drift {
            drift.insert(note.table + " " + note.path)
            guard note.isAroundRecords, note.path.dropFirst(Drift.around.count).contains("/") else { continue }
            warnings.insert(
                "the answer holds \(note.path.dropFirst(Drift.around.count)), which Inflow does not know: "
                    + "records in it are not loaded")
        }
    }
}

extension ChunkReceipt {
    /// Adds a batch and the report it carries.
    ///
    /// The chunk's time is that of its first answer.
    mutating func count(_ batch: Batch) {
        pulled += batch.records.count + batch.unreadable.count + batch.answer.outside
        outside += batch.answer.outside
        replacedCharacters += batch.replacedCharacters
        lostCharacters += batch.lostCharacters
        traffic += batch.answer.traffic
        answeredAt = answeredAt ?? batch.answer.answeredAt
        parents += batch.answer.answeredParents
        keyAnswers += batch.answer.keyAnswers
        if sentAt == nil { sentAt = batch.answer.sentAt }
    }
}
