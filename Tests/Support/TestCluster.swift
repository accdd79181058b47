import Foundation
import Postgres
import Synchronization

/// The one throw-away PostgreSQL server of a test process, or the server of `INFLOW_TEST_DATABASE`.
///
/// The variable is a libpq URL of a database whose role may create databases. Without it a cluster is made under `/tmp`
/// when first asked for, and removed when the process ends. A process that was killed cannot tidy up: the next one
/// finds its folder, whose name tells the process, and removes server and folder.
public actor TestCluster {
    /// The cluster of this process.
    public static let shared = TestCluster()

    private static let prefix = "inflow-tests-"
    private var starting: Task<String, any Error>?
    private var templates: [String: Task<String, any Error>] = [:]
    /// Ended when no `create database … template` runs: the server refuses a template that has a session.
    private var lastCreation: Task<Void, Never>?
    private var databases = 0

    /// The connection string of the server's own database, in which others may be created.
    ///
    /// - Returns: a libpq URL.
    /// - Throws: what the server cannot be started with.
    public func url() async throws -> String {
        if let starting { return try await starting.value }
        let task = Task { try await Self.start() }
        starting = task
        return try await task.value
    }

    /// Makes a template database once in this process.
    ///
    /// - Parameters:
    ///   - name: what tells one template from another.
    ///   - make: fills the empty database it is given the URL of; it must leave no connection open.
    /// - Returns: the template's name on the server.
    /// - Throws: what `make` throws.
    public func template(
        named name: String, make: @escaping @Sendable (_ url: String) async throws -> Void
    ) async throws -> String {
        if let task = templates[name] { return try await task.value }
        let task = Task {
            let database = try await self.create(like: "template0")
            try await make(try await self.url(of: database))
            return database
        }
        templates[name] = task
        return try await task.value
    }

    /// Makes a database of its own for a test, as a copy of a template.
    ///
    /// - Parameter template: a name from ``template(named:make:)``; nil copies an empty database.
    /// - Returns: the database, to be dropped with ``drop(_:)``.
    /// - Throws: what the server refuses it with.
    public func database(from template: String? = nil) async throws -> TestDatabase {
        let name = try await create(like: template ?? "template0")
        return TestDatabase(name: name, url: try await url(of: name))
    }

    /// Drops a database, ending the sessions that are still in it.
    ///
    /// - Parameter database: a database from ``database(from:)``.
    /// - Throws: what the server refuses it with.
    public func drop(_ database: TestDatabase) async throws {
        let name = PostgresConnection.quoted(database.name)
        try await administer("drop database if exists \(name) with (force)")
    }

    private func url(of database: String) async throws -> String {
        try TestURL.replacingDatabase(of: try await url(), with: database)
    }

    /// Waits its turn, for two copies of one template at a time are refused where their sessions overlap.
    private func create(like template: String) async throws -> String {
        databases += 1
        let name = "inflow_test_\(getpid())_\(databases)"
        let before = lastCreation
        let creation = Task {
            await before?.value
            let names = (PostgresConnection.quoted(name), PostgresConnection.quoted(template))
            try await self.administer("create database \(names.0) template \(names.1)\(Self.strategy)")
        }
        lastCreation = Task { _ = await creation.result }
        try await creation.value
        return name
    }

    /// A third quicker than the default where nothing waits for the disk, and far slower where it does.
    private static var strategy: String { givenURL == nil ? " strategy file_copy" : "" }

    private static var givenURL: String? {
        ProcessInfo.processInfo.environment["INFLOW_TEST_DATABASE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func administer(_ sql: String) async throws {
        let connection = try await PostgresConnection.connect(to: try await url(), applicationName: "inflow tests")
        try await connection.execute(sql)
        await connection.close()
    }

    // MARK: the server

    private static func start() async throws -> String {
        if let givenURL {
            atexit { TestCluster.dropTemplatesAndWait() }
            return givenURL
        }
        removeStale()
        let cluster = PostgresCluster(folder: "/tmp/\(prefix)\(ProcessMark.own)", purpose: .tests)
        atExit.withLock { $0 = cluster }
        atexit { TestCluster.atExit.withLock { $0?.destroy() } }
        try await cluster.start()
        return try cluster.url()
    }

    /// On a server that stays, the templates are dropped when the process ends; a killed one leaves them.
    private static func dropTemplatesAndWait() {
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            await shared.dropTemplates()
            done.signal()
        }
        _ = done.wait(timeout: .now() + 10)
    }

    private func dropTemplates() async {
        for task in templates.values {
            guard let name = try? await task.value else { continue }
            try? await administer("drop database if exists \(PostgresConnection.quoted(name)) with (force)")
        }
    }

    fileprivate static let atExit = Mutex<PostgresCluster?>(nil)

    private static func removeStale() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where name.hasPrefix(prefix) {
            guard !ProcessMark.isAlive(String(name.dropFirst(prefix.count))) else { continue }
            PostgresCluster(folder: "/tmp/\(name)", purpose: .tests).destroy()
        }
    }
}

/// Names a process so that another with the same number is not taken for it: number and time of start.
enum ProcessMark {
    static var own: String { mark(of: getpid()) ?? "\(getpid())-0" }

    static func isAlive(_ text: String) -> Bool {
        guard let process = text.split(separator: "-").first.flatMap({ pid_t($0) }) else { return false }
        return mark(of: process) == text
    }

    private static func mark(of process: pid_t) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        // After the name in parentheses, the 20th field is the start in clock ticks since boot.
        let fields = text[name...].split(separator: " ")
        return fields.count > 20 ? "\(process)-\(fields[20])" : nil
    }
}
