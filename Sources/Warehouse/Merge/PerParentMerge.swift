internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// What an answer to one parent says besides its rows: which of ours it lacks, and that the parent was asked.
///
/// Runs inside the chunk's transaction, after its rows are written and under the entity's lock. The rows of a parent
/// whose answer was read whole are all that there is of it. Those absent from it are noted in `inflow.missing`, and
/// nothing is marked here: a wrong answer looks like a right one, and only all answers of a run together show how much
/// is missing (``PerParentMissing``).
struct PerParentMerge: Sendable {
    let context: ChunkContext
    let parents: [AnsweredParent]
    /// Whether the answers held a record whose key could not be read: then nothing is missing for certain.
    let hasUnreadableKey: Bool

    /// Notes what is absent and which parents were asked; of archived answers, neither.
    func run(on session: isolated PostgresConnection) throws(WarehouseError) {
        guard context.entity.isPerParent, !context.sql.isReplay, !parents.isEmpty else { return }
        let known = parents.filter(\.isKnown).map(\.key)
        let unknown = parents.filter { !$0.isKnown }.map(\.key)
        let run = context.names + [.int64(context.runID), .timestamp(context.askedAt)]
        try lifting("noting what was read of \(context.entity.name)") { () throws(PostgresError) in
            if !known.isEmpty, !hasUnreadableKey {
                try session.query(context.sql.noteAbsent, run + [.textArray(known), .text(context.label)])
            }
            try session.query(Statements.parentsNoteRead, run + [.textArray(known), .textArray(unknown)])
        }
    }
}
