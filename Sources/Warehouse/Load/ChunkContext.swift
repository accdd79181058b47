internal import Foundation
internal import Inflow
internal import Postgres

/// Which chunk of which entity is loaded, for which connection, in which run: what every step of a merge needs to
/// know.
///
/// It is made when the chunk begins; only the moment of asking is known later, at the merge. What staging finds is in ``StagedChunk``, what the answers
/// cost in ``ChunkReceipt``.
struct ChunkContext: Sendable {
    /// The entity's statements, for the columns and lines that the answer carries.
    let sql: MergeSQL
    let chunk: Chunk
    /// The chunk's name in the run log.
    let label: String
    let connectionID: Int64
    let runID: Int64
    /// When the answer counts as asked for, by the database's clock.
    ///
    /// That is when its first call was sent, or while no call was made, when the chunk began. Of an archived answer it is
    /// when it was asked for then.
    var askedAt: Date
    let settings: ConnectionSettings

    var entity: EntityDefinition { sql.entity }

    /// Connection and entity, with which the parameters of most statements begin.
    var names: [PostgresParameter] { [.int64(connectionID), .text(entity.name)] }

    /// What an error says that Inflow was doing: `merging invoice, 2026-03`.
    func subject(_ doing: String) -> String { "\(doing) \(entity.name), \(label)" }
}
