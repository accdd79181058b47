import Foundation
import Inflow
import Logging
import Postgres
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@testable import Sync

/// A warehouse with one connection, and the engine over a scripted source.
struct SyncFixture {
    let warehouse: Warehouse
    let connection: Connection
    let source: ScriptedSource

    init(_ script: @escaping ScriptedSource.Script = { _, _, _ in [] }) async throws {
        warehouse = Warehouse(url: try TestDatabase.current.url)
        source = ScriptedSource(script)
        let folder = FileManager.default.temporaryDirectory.appending(path: "inflow-sync-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let box = try await SecretBox.open(folder.appending(path: "secret.key").path, for: warehouse)
        let settings = ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 18_262))
        connection = try await ConnectionStore(warehouse).add(
            "acme", settings, platform: WorkflowMax.platform, clientSecret: "", box: box)
    }

    /// An engine whose pauses take no time.
    func engine(workers: Int = 1, isDry: Bool = false) -> RunEngine<ScriptedSource> {
        var retries = RetryPattern()
        retries.firstPause = .zero
        return RunEngine(
            warehouse, connection, source, workers: workers, retries: retries, isDry: isDry,
            logger: SyncFixture.quiet, progress: { _ in })
    }

    static let quiet: Logger = {
        var logger = Logger(label: "sync tests")
        logger.logLevel = .critical
        return logger
    }()

    /// A plan of these entities' whole lists, as a person asks for them.
    func plan(_ names: String...) throws -> RunPlan {
        let parts = try names.map { RunPlan.Part(entity: try ScriptedSource.entity($0), chunks: [.whole]) }
        return RunPlan(
            trigger: .targeted, scope: names.joined(separator: ", "), parts: parts, known: ScriptedSource.entities)
    }

    /// A run in the log, with a loader of its own.
    func loader(_ entities: String...) async throws -> (run: Int64, loader: Loader) {
        let run = try await RunLog(warehouse).begin(
            connection, trigger: .manual, scope: "test", entities: entities
        ).run
        return (run, Loader(warehouse, connection: connection, run: run))
    }

    /// The first column of a query's rows, as text.
    func column(_ sql: String) async throws -> [String] {
        try await PostgresConnection.rows(at: try TestDatabase.current.url, sql).map { $0[0].string ?? "" }
    }
}
