internal import Postgres

/// Sessions that are kept open between short pieces of work, so that a page does not begin one for each question.
///
/// A session goes back only after its work ended well, without what it had set or locked; one that failed is closed.
/// No more than `most` are open; further work waits in turn. A session that was not used for a while is closed by the
/// next that comes back.
public actor SessionPool {
    private struct Idle {
        let session: PostgresConnection
        let since: ContinuousClock.Instant
    }

    /// Sessions at most.
    private let most: Int
    /// How long a session may be idle.
    private let patience: Duration
    private var idle: [Idle] = []
    private var open = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// A pool of at most `most` sessions, each kept for `patience` after its last work.
    public init(most: Int, patience: Duration = .seconds(60)) {
        (self.most, self.patience) = (max(1, most), patience)
    }

    /// A session for one piece of work, an idle one or one that `connect` opens; give it back, or drop it.
    func take(
        _ connect: @Sendable () async throws(WarehouseError) -> PostgresConnection
    ) async throws(WarehouseError) -> PostgresConnection {
        await enter()
        if let kept = await keptSession() { return kept }
        do throws(WarehouseError) {
            return try await connect()
        } catch {
            leave()
            throw error
        }
    }

    /// Takes back a session whose work ended well, without settings, locks and tables of that work.
    func giveBack(_ session: PostgresConnection) async {
        defer { leave() }
        do {
            try await session.execute("discard all")
            idle.append(Idle(session: session, since: .now))
        } catch {
            await session.close()
        }
        let old = idle.filter { $0.since.duration(to: .now) > patience }
        idle.removeAll { $0.since.duration(to: .now) > patience }
        for one in old { await one.session.close() }
    }

    /// Closes a session whose work failed.
    func drop(_ session: PostgresConnection) async {
        await session.close()
        leave()
    }

    /// Closes what is idle; the pool can be used again.
    public func close() async {
        let sessions = idle.map(\.session)
        idle = []
        for session in sessions { await session.close() }
    }

    private func keptSession() async -> PostgresConnection? {
        while let last = idle.popLast() {
            if await last.session.isAlive { return last.session }
            await last.session.close()
        }
        return nil
    }

    private func enter() async {
        if open < most {
            open += 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        // Who waits takes the place; else it is free.
        if waiting.isEmpty { open -= 1 } else { waiting.removeFirst().resume() }
    }
}
