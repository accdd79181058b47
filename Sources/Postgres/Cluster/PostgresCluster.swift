import CLibPQ
import Dispatch
import Foundation

/// A PostgreSQL server of our own in a folder, reached by a Unix socket that only its owner (and root) can get to.
///
/// The folder holds `data`, `socket`, `server.log`, `lock` and `port`, and `stopped` after a person stopped it. A lasting
/// one also listens on 127.0.0.1, for roles that have a password, encrypted where they ask for it. Run by root, the server runs as the owner of the folder, or as `postgres` where the
/// folder is new; run by anyone else, it runs as them. Several processes may start and stop it at the same time: a lock
/// makes them take turns, and a server that runs already is left as it is. What a crash or a restart of the machine
/// leaves behind does no harm.
public struct PostgresCluster: Sendable {
    /// What the server is for.
    public enum Purpose: Sendable {
        /// To keep: all writes reach the disk before they count.
        case lasting
        /// To throw away: fast, and broken after a power cut.
        case tests
    }

    /// What the server is doing.
    public enum Status: Sendable, Equatable {
        /// The folder holds no cluster yet.
        case absent
        /// There is a cluster and no server.
        case stopped
        /// The server is starting, recovering or stopping.
        case busy
        /// The server takes connections; with its first process's number.
        case running(processID: Int32)
    }

    /// The folder, an absolute path.
    public let folder: String
    /// What the server is for.
    public let purpose: Purpose
    let settings: [String: String]

    /// Describes a cluster; nothing is touched before ``start()``.
    ///
    /// - Parameters:
    ///   - folder: where it is or will be; relative to the current directory unless absolute.
    ///   - purpose: what it is for.
    ///   - settings: settings of the server beside and above those of the purpose, such as `shared_buffers`.
    public init(folder: String, purpose: Purpose = .lasting, settings: [String: String] = [:]) {
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        self.purpose = purpose
        self.settings = settings
    }

    /// The path of the file that the server writes its log into.
    public var logFile: String { "\(folder)/server.log" }

    var dataFolder: String { "\(folder)/data" }
    private var stopMark: String { "\(folder)/stopped" }
    private var processes: ServerProcess { ServerProcess(dataFolder: dataFolder) }

    // MARK: asking

    /// The connection string of a database of the cluster, good while the server runs.
    ///
    /// - Throws: `cluster_failed` if the server was never started or the folder is another user's.
    public func url(database: String = "postgres") throws(PostgresError) -> String {
        let account = try ServerAccount.forCluster(in: folder)
        guard let socket = ClusterSocket(clusterFolder: folder, account: account).folder else {
            throw PostgresError(.clusterFailed, detail: "The server in \"\(folder)\" has not been started yet.")
        }
        return url(database: database, socket: socket)
    }

    private func url(database: String, socket: String) -> String {
        let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7F}"))
            .union(CharacterSet(charactersIn: "-._~"))
        let encode = { (text: String) in text.addingPercentEncoding(withAllowedCharacters: plain) ?? text }
        return
            "postgresql:///\(encode(database))?host=\(encode(socket))&port=\(ClusterPort(clusterFolder: folder).noted)"
            + "&user=\(ClusterSettings.role)"
    }

    /// What the server is doing now.
    public func status() async throws(PostgresError) -> Status {
        try await offTheTasksThreads { () throws(PostgresError) in try currentStatus() }
    }

    private func currentStatus() throws(PostgresError) -> Status {
        let account = try ServerAccount.forCluster(in: folder)
        guard access("\(dataFolder)/PG_VERSION", F_OK) == 0 else { return .absent }
        guard let processID = processes.runningID else { return .stopped }
        return ping(account) == PQPING_OK ? .running(processID: processID) : .busy
    }

    // MARK: acting

    /// Makes the cluster if there is none, starts its server unless it runs, and waits until it takes connections.
    ///
    /// - Throws: `server_too_old`, or `cluster_failed` with what stood in the way and the end of the server's log.
    ///
    /// Takes away the mark of ``stop(byPerson:)``.
    public func start() async throws(PostgresError) {
        try await offTheTasksThreads { () throws(PostgresError) in try startServer() }
    }

    /// The same, unless a person has stopped the server meanwhile; says whether it runs now.
    public func startUnlessStoppedByPerson() async throws(PostgresError) -> Bool {
        try await offTheTasksThreads { () throws(PostgresError) in
            try startServer(unlessMarked: true)
            return !isStoppedByPerson
        }
    }

    /// Stops the server, ending its sessions; does nothing where none runs.
    ///
    /// `byPerson` leaves a mark, so that a daemon does not start the server again (``isStoppedByPerson``).
    public func stop(byPerson: Bool = false) async throws(PostgresError) {
        try await offTheTasksThreads { () throws(PostgresError) in try stopServer(byPerson: byPerson) }
    }

    /// Stops the server and starts it with the programs that are on the disk now.
    public func restart() async throws(PostgresError) {
        try await offTheTasksThreads { () throws(PostgresError) in
            try stopServer(byPerson: false)
            try startServer(unlessMarked: true)
        }
    }

    /// Whether a person stopped the server, and nobody has started it since.
    public var isStoppedByPerson: Bool { access(stopMark, F_OK) == 0 }

    /// Whether the programs of the running server were replaced on the disk: it must be restarted.
    public var isUpgraded: Bool { processes.isReplaced }

    /// Makes a database unless it is there.
    public func ensureDatabase(_ name: String) async throws(PostgresError) {
        let connection = try await PostgresConnection.connect(to: try url(), applicationName: "inflow cluster")
        let found = try await connection.query("select from pg_database where datname = $1", [.text(name)])
        if found.isEmpty {
            do {
                try await connection.execute("create database \(PostgresConnection.quoted(name))")
            } catch  where error.code == .duplicateObject || error.code == .uniqueViolation {
                // Another process made it just now.
            }
        }
        await connection.close()
    }

    private func startServer(unlessMarked: Bool = false) throws(PostgresError) {
        let account = try ServerAccount.forCluster(in: folder)
        try account.checkReach("\(folder)/data")
        try prepareFolder(account)
        let lock = try FileLock("\(folder)/lock")
        defer { _ = lock }
        if unlessMarked && isStoppedByPerson { return }
        unlink(stopMark)
        guard try !waitForRunningServer(account) else { return }
        try processes.waitUntilUnused(seconds: 10)
        processes.forgetStolenID()
        ClusterSocket(clusterFolder: folder, account: account).sweep()
        let programs = try programs()
        try makeData(account, programs)
        try writeSettings(account)
        try launch(account, programs)
    }

    /// Waits for a server that runs already to take connections; says whether one does.
    ///
    /// Recovery after a crash is waited for up to ten minutes. A server that says nothing at all for twenty seconds
    /// cannot be reached, as when its socket was swept out of `/tmp`: it is stopped.
    private func waitForRunningServer(_ account: ServerAccount) throws(PostgresError) -> Bool {
        let deadline = ContinuousClock.now + .seconds(600)
        var lastHeard = ContinuousClock.now
        while processes.runningID != nil, ContinuousClock.now < deadline {
            switch ping(account) {
            case PQPING_OK: return true
            case PQPING_REJECT: lastHeard = .now
            default:
                guard ContinuousClock.now - lastHeard < .seconds(20) else {
                    try runStop(account)
                    return false
                }
            }
            usleep(20_000)
        }
        return false
    }

    private func ping(_ account: ServerAccount) -> PGPing {
        guard let socket = ClusterSocket(clusterFolder: folder, account: account).folder else {
            return PQPING_NO_RESPONSE
        }
        return PQping(url(database: "postgres", socket: socket) + "&connect_timeout=5")
    }

    private func stopServer(byPerson: Bool) throws(PostgresError) {
        let account = try ServerAccount.forCluster(in: folder)
        guard access(dataFolder, F_OK) == 0 else { return }
        let lock = try FileLock("\(folder)/lock")
        defer { _ = lock }
        if byPerson {
            try write("Stopped by a person. \"inflow database start\" starts it again.\n", stopMark, account)
        }
        guard processes.runningID != nil else { return }
        try runStop(account)
    }

    private func runStop(_ account: ServerAccount) throws(PostgresError) {
        let mode = purpose == .tests ? "immediate" : "fast"
        let outcome = try account.run(
            try programs().path("pg_ctl"), ["stop", "-D", dataFolder, "-m", mode, "-w", "-t", "120", "-s"])
        guard outcome.succeeded || processes.runningID == nil else {
            throw PostgresError(.clusterFailed, detail: "pg_ctl could not stop the server: \(outcome.output)")
        }
    }
}

extension PostgresCluster {
    // MARK: removing

    /// Ends the server at once, without ceremony, and removes the folder; blocks, for use when a process ends.
    ///
    /// Everything in the cluster is lost.
    public func destroy() {
        if let processID = processes.runningID { kill(processID, SIGQUIT) }
        try? processes.waitUntilUnused(seconds: 10)
        if let account = try? ServerAccount.forCluster(in: folder) {
            ClusterSocket(clusterFolder: folder, account: account).remove()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Runs work that blocks on a thread that tasks do not share.
private func offTheTasksThreads<T: Sendable>(
    _ work: @escaping @Sendable () throws(PostgresError) -> T
) async throws(PostgresError) -> T {
    let result: Result<T, PostgresError> = await withCheckedContinuation { continuation in
        DispatchQueue(label: "postgres.cluster").async {
            continuation.resume(returning: Result { () throws(PostgresError) in try work() })
        }
    }
    return try result.get()
}
