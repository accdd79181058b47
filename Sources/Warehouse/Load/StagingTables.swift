internal import Inflow
internal import Postgres

/// The temporary tables of one session: which exist, what they carry, and which hold rows of an earlier chunk.
///
/// They are made once for each entity and emptied for each chunk. `truncate` costs the server three new files a table;
/// `delete` costs by the row and leaves dead rows behind, so tables are truncated only after many of these.
struct StagingTables {
    /// Dead rows up to which tables are emptied by `delete`: what a sequential scan passes over in some milliseconds.
    private static let deadRows = 12_000
    /// Dead pieces of answers up to which theirs is: two megabytes of temporary file.
    private static let deadPieces = 32

    private static let createShared = """
        create temporary table if not exists stage_rejection (
            key text, table_name text, column_name text, raw text, reason text, dated_on date,
            is_value boolean, label text);

        """

    /// What the tables that exist carry, by entity.
    private var prepared: [String: Endpoint.Carries] = [:]
    /// Tables that hold rows of an earlier chunk, by entity.
    private var used: [String: Set<String>] = [:]
    /// Rows staged since the tables were last truncated, by entity.
    private var rowsSince: [String: Int] = [:]
    private var hasRejections = false
    /// The table that pieces of answers wait in: whether it exists and holds some, and how many since it was truncated.
    private var archive = (exists: false, isUsed: false, pieces: 0)

    /// Makes the tables of an entity where they lack, or carry other parts, and empties those that hold rows.
    mutating func prepare(_ sql: MergeSQL, on session: PostgresConnection) async throws(PostgresError) {
        let name = sql.entity.name
        if let before = prepared[name], before != sql.carries {
            try await session.execute(MergeSQL(sql.entity, carries: before).dropStaging)
            prepared[name] = nil
        }
        if prepared[name] == nil {
            try await session.execute(StagingTables.createShared + sql.createStaging)
            prepared[name] = sql.carries
            (used[name], rowsSince[name]) = (nil, nil)
        }
        let before = used[name, default: []].union(hasRejections ? [MergeSQL.rejections] : [])
        if !before.isEmpty {
            let isTruncating = rowsSince[name, default: 0] > StagingTables.deadRows
            try await session.execute(MergeSQL.empty(before, truncating: isTruncating))
            if isTruncating { rowsSince[name] = 0 }
        }
        // Until the merge says which: a chunk that fails may have filled any of them.
        used[name] = Set(sql.temporaryTables)
        hasRejections = false
        if archive.isUsed {
            let isTruncating = archive.pieces > StagingTables.deadPieces
            try await session.execute(MergeSQL.empty([ArchiveStaging.table], truncating: isTruncating))
            archive = (exists: true, isUsed: false, pieces: isTruncating ? 0 : archive.pieces)
        }
    }

    /// Notes that rejections are about to be staged.
    mutating func willReject() { hasRejections = true }

    /// Makes the table for pieces of answers, which few chunks need, and notes that one is about to be kept in it.
    mutating func prepareArchive(on session: PostgresConnection) async throws(PostgresError) {
        if !archive.exists { try await session.execute(ArchiveStaging.create) }
        archive = (exists: true, isUsed: true, pieces: archive.pieces + 1)
    }

    /// Notes how many rows a chunk has staged.
    mutating func count(rows: Int, of entity: String) { rowsSince[entity, default: 0] += rows }

    /// Notes which tables a merge left rows in.
    mutating func setUsed(_ tables: Set<String>, of entity: String) { used[entity] = tables }
}
