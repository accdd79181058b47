public import Foundation
public import Inflow
internal import Postgres

/// Loads chunks on one session: staging, merge, history, rejections and checkpoint.
///
/// A chunk goes through three calls. ``begin(_:carries:chunk:replay:)`` empties the staging tables, ``add(_:)``
/// copies one batch of shaped rows into them, and ``merge(_:)`` takes them into the tables. One loader does one chunk
/// at a time.
///
/// No transaction is open while the platform is waited for. The only transaction is ``merge(_:)``'s, and everything
/// that follows from the chunk is in it: archived answers, rows, lines, history, rejections, missing rows, coverage,
/// checkpoint. So a chunk is in the warehouse whole or not at all, and one that is loaded twice leaves the tables as
/// if loaded once.
///
/// A chunk that fails after it was begun leaves rows in the staging tables; the next `begin` drops them.
public actor Loader {
    private let warehouse: Warehouse
    private let connectionID: Int64
    private let settings: ConnectionSettings
    /// The organisation's zone, by whose calendar records are dated.
    public nonisolated let zone: TimeZone
    private let runID: Int64
    private let isDry: Bool
    private let comparesColumns: Bool
    private let furtherSettings: [String: String]
    private var session: PostgresConnection?
    private var tables = StagingTables()
    /// The chunk being loaded; nil between chunks, and after one has failed.
    private var chunk: StagedChunk?

    /// A loader of one run; a dry one writes nothing outside its temporary tables.
    ///
    /// One that compares columns finds rows that a person has changed by hand, which their hashes do not show.
    public init(
        _ warehouse: Warehouse, connection: Connection, run: Int64, isDry: Bool = false, comparesColumns: Bool = false
    ) {
        self.init(
            warehouse, connection: connection, run: run, isDry: isDry, comparesColumns: comparesColumns, settings: [:])
    }

    /// `settings` are settings of the session, beside and instead of the usual ones.
    init(
        _ warehouse: Warehouse, connection: Connection, run: Int64, isDry: Bool = false,
        comparesColumns: Bool = false, settings: [String: String]
    ) {
        self.comparesColumns = comparesColumns
        furtherSettings = settings
        self.isDry = isDry
        self.warehouse = warehouse
        connectionID = connection.id
        self.settings = connection.settings
        zone = connection.settings.timeZone
        runID = run
    }

    /// Ends the session and with it the staging tables.
    public func close() async {
        await session?.close()
        session = nil
        chunk = nil
    }

    // MARK: one chunk

    /// Begins a chunk: its staging tables exist and are empty; what was staged before is dropped.
    ///
    /// With `replay` the chunk is made from archived answers: it counts as asked for when they were, rows are
    /// compared by their columns, and nothing is marked as deleted or revived.
    /// - Returns: when the chunk began, by the database's clock; the answer counts as asked for when its first call is
    ///   sent (`ChunkReceipt.sentAt`).
    @discardableResult
    public func begin(
        _ entity: EntityDefinition, carries: Endpoint.Carries, chunk: Chunk, replay: Replay? = nil
    ) async throws(WarehouseError) -> Instant {
        let session = try await openSession()
        let sql = MergeSQL(
            entity, carries: carries, isReplay: replay != nil, comparesColumns: comparesColumns)
        var tables = tables
        defer { self.tables = tables }
        let askedAt = try await lifting("staging \(entity.name)") { () async throws(PostgresError) in
            try await tables.prepare(sql, on: session)
            if let replay { return replay.askedAt }
            return try await session.query("select clock_timestamp() as now")[0].date("now")
        }
        self.chunk = StagedChunk(
            context(sql, chunk, label: replay?.label ?? entity.label(of: chunk), askedAt: askedAt),
            beganAt: replay == nil ? .now : nil, on: session)
        return askedAt
    }

    private func context(_ sql: MergeSQL, _ chunk: Chunk, label: String, askedAt: Instant) -> ChunkContext {
        ChunkContext(
            sql: sql, chunk: chunk, label: label, connectionID: connectionID, runID: runID, askedAt: askedAt,
            settings: settings)
    }

    /// Stages the rows of a batch and keeps its rejections and unknown elements.
    public func add(_ shaped: ShapedBatch) async throws(WarehouseError) {
        guard let session, var chunk else { throw Loader.outOfOrder }
        self.chunk = nil
        chunk.note(shaped.drift)
        try await lifting(chunk.context.subject("staging")) { () async throws(PostgresError) in
            try await chunk.staging.add(shaped)
            try await reject(shaped.rejections + chunk.staging.takeRejections(), of: &chunk, on: session)
        }
        self.chunk = chunk
    }

    /// Keeps what is to be archived of the chunk's answers; it is committed with the chunk.
    public func archive(_ parts: [ArchivePart]) async throws(WarehouseError) {
        guard let session, var chunk else { throw Loader.outOfOrder }
        self.chunk = nil
        chunk.archive.add(parts)
        if chunk.archive.isFull {
            var tables = tables
            defer { self.tables = tables }
            try await lifting(chunk.context.subject("archiving")) { () async throws(PostgresError) in
                try await tables.prepareArchive(on: session)
                try await chunk.archive.spill(to: session)
            }
        }
        self.chunk = chunk
    }

    private func reject(
        _ rejections: [Rejection], of chunk: inout StagedChunk, on session: PostgresConnection
    ) async throws(PostgresError) {
        guard !rejections.isEmpty else { return }
        tables.willReject()
        try await chunk.keep(rejections, on: session)
    }

    // MARK: merge

    /// Merges what is staged, keeps history and rejections, writes the checkpoint and commits, all or nothing.
    ///
    /// - Throws: `arithmetic` when the counts do not add up, `run_closed` when the run was closed by another process;
    ///   then nothing of the chunk is in the tables.
    public func merge(_ receipt: ChunkReceipt) async throws(WarehouseError) -> LoadResult {
        guard let session, var chunk else { throw Loader.outOfOrder }
        self.chunk = nil
        chunk.setSent(receipt.sentAt)
        let context = chunk.context
        try await lifting(context.subject("merging")) { () async throws(PostgresError) in
            try await chunk.staging.flush()
            try await reject(chunk.staging.takeRejections(), of: &chunk, on: session)
        }
        Failpoint.pass(.chunkStaged)
        do throws(WarehouseError) {
            return try await merge(chunk, receipt, on: session)
        } catch {
            guard RefusedRecords.mayExplain(error) else { throw error }
            let isExplained = try await lifting(context.subject("looking for what PostgreSQL refuses of")) {
                () async throws(PostgresError) in
                let found = try await RefusedRecords(context, on: session).find()
                chunk.staging.refuse(found.map(\.ordinal))
                try await reject(found.map(\.rejection), of: &chunk, on: session)
                return !found.isEmpty
            }
            guard isExplained else { throw error }
        }
        return try await merge(chunk, receipt, on: session)
    }

    /// Merges what is staged but for the records that are refused.
    private func merge(
        _ chunk: StagedChunk, _ receipt: ChunkReceipt, on session: PostgresConnection
    ) async throws(WarehouseError) -> LoadResult {
        let context = chunk.context
        let staged = chunk.summary
        tables.count(rows: staged.rows.reduce(0, +), of: context.entity.name)
        let merge = ChunkMerge(
            context: context, staged: staged, pulled: receipt.pulled, outside: receipt.outside,
            replacedCharacters: receipt.replacedCharacters)
        if isDry { return try await preview(merge, session) }
        let parents = PerParentMerge(
            context: context, parents: receipt.parents, hasUnreadableKey: staged.hasUnreadableKey)
        let archive = ArchiveWriter(context: context, staged: chunk.archive)
        let checkpoint = Checkpoint(
            context: context, receipt: receipt, drift: chunk.drift, rejectedValues: chunk.rejectedValues)
        let outcome = try await patiently { () async throws(WarehouseError) in
            try await session.transaction(lifting: { WarehouseError($0, doing: context.subject("merging")) }) {
                session throws(WarehouseError) in
                // Every chunk takes its locks in this order: the entity's, then rows of the archive, then the tables'.
                try merge.lock(on: session)
                try archive.write(on: session)
                let outcome = try merge.run(on: session)
                try parents.run(on: session)
                try archive.supersede(on: session)
                try checkpoint.write(outcome.tally, RejectionWriter(context: context), on: session)
                Failpoint.pass(.mergeBeforeCommit)
                return outcome
            }
        }
        Failpoint.pass(.chunkCommitted)
        tables.setUsed(outcome.usedTables, of: context.entity.name)
        var result = LoadResult(
            tally: outcome.tally, held: outcome.held, missing: outcome.missing, askedAt: context.askedAt)
        result.rejectedValues = chunk.rejectedValues
        return result
    }

    /// Merges again while a lock is in the way: what is staged is still there, and calls cost more than waiting.
    ///
    /// A merge that was rolled back leaves the staging tables as they were. Each try waits as long as `lock_timeout`.
    private func patiently<T>(_ merge: () async throws(WarehouseError) -> T) async throws(WarehouseError) -> T {
        for _ in 1..<Loader.mostMerges {
            do throws(WarehouseError) {
                return try await merge()
            } catch {
                guard error.code == .busy, !Task.isCancelled else { throw error }
            }
        }
        return try await merge()
    }

    /// How often a merge is tried while a lock is in the way: twenty times half a minute.
    private static let mostMerges = 20

    /// Judges what is staged and rolls back.
    private func preview(
        _ merge: ChunkMerge, _ session: PostgresConnection
    ) async throws(WarehouseError) -> LoadResult {
        let label = merge.context.label
        let preview = try await session.perform { session throws(WarehouseError) in
            try lifting("judging \(label)") { () throws(PostgresError) in try session.execute("begin") }
            // A session that is lost has rolled back by itself.
            defer { try? session.execute("rollback") }
            return try merge.preview(on: session)
        }
        return LoadResult(
            tally: preview.tally, held: preview.held, askedAt: merge.context.askedAt, preview: preview)
    }

    /// Records that Inflow gave up on a chunk, of which the tables hold nothing.
    ///
    /// A day that cannot be read is noted as a rejection too.
    public func noteFailure(
        of entity: EntityDefinition, chunk: Chunk, replay: Replay? = nil, reading: ChunkReceipt, error: String,
        isUnreadableDay: Bool = false
    ) async throws(WarehouseError) {
        self.chunk = nil
        guard !isDry else { return }
        let session = try await openSession()
        let sql = MergeSQL(entity, carries: .everything, isReplay: replay != nil)
        let context = context(
            sql, chunk, label: replay?.label ?? entity.label(of: chunk), askedAt: replay?.askedAt ?? Date())
        let checkpoint = Checkpoint(context: context, receipt: reading, drift: [])
        try await lifting("noting a failed chunk of \(entity.name)") { () async throws(PostgresError) in
            try await session.shielded { session throws(PostgresError) in
                try checkpoint.writeFailure(error, on: session)
                if isUnreadableDay { try RejectionWriter(context: context).keepUnreadableDay(error, on: session) }
            }
        }
    }

    // MARK: derived entities

    /// Stages the distinct values of a column of another entity as records of a derived entity.
    ///
    /// Makes no call: it stages rows that the warehouse holds.
    /// - Returns: how many records were staged.
    public func addDerived(from source: EntityDefinition, column: String) async throws(WarehouseError) -> Int {
        guard let session, let chunk else { throw Loader.outOfOrder }
        self.chunk?.isDerived = true
        let entity = chunk.context.entity
        let values = try await lifting("deriving \(entity.name)") { () async throws(PostgresError) in
            try await session.query(entity.distinctValues(of: column, in: source), [.int64(connectionID)]).texts(
                "value")
        }
        try await add(ShapedBatch(keys: values, of: entity))
        return values.count
    }

    // MARK: session

    /// The loader's session; in a new one nothing is staged and no table is prepared.
    private func openSession() async throws(WarehouseError) -> PostgresConnection {
        let open = try await warehouse.session(
            keeping: session, "load", settings: Loader.sessionSettings.merging(furtherSettings) { $1 })
        guard open !== session else { return open }
        tables = StagingTables()
        session = open
        return open
    }

    /// How a loader's session differs from others.
    ///
    /// A chunk's commit need not wait for the disk: the commit that ends the run, and says green, does, and what was
    /// committed before it is on disk with it. After a power cut the run is found interrupted and the chunks it lost
    /// are gone whole, checkpoint and rows together.
    private static let sessionSettings = [
        "synchronous_commit": "off", "work_mem": "32MB", "random_page_cost": "1.1",
    ]

    private static let outOfOrder = WarehouseError(
        .statementFailed, subject: "load",
        message:
            "Inflow merged a chunk that it had not begun, and wrote nothing. This is a fault of Inflow: please "
            + "report it with the run's number.")
}
