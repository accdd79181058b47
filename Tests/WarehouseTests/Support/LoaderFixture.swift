import Foundation
import Inflow
import Postgres
import SQLFiles
import TestSupport
import Testing

@testable import Warehouse

extension TestTemplate {
    /// A warehouse with the tables of ``EntityDefinition/thing(_:)`` in place of the platform's.
    ///
    /// A database is a folder of files, one and more for each table: the fewer, the sooner it is copied.
    static let things = TestTemplate(name: "things") { url in
        let control = SQLFile.all(in: "migrations").filter { !$0.name.contains("_wfm_") }
        _ = try await Migrator(Warehouse(url: url), files: control, reports: []).migrate()
        let connection = try await PostgresConnection.connect(to: url, applicationName: "template")
        try await connection.execute(EntityDefinition.thingTables)
        await connection.close()
    }
}

extension Trait where Self == DatabaseTrait {
    /// A warehouse of its own for each test, for records that are a ``Thing``.
    static var warehouse: Self { .database(.things) }
    /// A warehouse of its own for each test, for the platform's records.
    static var platform: Self { .database(.warehouse) }
}

/// A warehouse with one connection and one run, and short ways to load and to look.
struct LoaderFixture {
    let warehouse: Warehouse
    let connection: Connection
    let run: Int64

    /// Looks; kept, since a session costs more than most of what is looked at.
    let session: PostgresConnection
    /// Loads all chunks that no test wants a loader of its own for.
    private let kept: Loader

    init(_ name: String = "Acme") async throws {
        warehouse = Warehouse(url: try TestDatabase.current.url)
        session = try await warehouse.session("test")
        let id = try await session.query(
            """
            with added as (
                insert into inflow.connection (
                    name, platform, account_id, api_url, token_url, authorise_url, time_zone, fiscal_year_start,
                    first_date, calls_at_once, calls_per_minute, calls_per_day, first_byte_seconds, job_status_list)
                values ($1, 'workflowmax', 'a', 'u', 'u', 'u', 'GMT', 1, '2020-01-01', 5, 60, 5000, 180, false)
                returning id
            )
            insert into inflow.connection_secret (connection_id, client_id, client_secret)
            select id, 'c', '' from added
            returning connection_id
            """, [.text(name)])[0, 0].int64
        connection = Connection(id: try #require(id), name: name, settings: LoaderFixture.settings)
        run = try await RunLog(warehouse).begin(
            connection, trigger: .manual, scope: "Sync All", entities: ["thing"]
        ).run
        kept = Loader(warehouse, connection: connection, run: run)
    }

    /// The same warehouse and connection in the next run; the run before is closed by it.
    func nextRun() async throws -> LoaderFixture { try await next() }

    /// The same, of a run that something else began, or of which more is known.
    func next(trigger: Trigger = .manual, planned: [String: Int] = [:]) async throws -> LoaderFixture {
        let next = try await RunLog(warehouse).begin(
            connection, trigger: trigger, scope: "Sync All", entities: ["thing"], planned: planned
        ).run
        return LoaderFixture(warehouse, connection, run: next, session)
    }

    private init(_ warehouse: Warehouse, _ connection: Connection, run: Int64, _ session: PostgresConnection) {
        self.warehouse = warehouse
        self.connection = connection
        self.run = run
        self.session = session
        kept = Loader(warehouse, connection: connection, run: run)
    }

    static var settings: ConnectionSettings {
        ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 18_262))
    }

    // MARK: loading

    /// A loader of its own, on a session of its own.
    func loader() -> Loader { Loader(warehouse, connection: connection, run: run) }

    /// Loads records as one chunk; `pulled` is what the parser says it counted, if it lies.
    @discardableResult
    func load(
        _ shaped: ShapedBatch, as entity: EntityDefinition, carries: Endpoint.Carries = .everything, pulled: Int? = nil,
        chunk: Chunk = .whole, replaced: Int = 0
    ) async throws -> Tally {
        // A process knows one version of a definition; another one comes from another process.
        let loader = entity.version == 1 ? kept : loader()
        try await loader.begin(entity, carries: carries, chunk: chunk)
        return try await finish(loader, shaped, pulled: pulled, replaced: replaced)
    }

    @discardableResult
    func load(
        _ things: Thing..., as entity: EntityDefinition = .thing(), carries: Endpoint.Carries = .everything,
        pulled: Int? = nil, chunk: Chunk = .whole, replaced: Int = 0
    ) async throws -> Tally {
        try await load(
            try Thing.shaped(things, entity, carries), as: entity, carries: carries, pulled: pulled, chunk: chunk,
            replaced: replaced)
    }

    /// Stages records in a chunk that was begun, and merges it.
    ///
    /// `sentAt` is when its call was sent; without it, when the chunk began.
    func finish(
        _ loader: Loader, _ shaped: ShapedBatch, pulled: Int? = nil, replaced: Int = 0,
        sentAt: ContinuousClock.Instant? = nil
    ) async throws -> Tally {
        try await loader.add(shaped)
        var reading = ChunkReceipt()
        reading.sentAt = sentAt
        reading.replacedCharacters = replaced
        reading.pulled = pulled ?? (shaped.blocks[0].count + shaped.rejections.count { !$0.isOfValue })
        return try await loader.merge(reading).tally
    }

    // MARK: looking

    /// Rows as text, values joined by a bar; `∅` is null.
    @discardableResult
    func rows(_ sql: String, _ parameters: PostgresParameter...) async throws -> [String] {
        let result = try await session.query(sql, parameters)
        return result.map { row in
            result.columns.indices.map { row[$0].string ?? "∅" }.joined(separator: " | ")
        }
    }

    /// Where each row of the test's tables lies and which transaction wrote it.
    func places() async throws -> [String] {
        try await rows(
            """
            select 'thing' as t, ctid::text, xmin::text, thing::text from t.thing
            union all select 'line', ctid::text, xmin::text, line::text from t.line
            union all select 'tag', ctid::text, xmin::text, tag::text from t.tag
            order by 1, 4
            """)
    }

    func things() async throws -> [String] {
        try await rows("select uuid, name, amount, on_day, extra from t.thing order by uuid")
    }

    func lines() async throws -> [String] {
        try await rows("select thing_uuid, position, uuid, text, amount from t.line order by thing_uuid, position")
    }

    func tags() async throws -> [String] {
        try await rows("select thing_uuid, position, name from t.tag order by thing_uuid, position")
    }

    func history() async throws -> [String] {
        try await rows("select key, change, record->>'name', record->>'amount' from inflow.history order by id")
    }
}

extension Tally {
    /// What is not zero, in words.
    var words: String {
        let parts = [
            ("inserted", inserted), ("updated", updated), ("unchanged", unchanged), ("older", older),
            ("rejected", rejected),
            ("duplicates", duplicates), ("marked", markedDeleted),
        ]
        let sum = parts.filter { $0.1 != 0 }.map { "\($0.1) \($0.0)" }.joined(separator: " + ")
        return "\(pulled) = \(sum.isEmpty ? "0" : sum)"
    }
}

/// The WarehouseError some work throws; nil if it throws none.
func failure<T>(_ work: () async throws -> T) async -> WarehouseError? { await thrownError(by: work) }

/// A folder of its own, removed afterwards.
func withFolder<T>(_ body: (_ path: String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "inflow-keys-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
