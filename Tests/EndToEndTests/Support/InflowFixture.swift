import Curl
import Foundation
@testable import Inflow
import Logging
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

/// The whole of Inflow for one test: a sandbox over HTTP, a warehouse of its own, a folder with the key file, and a
/// connection "acme" with tokens.
struct InflowFixture: Sendable {
    /// The time zone of the connection: the one that `scripts/test --on` names, or UTC.
    static let zone: TimeZone = {
        let name = ProcessInfo.processInfo.environment["INFLOW_TEST_ZONE"] ?? "UTC"
        guard let zone = TimeZone(identifier: name) else { fatalError("INFLOW_TEST_ZONE is no time zone: \(name)") }
        return zone
    }()

    /// Today in the connection's time zone, which is also the sandbox's day.
    ///
    /// `scripts/test` fixes the day by the clock in `Tests/Support/Clock`.
    static var today: LocalDate { LocalDate(Date(), in: zone) }

    let sandbox: RunningSandbox
    let url: String
    let folder: String
    var connection: Connection
    private let transfer = Transfer(configuration: CurlConfiguration())

    var warehouse: Warehouse { Warehouse(url: url) }
    var keyFile: String { "\(folder)/secret.key" }
    var credentials: ClientCredentials {
        ClientCredentials(id: sandbox.configuration.clientID, secret: sandbox.configuration.clientSecret)
    }

    /// Runs `body` with a fixture on the database of the test, and clears everything away after.
    ///
    /// Without `connects` there is neither a connection nor a key file; `connection` then only carries the settings.
    static func run(
        _ configuration: SandboxConfiguration = RunningSandbox.small(), url: String? = nil, connects: Bool = true,
        _ body: (InflowFixture) async throws -> Void
    ) async throws {
        let url = if let url { url } else { try TestDatabase.current.url }
        let folder = FileManager.default.temporaryDirectory.path + "/inflow-e2e-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await RunningSandbox.run(configuration) { sandbox in
            let settings = try InflowFixture.settings(sandbox)
            var fixture = InflowFixture(
                sandbox: sandbox, url: url, folder: folder,
                connection: Connection(id: 0, name: "acme", settings: settings))
            if connects { try await fixture.connect() }
            try await body(fixture)
        }
    }

    private init(sandbox: RunningSandbox, url: String, folder: String, connection: Connection) {
        self.sandbox = sandbox
        self.url = url
        self.folder = folder
        self.connection = connection
    }

    private static func settings(_ sandbox: RunningSandbox) throws -> ConnectionSettings {
        var settings = ConnectionSettings(
            accountID: try #require(sandbox.configuration.accountIDs.first), clientID: sandbox.configuration.clientID,
            timeZone: InflowFixture.zone, firstDate: InflowFixture.today.adding(months: -36))
        settings.apiURL = sandbox.address
        settings.tokenURL = "\(sandbox.address)/oauth/token"
        settings.authoriseURL = "\(sandbox.address)/oauth/authorize"
        (settings.callsAtOnce, settings.callsPerMinute, settings.callsPerDay) = (0, 0, 0)
        // A call for each record only in tests that are about that.
        (settings.perParentPercent, settings.perParentCalls) = (0, 1_000_000)
        (settings.perParentSyncCalls, settings.values) = (1_000_000, ValueKind.allCases)
        return settings
    }

    private mutating func connect() async throws {
        let box = try await box()
        connection = try await ConnectionStore(warehouse).add(
            connection.name, connection.settings, platform: WorkflowMax.platform,
            clientSecret: sandbox.configuration.clientSecret, box: box)
        let authorisation = Authorisation(connection: connection, credentials: credentials, transfer: transfer)
        let pair = try await authorisation.exchange(refreshToken: sandbox.configuration.refreshToken)
        try await TokenStore(warehouse, connection: connection, box: box).store(pair)
    }

    func box() async throws -> SecretBox { try await SecretBox.open(keyFile, for: warehouse) }

    // MARK: syncing

    /// Syncs in this process; the arithmetic of everything it wrote into the run log must close.
    @discardableResult
    func sync(
        _ plan: RunPlan, workers: Int = 5, location: SourceLocation = #_sourceLocation
    ) async throws -> RunReport {
        let report = try await unchecked(plan, workers: workers)
        try await expectClosed(report, location)
        return report
    }

    /// Syncs in this process and looks at nothing.
    func unchecked(_ plan: RunPlan, workers: Int) async throws -> RunReport {
        try await withEngine(workers: workers) { try await $0.run(plan) }
    }

    /// Reads values as a daemon does, in this process.
    func readValues(isStopping: @escaping @Sendable () -> Bool) async throws -> RunReport {
        let plan = RunPlan.values(WorkflowMax.entities, connection.settings)
        return try await withEngine(workers: 5) { try await $0.readValues(plan, isStopping: isStopping) }
    }

    private func withEngine(
        workers: Int, _ body: (RunEngine<WorkflowMax>) async throws -> RunReport
    ) async throws -> RunReport {
        var logger = Logger(label: "end to end")
        logger.logLevel = .critical
        let clock = TestClock()
        var retries = RetryPattern()
        retries.firstPause = .milliseconds(1)
        let quota = SharedQuotaLedger(
            warehouse, platform: WorkflowMax.platform, connection.settings, clock: clock)
        let source = WorkflowMax(
            connection: connection, credentials: credentials,
            vault: TokenStore(warehouse, connection: connection, box: try await box()),
            quota: quota, transfer: transfer,
            again: retries.again(clock), logger: logger)
        let engine = RunEngine(
            warehouse, connection, source, workers: workers, retries: retries, clock: clock, logger: logger,
            progress: { _ in })
        do {
            let report = try await body(engine)
            await quota.close()
            return report
        } catch {
            await quota.close()
            throw error
        }
    }

    /// A plan that reads entities over all the sandbox holds, dated ones month by month or each in one chunk.
    ///
    /// It begins `earlier` days before the sandbox's first day: a deletion moves that day, and rows that were loaded
    /// before it are judged only by a plan that begins earlier.
    func everything(_ entities: [EntityDefinition], inOne: Bool = false, earlier: Int = 0) async throws -> RunPlan {
        let first = try #require(LocalDate(try await sandbox.firstDay())).adding(days: -earlier)
        let window = try #require(Window(first: first, last: InflowFixture.today.adding(days: 40)))
        let parts = entities.map { entity in
            switch entity.window {
            case .span(let rule):
                RunPlan.Part(
                    entity: entity, chunks: inOne ? [.span(window)] : window.chunks(by: rule.chunk).map { .span($0) })
            case .whole: RunPlan.Part(entity: entity, chunks: [.whole])
            case .derived, .perParent: RunPlan.Part(entity: entity, chunks: [])
            }
        }
        return plan(parts)
    }

    /// A plan of some lists that are read whole, in this order.
    func lists(_ names: String...) throws -> RunPlan {
        plan(try names.map { RunPlan.Part(entity: try InflowFixture.entity($0), chunks: [.whole]) })
    }

    /// A plan of these parts.
    func plan(_ parts: [RunPlan.Part]) -> RunPlan {
        RunPlan(trigger: .targeted, scope: "a test", parts: parts, known: WorkflowMax.entities)
    }

    static func entity(_ name: String) throws -> EntityDefinition {
        try #require(WorkflowMax.entities.first { $0.name == name }, "there is no entity \(name)")
    }

    // MARK: the run log

    /// Every chunk's counts close; an entity's are the sum of its chunks', a run's that of its entities'.
    private func expectClosed(_ report: RunReport, _ location: SourceLocation) async throws {
        let open = try await query(
            """
            select entity, chunk, status from inflow.chunk
            where status = 'loaded' and pulled <> inserted + updated + unchanged + older + rejected + duplicates + outside
                or status = 'failed'
                    and (pulled, inserted, updated, unchanged, rejected, duplicates) <> (0, 0, 0, 0, 0, 0)
            """)
        #expect(open.isEmpty, "the counts of a chunk do not close", sourceLocation: location)
        for entity in report.entities {
            #expect(entity.tally.closes, "\(entity.entity): \(entity.tally)", sourceLocation: location)
            #expect(
                try await tally("inflow.entity_run where run_id = $1 and entity = $2", report.run, entity.entity)
                    == entity.tally, "entity_run of \(entity.entity)", sourceLocation: location)
            #expect(
                try await tally("inflow.chunk where run_id = $1 and entity = $2", report.run, entity.entity)
                    == entity.tally, "chunks of \(entity.entity)", sourceLocation: location)
        }
        #expect(
            try await tally("inflow.run where id = $1 and $2 = ''", report.run, "") == report.tally, "run",
            sourceLocation: location)
        let run = try await query(
            "select status, finished_at, calls, bytes from inflow.run where id = $1", [.int64(report.run)])[0]
        #expect(try run["status"].string == report.outcome.rawValue, sourceLocation: location)
        #expect(try !run["finished_at"].isNull, sourceLocation: location)
        #expect(try run["calls"].int == report.traffic.calls, "calls", sourceLocation: location)
        #expect(try run["bytes"].int == report.traffic.bytes, "bytes", sourceLocation: location)
        let left = try await query(
            "select entity from inflow.entity_run where run_id = $1 and status = 'running'", [.int64(report.run)])
        #expect(left.isEmpty, "an entity was left running", sourceLocation: location)
    }

    private func tally(_ rows: String, _ run: Int64, _ entity: String) async throws -> Tally {
        let columns = [
            "pulled", "inserted", "updated", "unchanged", "older", "marked_deleted", "rejected", "duplicates",
            "outside",
        ]
        let sums = columns.map { "coalesce(sum(\($0)), 0) as \($0)" }.joined(separator: ", ")
        let row = try await query("select \(sums) from \(rows)", [.int64(run), .text(entity)])[0]
        var tally = Tally()
        tally.pulled = try row.require("pulled") { $0.int }
        tally.inserted = try row.require("inserted") { $0.int }
        tally.updated = try row.require("updated") { $0.int }
        tally.unchanged = try row.require("unchanged") { $0.int }
        tally.older = try row.int("older")
        tally.markedDeleted = try row.require("marked_deleted") { $0.int }
        tally.rejected = try row.require("rejected") { $0.int }
        tally.duplicates = try row.require("duplicates") { $0.int }
        tally.outside = try row.require("outside") { $0.int }
        return tally
    }

    /// The one chunk of an entity in a run.
    func chunk(_ report: RunReport, _ entity: String) async throws -> PostgresResult.Row {
        let rows = try await query(
            "select * from inflow.chunk where run_id = $1 and entity = $2", [.int64(report.run), .text(entity)])
        try #require(rows.count == 1, "\(entity) has \(rows.count) chunks in run \(report.run)")
        return rows[0]
    }

    // MARK: the database

    /// The rows a statement answers with.
    func query(_ sql: String, _ parameters: [PostgresParameter] = []) async throws -> PostgresResult {
        try await PostgresConnection.rows(at: url, sql, parameters)
    }

    /// The number a statement answers with.
    func number(_ sql: String, _ parameters: [PostgresParameter] = []) async throws -> Int {
        try #require(try await query(sql, parameters)[0, 0].int)
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int { try await number("select count(*) from \(table)") }
}

extension InflowFixture {
    /// Rows as text, their values parted by bars; ∅ is null.
    static func rows(_ result: PostgresResult) -> [String] {
        result.map { row in result.columns.indices.map { row[$0].string ?? "∅" }.joined(separator: " | ") }
    }
}
