import Foundation
import Inflow
import Sync
import Warehouse

/// The report of a run, as a JSON document.
struct RunDocument: Encodable {
    struct Part: Encodable {
        let entity: String
        let status: PartStatus
        let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates, older, outside: Int
        let calls, bytes: Int
        let chunks, chunksLoaded: Int
        let held: Int
        /// Records that wait for the call that brings their values; the entity is then partial.
        let waiting: Int
        let note: String?
        let errors: [String]
        /// What a dry run would change; null after any other run.
        let previews: [DryRunPreview]?
    }

    let connection: String
    let run: Int64
    let outcome: RunOutcome
    let exitCode: Int32
    let pulled, inserted, updated, unchanged, markedDeleted, rejected, duplicates, older, outside: Int
    let calls, bytes: Int
    let error: String?
    /// When the platform takes calls again, if the quota stopped the run.
    let resumeAt: Date?
    let warnings: [String]
    let entities: [Part]
    let differences: [RowCounts.Difference]?
    /// What a reconciliation corrected beside records, one sentence each.
    let corrections: [String]

    init(_ report: RunReport, connection: String, differences: [RowCounts.Difference]? = nil) {
        self.differences = differences
        corrections = report.entities.flatMap(\.corrections)
        warnings = report.warnings
        resumeAt = report.resumeAt
        self.connection = connection
        run = report.run
        outcome = report.outcome
        exitCode = report.outcome.exitCode
        error = report.error
        let tally = report.tally
        (pulled, inserted, updated, unchanged) = (tally.pulled, tally.inserted, tally.updated, tally.unchanged)
        (markedDeleted, rejected) = (tally.markedDeleted, tally.rejected)
        (duplicates, older, outside) = (tally.duplicates, tally.older, tally.outside)
        (calls, bytes) = (report.traffic.calls, report.traffic.bytes)
        entities = report.entities.map { entity in
            let tally = entity.tally
            return Part(
                entity: entity.entity, status: entity.status, pulled: tally.pulled, inserted: tally.inserted,
                updated: tally.updated, unchanged: tally.unchanged, markedDeleted: tally.markedDeleted,
                rejected: tally.rejected, duplicates: tally.duplicates, older: tally.older, outside: tally.outside,
                calls: entity.traffic.calls,
                bytes: entity.traffic.bytes, chunks: entity.plannedChunks, chunksLoaded: entity.loadedChunks,
                held: entity.held, waiting: entity.waiting, note: entity.note, errors: entity.errors,
                previews: entity.previews.isEmpty ? nil : entity.previews)
        }
    }
}
