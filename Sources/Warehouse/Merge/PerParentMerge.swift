internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

/// What an answer to one parent says besides its rows: which of ours it no longer holds, and that the parent was
/// asked.
///
/// Runs inside the chunk's transaction, after its rows are written and under the entity's lock. The rows of a parent
/// whose answer was read whole are all that there is of it: those absent from it are kept as a version in history and
/// marked. There is no brake, as there is none for lines, since each answer was asked for by the record's own key.
struct PerParentMerge: Sendable {
    let context: ChunkContext
    let parents: [AnsweredParent]
    /// Whether the answers held a record whose key could not be read: then nothing is proved to be gone.
    let hasUnreadableKey: Bool

    /// Marks what is absent and notes which parents were asked; of archived answers, neither.
    ///
    /// - Returns: how many rows were marked.
    func run(on session: isolated PostgresConnection) throws(WarehouseError) -> Int {
        guard context.entity.isPerParent, !context.sql.isReplay, !parents.isEmpty else { return 0 }
        let known = parents.filter(\.isKnown).map(\.key)
        let unknown = parents.filter { !$0.isKnown }.map(\.key)
        let run = context.names + [.int64(context.runID), .timestamp(context.askedAt)]
        return try lifting("noting what was read of \(context.entity.name)") { () throws(PostgresError) in
            var marked = 0
            if !known.isEmpty, !hasUnreadableKey {
                marked = try session.query(context.sql.markAbsent, run + [.textArray(known)]).affectedRows
            }
            try session.query(Statements.parentsNoteRead, run + [.textArray(known), .textArray(unknown)])
            return marked
        }
    }
}
