public import Inflow
public import Foundation
internal import Postgres

/// What a load needs to know of the reading beside its rows.
public struct ChunkReceipt: Sendable {
    /// Records in the answers, counted by the parser.
    public var pulled = 0
    /// Calls and bytes of all tries.
    public var traffic = Traffic()
    /// How often the chunk was asked for.
    public var tries = 1
    /// Characters that were replaced.
    public var replacedCharacters = 0
    /// When the first answer was made, by the platform's own clock, where it said so.
    public var answeredAt: Instant?
    /// Seconds from the first try until the merge.
    public var seconds = 0.0
    /// Records of another entity that were asked for their values, and have answered.
    public var parents: [AnsweredParent] = []

    /// A reading of nothing yet.
    public init() {}
}

/// What came of a chunk.
public struct LoadResult: Sendable {
    /// How its records counted.
    public var tally = Tally()
    /// Rows of ours that were absent and are held for a person, since they were too many.
    public var held = 0
    /// When the answer was asked for, by the database's clock.
    public var askedAt = Instant()
    /// What it would do, in a dry run; then nothing was written.
    public var preview: DryRunPreview?

    /// Nothing yet.
    public init() {}

    init(tally: Tally, held: Int, askedAt: Instant, preview: DryRunPreview? = nil) {
        (self.tally, self.held, self.askedAt, self.preview) = (tally, held, askedAt, preview)
    }
}

/// That a chunk comes from the archive: what it is called then, and when its answers had been asked for.
public struct Replay: Sendable {
    let label: String
    let askedAt: Instant

    /// A replay of an archived chunk.
    public init(of chunk: ArchivedChunk) {
        label = chunk.label
        askedAt = chunk.askedAt
    }
}

/// Loads chunks on one session: staging, merge, history, rejections and checkpoint.
///
/// Staging tables are temporary, made once per entity and emptied per chunk; no transaction is open while the platform is
/// waited for. The only transaction is ``merge(_:)``'s. One loader does one chunk at a time.
public actor Loader {
    private let warehouse: Warehouse
    private let connectionID: Int64
    private let settings: ConnectionSettings
    private let runID: Int64
    private let isDry: Bool
    private var session: PostgresConnection?
    /// What the staging tables that exist on the session carry, by entity.
    private var prepared: [String: Endpoint.Carries] = [:]
    /// Staging tables that hold rows of an earlier chunk, by entity.
    private var used: [String: Set<String>] = [:]
    private var hasRejections = false
    /// Rows staged since the staging tables were last truncated, by entity.
    private var rowsSince: [String: Int] = [:]
    private var load: Load?
    /// Whether the session has the table that archived pieces wait in, and whether there are some in it.
    private var archiveStage = (exists: false, isUsed: false)

    /// One chunk being loaded.
    private struct Load {
        let sql: MergeSQL
        let chunk: Chunk
        let label: String
        let askedAt: Date
        let started: Date
        var staging: Staging
        var rejected = 0
        var hasUnreadableKey = false
        var isDerived = false
        var drift: [Drift] = []
        var seenDrift: Set<String> = []
        var archive = ArchiveStaging()
        let isReplay: Bool
    }

    /// A loader of one run; a dry one writes nothing outside its temporary tables.
    public init(_ warehouse: Warehouse, connection: Connection, run: Int64, isDry: Bool = false) {
        self.isDry = isDry
        self.warehouse = warehouse
        connectionID = connection.id
        settings = connection.settings
        runID = run
    }

    /// Ends the session and with it the staging tables.
    public func close() async {
        await session?.close()
        session = nil
        prepared = [:]
        load = nil
    }

    // MARK: one chunk

    /// Begins a chunk: staging tables are there and empty, what was staged before is dropped.
    ///
    /// With `replay` the chunk is one of archived answers: it counts as asked for when they were, rows are compared by their
    /// columns, and nothing is marked as deleted or revived.
    /// - Returns: when the answer counts as asked for, by the database's clock.
    @discardableResult
    public func begin(
        _ entity: EntityDefinition, carries: Endpoint.Carries, chunk: Chunk, replay: Replay? = nil
    ) async throws(WarehouseError) -> Instant {
        let session = try await openSession()
        let sql = MergeSQL(entity, carries: carries, isReplay: replay != nil)
        let askedAt = try await lifting("staging \(entity.name)") { () async throws(PostgresError) in
            if let before = prepared[entity.name], before != carries {
                try await session.execute(MergeSQL(entity, carries: before).dropStaging)
                prepared[entity.name] = nil
            }
            if prepared[entity.name] == nil {
                try await session.execute(Loader.createShared + sql.createStaging)
                prepared[entity.name] = carries
                (used[entity.name], rowsSince[entity.name]) = (nil, nil)
            }
            let before = used[entity.name, default: []].union(hasRejections ? [MergeSQL.rejections] : [])
            if !before.isEmpty {
                let isTruncating = rowsSince[entity.name, default: 0] > Loader.deadRows
                try await session.execute(MergeSQL.empty(before, truncating: isTruncating))
                if isTruncating { rowsSince[entity.name] = 0 }
            }
            // Until the merge says which: a chunk that fails may have filled any of them.
            used[entity.name] = Set(sql.temporaryTables)
            hasRejections = false
            if archiveStage.isUsed {
                try await session.execute(ArchiveStaging.empty)
                archiveStage.isUsed = false
            }
            if let replay { return replay.askedAt }
            return try await session.query("select clock_timestamp() as now")[0].date("now")
        }
        load = Load(
            sql: sql, chunk: chunk, label: replay?.label ?? entity.label(of: chunk), askedAt: askedAt,
            started: Date(),
            staging: Staging(session, sql), isReplay: replay != nil)
        return askedAt
    }

    /// Dead rows up to which staging tables are emptied by `delete`: what a sequential scan passes over in a millisecond.
    private static let deadRows = 4_000

    private static let createShared = """
        create temporary table if not exists stage_rejection (
            key text, table_name text, column_name text, raw text, reason text);

        """

    /// Stages the rows of a batch and keeps its rejections and drift.
    public func add(_ shaped: ShapedBatch) async throws(WarehouseError) {
        guard var load else { throw Loader.outOfOrder }
        self.load = nil
        for note in shaped.drift where load.seenDrift.insert(note.table + " " + note.path).inserted {
            load.drift.append(note)
        }
        try await lifting("staging \(load.sql.entity.name), \(load.label)") { () async throws(PostgresError) in
            try await load.staging.add(shaped)
            try await keep(shaped.rejections + load.staging.takeRejections(), &load)
        }
        self.load = load
    }

    /// Keeps what is to be archived of the chunk's answers; it is committed with the chunk.
    public func archive(_ parts: [ArchivePart]) async throws(WarehouseError) {
        guard let session, var load else { throw Loader.outOfOrder }
        self.load = nil
        load.archive.add(parts)
        if load.archive.isFull {
            try await lifting("archiving \(load.sql.entity.name), \(load.label)") { () async throws(PostgresError) in
                if !archiveStage.exists { try await session.execute(ArchiveStaging.create) }
                archiveStage = (exists: true, isUsed: true)
                try await load.archive.spill(to: session)
            }
        }
        self.load = load
    }

    private func keep(_ rejections: [Rejection], _ load: inout Load) async throws(PostgresError) {
        guard !rejections.isEmpty, let session else { return }
        load.rejected += rejections.count
        if rejections.contains(where: { $0.key.isEmpty }) { load.hasUnreadableKey = true }
        hasRejections = true
        try await session.query(
            """
            insert into pg_temp.stage_rejection
            select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
            """,
            [
                .textArray(rejections.map { Loader.storable($0.key) }), .textArray(rejections.map(\.table)),
                .textArray(rejections.map(\.column)), .textArray(rejections.map { Loader.storable($0.raw) }),
                .textArray(rejections.map(\.reason.rawValue)),
            ])
    }

    private static func storable(_ text: String) -> String {
        text.replacing("\0", with: "\u{FFFD}")
    }

    // MARK: merge

    /// Merges what is staged, keeps history and rejections, writes the checkpoint and commits, all or nothing.
    ///
    /// - Throws: `arithmetic` when the counts do not add up, `run_closed` when the run was closed by another process;
    ///   then nothing of the chunk is in the tables.
    public func merge(_ reading: ChunkReceipt) async throws(WarehouseError) -> LoadResult {
        guard var load, let session else { throw Loader.outOfOrder }
        self.load = nil
        let sql = load.sql
        let subject = "merging \(sql.entity.name), \(load.label)"
        try await lifting(subject) { () async throws(PostgresError) in
            try await load.staging.flush()
            try await keep(load.staging.takeRejections(), &load)
        }
        rowsSince[sql.entity.name, default: 0] += load.staging.stagedRows.reduce(0, +)
        Failpoint.pass(.chunkStaged)
        let work = ChunkMerge(
            sql: sql, chunk: load.chunk, connectionID: connectionID, runID: runID, askedAt: load.askedAt,
            stagedRows: load.staging.stagedRows, refused: load.staging.refused.sorted(),
            mayRepeat: load.staging.mayRepeat,
            absence: MissingRowDetection(
                sql: sql, chunk: load.chunk, label: load.label, connectionID: connectionID, runID: runID,
                askedAt: load.askedAt, settings: settings, pulled: reading.pulled, rejected: load.rejected,
                hasUnreadableKey: load.hasUnreadableKey, isDerived: load.isDerived || load.isReplay))
        var tally = Tally()
        tally.pulled = reading.pulled
        tally.rejected = load.rejected
        let checkpoint = Checkpoint(
            connectionID: connectionID, runID: runID, entity: sql.entity.name,
            // What is derived again was not read again: its days are not told to whoever asks what was read when.
            chunk: load.isReplay ? .parents([]) : load.chunk, label: load.label, askedAt: load.askedAt,
            reading: reading,
            drift: load.drift)
        let archive = ArchiveWriter(
            connectionID: connectionID, runID: runID, entity: sql.entity.name, chunk: load.chunk, label: load.label,
            askedAt: load.askedAt, staged: load.archive)
        let rejections = RejectionWriter(
            sql: sql, chunk: load.chunk, connectionID: connectionID, runID: runID, askedAt: load.askedAt)
        let parents = PerParentMerge(
            sql: sql, connectionID: connectionID, runID: runID, askedAt: load.askedAt, parents: reading.parents,
            hasUnreadableKey: load.hasUnreadableKey, isReplay: load.isReplay)
        let counted = tally
        if isDry { return try await preview(work, counted, load, session) }
        let merged = try await session.transaction(lifting: { WarehouseError($0, doing: subject) }) {
            session throws(WarehouseError) in
            try archive.write(on: session)
            var merged = try work.run(on: session, counted)
            merged.tally.markedDeleted += try parents.run(on: session)
            try archive.supersede(on: session)
            try checkpoint.write(merged.tally, rejections, on: session)
            Failpoint.pass(.mergeBeforeCommit)
            return merged
        }
        Failpoint.pass(.chunkCommitted)
        used[sql.entity.name] = merged.usedTables
        return LoadResult(tally: merged.tally, held: merged.held, askedAt: load.askedAt)
    }

    /// Judges what is staged and rolls back.
    private func preview(
        _ work: ChunkMerge, _ counted: Tally, _ load: Load, _ session: PostgresConnection
    ) async throws(WarehouseError) -> LoadResult {
        let label = load.label
        let preview = try await session.perform { session throws(WarehouseError) in
            do throws(PostgresError) {
                try session.execute("begin")
            } catch {
                throw WarehouseError(error, doing: "judging \(label)")
            }
            // A session that is lost has rolled back by itself.
            defer { try? session.execute("rollback") }
            return try work.preview(on: session, counted, chunk: label)
        }
        return LoadResult(tally: preview.tally, held: preview.held, askedAt: load.askedAt, preview: preview)
    }

    /// Notes that a chunk was given up; nothing of it is in the tables.
    ///
    /// A day that cannot be read is noted as a rejection too.
    public func noteFailure(
        of entity: EntityDefinition, chunk: Chunk, replay: Replay? = nil, reading: ChunkReceipt, error: String,
        isUnreadableDay: Bool = false
    ) async throws(WarehouseError) {
        load = nil
        guard !isDry else { return }
        let session = try await openSession()
        let checkpoint = Checkpoint(
            connectionID: connectionID, runID: runID, entity: entity.name,
            chunk: replay == nil ? chunk : .parents([]), label: replay?.label ?? entity.label(of: chunk),
            askedAt: replay?.askedAt ?? Date(), reading: reading, drift: [])
        try await lifting("noting a failed chunk of \(entity.name)") { () async throws(PostgresError) in
            try await session.shielded { session throws(PostgresError) in
                try checkpoint.writeFailure(error, on: session)
                if isUnreadableDay { try RejectionWriter.keepUnreadableDay(checkpoint, of: entity, error, on: session) }
            }
        }
    }

    /// Stages the distinct values of a column of another entity as records of a derived entity.
    ///
    /// Nothing is asked of the platform: what is staged is what the warehouse holds.
    public func addDerived(from source: EntityDefinition, column: String) async throws(WarehouseError) -> Int {
        guard let session, let load else { throw Loader.outOfOrder }
        self.load?.isDerived = true
        let values = try await lifting("deriving \(load.sql.entity.name)") { () async throws(PostgresError) in
            try await session.query(
                """
                select distinct \(quoted(column)) as value from \(quoted(source.table))
                where connection_id = $1 and \(quoted(column)) is not null and deleted_at is null order by 1
                """,
                [.int64(connectionID)]
            ).texts("value")
        }
        var shaped = ShapedBatch()
        var block = RowBlock(width: load.sql.entity.columns.count + 1)
        for (index, value) in values.enumerated() {
            let text = Array(value.utf8)
            block.ordinals.append(Int32(index))
            for column in load.sql.entity.columns {
                block.values.append(
                    load.sql.entity.key.contains(column.name)
                        ? .text(start: Int32(shaped.arena.count), length: Int32(text.count)) : .null)
            }
            block.values.append(.null)
            shaped.arena.append(contentsOf: text)
        }
        shaped.blocks = [block]
        try await add(shaped)
        return values.count
    }

    /// The loader's session; in a new one nothing is staged and no table is prepared.
    private func openSession() async throws(WarehouseError) -> PostgresConnection {
        let open = try await warehouse.session(keeping: session, "load", settings: Loader.settings)
        guard open !== session else { return open }
        (prepared, used, rowsSince, hasRejections) = ([:], [:], [:], false)
        archiveStage = (false, false)
        session = open
        return open
    }

    /// How a loader's session differs from others.
    ///
    /// A chunk's commit need not wait for the disk: the commit that ends the run, and says green, does, and what was
    /// committed before it is on disk with it. After a power cut the run is found interrupted and the chunks it lost are
    /// gone whole, checkpoint and rows together.
    private static let settings = [
        "synchronous_commit": "off", "work_mem": "32MB", "random_page_cost": "1.1",
    ]

    private static let outOfOrder = WarehouseError(
        .statementFailed, subject: "load", message: "A chunk was loaded that was not begun; nothing was written.")
}
