import Curl
import Foundation
import Inflow
import Logging
import Postgres
import Sync
import TestSupport
import Warehouse
import WorkflowMax

/// Runs one case after the other through the whole of Inflow: HTTP, parser, line, warehouse and run log.
///
/// Each case has a connection of its own. A lane renews its database now and then, so that cases stay quick.
final class FuzzLane {
    /// What a run came to.
    struct Ending {
        var outcome: RunOutcome?
        /// Why there is no outcome.
        var failure: String?
        var run: Int64 = 0
        var replaced = 0
        var error = ""
        var connection: Int64 = 0
    }

    private static let casesOfDatabase = 150
    /// A case that takes longer hangs.
    static let bound = Duration.seconds(120)

    private let server: FuzzServer
    let parser: IndependentParser
    private let transfer = Transfer(configuration: CurlConfiguration())
    private let keyFile: String
    private var database: (database: TestDatabase, session: PostgresConnection, box: SecretBox)?
    private var casesHere = 0
    private var everyTable: [String] = []

    init(_ number: Int) throws {
        server = try FuzzServer()
        parser = try IndependentParser()
        keyFile = FileManager.default.temporaryDirectory.path + "/inflow-fuzz-\(getpid())-\(number).key"
    }

    /// Ends everything that the lane has started.
    func stop() async {
        await leaveDatabase()
        await transfer.shutdown()
        server.stop()
        parser.stop()
        try? FileManager.default.removeItem(atPath: keyFile)
    }

    // MARK: the database

    private func leaveDatabase() async {
        guard let (database, session, _) = database else { return }
        await session.close()
        try? await TestCluster.shared.drop(database)
        try? FileManager.default.removeItem(atPath: keyFile)
        self.database = nil
    }

    private func enterDatabase() async throws -> (url: String, session: PostgresConnection, box: SecretBox) {
        casesHere += 1
        if casesHere > FuzzLane.casesOfDatabase { await leaveDatabase() }
        if let database { return (database.database.url, database.session, database.box) }
        let template = TestTemplate.warehouse
        let name = try await TestCluster.shared.template(named: template.name, make: template.make)
        let fresh = try await TestCluster.shared.database(from: name)
        let session = try await PostgresConnection.connect(
            to: fresh.url, applicationName: "inflow fuzz", settings: ["TimeZone": "UTC"])
        let box = try await SecretBox.open(keyFile, for: Warehouse(url: fresh.url))
        (database, casesHere) = ((fresh, session, box), 1)
        try await makeConnections(fresh.url, session, box)
        everyTable = try await session.query(
            """
            select table_name from information_schema.columns
            where table_schema = 'inflow' and column_name = 'connection_id' and table_name in (
                select tablename from pg_tables where schemaname = 'inflow')
            """
        ).map { try $0.text("table_name") }
        return (fresh.url, session, box)
    }

    /// Connections for all cases of the database, each an organisation of its own, as copies of one.
    private func makeConnections(_ url: String, _ session: PostgresConnection, _ box: SecretBox) async throws {
        let first = connection(number: 0)
        let model = try await ConnectionStore(Warehouse(url: url)).add(
            first.name, first.settings, platform: WorkflowMax.platform, clientSecret: "", box: box)
        try await session.query(
            """
            with made as (
                insert into inflow.connection overriding system value
                select (jsonb_populate_record(c, jsonb_build_object(
                    'id', 1000 + n, 'name', 'fuzz-' || n, 'account_id', 'org-' || n))).*
                from inflow.connection c, generate_series(1, $2) n where c.id = $1
                returning id
            )
            insert into inflow.connection_secret (connection_id, client_id, client_secret)
            select made.id, s.client_id, s.client_secret
            from made, inflow.connection_secret s where s.connection_id = $1
            """, [.int64(model.id), .int64(Int64(FuzzLane.casesOfDatabase))])
    }

    private func connection(number: Int) -> Connection {
        var settings = ConnectionSettings(
            accountID: "org-\(number)", clientID: "client", timeZone: .gmt,
            firstDate: LocalDate(daysSinceEpoch: 17_532))
        (settings.apiURL, settings.tokenURL) = (server.url, server.url + "/oauth/token")
        (settings.callsAtOnce, settings.callsPerMinute, settings.callsPerDay) = (0, 0, 0)
        settings.perParentPercent = 0
        return Connection(id: Int64(1_000 + number), name: "fuzz-\(number)", settings: settings)
    }

    // MARK: a case

    /// Runs a case and returns how the run ended, and what is wrong, one sentence each.
    func run(_ one: FuzzCase) async throws -> (outcome: String, faults: [String]) {
        let (url, session, box) = try await enterDatabase()
        let connection = self.connection(number: casesHere)
        if one.token != nil {
            try await TokenStore(Warehouse(url: url), connection: connection, box: box).store(
                one.secrets.pair(isSpent: true))
        }
        server.play(one.script)
        let overheard = Overheard()
        let ending = await bounded { [transfer] in
            await FuzzLane.sync(one, connection, box, url, transfer, overheard)
        }
        guard var ending else { return ("hangs", ["the run did not end within \(FuzzLane.bound)"]) }
        ending.connection = connection.id
        let shown = overheard.text + "\n" + (try await logged(session, connection.id))
        let faults = try await FuzzChecks(
            one: one, ending: ending, shown: shown
        ).faults(held: try await held(session, one.template.entity, connection.id), session, parser)
        return (ending.outcome?.rawValue ?? "none", faults)
    }

    /// Runs a body that must end within the bound; `nil` where it does not: then it is left to itself.
    private func bounded(_ body: @escaping @Sendable () async -> Ending) async -> Ending? {
        let (endings, ended) = AsyncStream.makeStream(of: Ending?.self)
        let work = Task { ended.yield(await body()) }
        let watch = Task {
            try await reach(limit: FuzzLane.bound)
            ended.yield(nil)
        }
        defer {
            work.cancel()
            watch.cancel()
        }
        for await ending in endings { return ending }
        return nil
    }

    private static func sync(
        _ one: FuzzCase, _ connection: Connection, _ box: SecretBox, _ url: String, _ transfer: Transfer,
        _ overheard: Overheard
    ) async -> Ending {
        let warehouse = Warehouse(url: url)
        let (clock, logger) = (TestClock(), overheard.logger)
        var retries = RetryPattern()
        (retries.tries, retries.firstPause) = (2, .milliseconds(1))
        let quota = SharedQuotaLedger(
            warehouse, platform: WorkflowMax.platform, connection.settings, clock: clock)
        let vault: any TokenVault =
            one.token == nil
            ? MemoryVault(one.secrets.pair(isSpent: false))
            : TokenStore(warehouse, connection: connection, box: box)
        let source = WorkflowMax(
            connection: connection, credentials: ClientCredentials(id: "client", secret: one.secrets.client),
            vault: vault, quota: quota, transfer: transfer, again: retries.again(clock),
            logger: logger)
        let engine = RunEngine(
            warehouse, connection, source, workers: 1, retries: retries, clock: clock, logger: logger,
            progress: { overheard.hear("\($0)") })
        var ending = Ending()
        do {
            let report = try await engine.run(one.plan)
            overheard.hear("\(report)")
            (ending.outcome, ending.run) = (report.outcome, report.run)
            ending.replaced = report.entities.reduce(0) { $0 + $1.replacedCharacters }
            ending.error = report.error ?? ""
        } catch {
            overheard.hear("\(error) \(String(reflecting: error))")
            ending.failure = "\(error)"
        }
        await quota.close()
        return ending
    }

    // MARK: what the tables hold

    private func held(
        _ session: PostgresConnection, _ entity: EntityDefinition, _ connection: Int64
    ) async throws -> [HeldRow] {
        func rows(_ table: String, _ condition: String) -> String {
            """
            select '\(table)' as name, (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(x)))::text as row
            from \(table) x where connection_id = $1 \(condition)
            """
        }
        let parts = [rows(entity.table, "and deleted_at is null")] + entity.children.map { rows($0.table, "") }
        return try await session.query(parts.joined(separator: "\nunion all\n"), [.int64(connection)]).map { row in
            let values = try JSONDecoder().decode([String: String?].self, from: Data(try row.text("row").utf8))
            return HeldRow(table: try row.text("name"), values: values.compactMapValues { $0 })
        }
    }

    /// Everything that the run log and its neighbours say of a connection.
    private func logged(_ session: PostgresConnection, _ connection: Int64) async throws -> String {
        let parts = everyTable.map {
            "select string_agg(x::text, ' ') as words from inflow.\($0) x where connection_id = $1"
        }
        return try await session.query(parts.joined(separator: " union all "), [.int64(connection)])
            .compactMap { try $0["words"].string }.joined(separator: "\n")
    }
}
