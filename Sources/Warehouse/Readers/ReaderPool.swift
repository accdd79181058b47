internal import Foundation
public import Inflow
internal import Postgres

/// Sessions of readers that stay open between pages, since to log in as a reader takes longer than to make a page.
///
/// They run Inflow's own selects only, with bound values: a select that a person wrote gets a session of its own
/// (``ReaderSession/open(_:as:)``), which it could change. A session serves one connection. Each page has its own moment.
/// No more than `most` are in use; further pages wait in turn. What was not used for a while is closed by the next that
/// comes back.
public actor ReaderPool {
    private struct Idle {
        let session: ReaderSession
        let connection: Int64
        let since: ContinuousClock.Instant
    }

    /// How many seconds a statement of a page may take.
    public static let seconds = 60

    private let warehouse: Warehouse
    private let most: Int
    private let patience: Duration
    private var idle: [Idle] = []
    private var inUse = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// A pool of at most `most` sessions, each kept for `patience` after its last page.
    public init(_ warehouse: Warehouse, most: Int, patience: Duration = .seconds(600)) {
        (self.warehouse, self.most, self.patience) = (warehouse, max(1, most), patience)
    }

    /// Runs work with a session that sees the rows of one connection, all of one moment.
    ///
    /// Instants are written, and read where they have no offset, by the clock of the connection's zone.
    public func reading<T: Sendable>(
        _ connection: Connection, _ body: @Sendable (ReaderSession) async throws -> T
    ) async throws -> T {
        await enter()
        let session: ReaderSession
        do {
            session = try await taken(connection)
        } catch {
            leave()
            throw error
        }
        do {
            try await session.begin(in: connection.settings.timeZone)
            let value = try await body(session)
            try await session.end()
            await giveBack(session, connection.id)
            return value
        } catch {
            // What a page refuses leaves the session as good as it was.
            if (try? await session.end()) != nil {
                await giveBack(session, connection.id)
            } else {
                await session.close()
                leave()
            }
            throw error
        }
    }

    private func taken(_ connection: Connection) async throws(WarehouseError) -> ReaderSession {
        while let place = idle.lastIndex(where: { $0.connection == connection.id }) {
            let kept = idle.remove(at: place).session
            if await kept.isAlive { return kept }
            await kept.close()
        }
        let seconds = min(ReaderPool.seconds, max(1, connection.settings.readerSeconds))
        return try await ReaderSession.connect(
            warehouse, as: .connection(connection), settings: ["statement_timeout": "\(seconds)s"])
    }

    private func giveBack(_ session: ReaderSession, _ connection: Int64) async {
        idle.append(Idle(session: session, connection: connection, since: .now))
        leave()
        var old = idle.filter { $0.since.duration(to: .now) > patience }
        idle.removeAll { $0.since.duration(to: .now) > patience }
        // One connection's sessions must not fill the server while those of others are wanted.
        while idle.count > most { old.append(idle.removeFirst()) }
        for one in old { await one.session.close() }
    }

    private func enter() async {
        if inUse < most {
            inUse += 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        // Who waits takes the place; else it is free.
        if waiting.isEmpty { inUse -= 1 } else { waiting.removeFirst().resume() }
    }
}

extension ReaderSession {
    /// Begins a moment in which instants are written by the clock of a zone.
    func begin(in zone: TimeZone) async throws(WarehouseError) {
        try await begin()
        try await lifting("setting a time zone") { () async throws(PostgresError) in
            try await session.query("select set_config('timezone', $1, true)", [.text(zone.postgresName)])
        }
    }

    /// Ends the moment.
    func end() async throws(WarehouseError) {
        try await lifting("ending a page") { () async throws(PostgresError) in try await session.execute("rollback") }
    }

    var isAlive: Bool { get async { await session.isAlive } }
}

extension ReaderSession {
    /// Opens a session of its own for a long answer, whose instants are written by the clock of the connection's zone.
    public static func open(
        _ warehouse: Warehouse, of connection: Connection
    ) async throws(WarehouseError) -> ReaderSession {
        let session = try await connect(
            warehouse, as: .connection(connection), settings: ["idle_in_transaction_session_timeout": "2min"])
        try await session.begin(in: connection.settings.timeZone)
        return session
    }
}

extension TimeZone {
    /// The name by which PostgreSQL knows the zone.
    fileprivate var postgresName: String { identifier == "GMT" ? "UTC" : identifier }
}
