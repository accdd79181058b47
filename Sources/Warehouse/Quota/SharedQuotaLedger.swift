internal import Foundation
public import Inflow
internal import Postgres

/// Gives leave for the calls of this process within the budget that all processes of an organisation share.
///
/// First come, first served within the process. Leave is taken from the warehouse in batches (``Inflow/LocalQuota``),
/// so most calls need no query. Where nothing is limited the warehouse is not asked at all.
///
/// The limits are the organisation's and not a process's, so the count lies in the warehouse (``QuotaStore``): each
/// visit locks the organisation's row, reports the calls made since the last one and takes leave for the next. Three
/// things must hold, also when a process dies at any point:
///
/// - No call is made without leave, so the platform never counts more calls than the limit. Leave that a dead process
///   held counts as used until its holder is known to be gone.
/// - A call that was made is never given back. A call whose answer is unknown counts as made.
/// - Times are the database's: clocks of machines differ, and a minute counted by two clocks is two minutes.
///
/// Two tasks are not a caller's: a visit to the books, which must not end half-way because its caller was cancelled;
/// and the beat, which shows the process while it holds something and gives back what it does not use. One query a call
/// would cost a round trip for each call and a lock for which all processes wait.
public actor SharedQuotaLedger: QuotaLedger {
    private let warehouse: Warehouse
    private let books: QuotaStore
    private var stock: LocalQuota
    private var session: PostgresConnection?
    private let elapsed: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private var line: [Waiter] = []
    private var tickets = 0
    private var underway: Task<WarehouseError?, Never>?
    private var beat: Task<Void, Never>?

    /// A caller that waits; only the first in line asks the stock.
    private struct Waiter {
        let ticket: Int
        let purpose: CallPurpose
        let bell: AsyncStream<Void>.Continuation
    }

    /// The budget of a connection's organisation; one for each organisation is enough in a process.
    ///
    /// `clock` times the process's own waits. What counts for the organisation is timed by the database's clock.
    public init(
        _ warehouse: Warehouse, platform: Platform, _ settings: ConnectionSettings,
        clock: some Clock<Duration> = ContinuousClock()
    ) {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
        self.warehouse = warehouse
        books = QuotaStore(platform: platform, settings)
        stock = LocalQuota(books.limits, who: ProcessIdentity.current) { UUID().uuidString.lowercased() }
    }

    private var now: Int64 {
        let parts = elapsed().components
        return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    }

    /// How many callers wait for leave.
    public var waiting: Int { line.count }
    /// Whether a call of this process is under way.
    public var isCalling: Bool { stock.isCalling }

    // MARK: leave

    /// Waits for leave to make one call and returns the call's number.
    ///
    /// Throws `dayLimitReached`, `reserveKept`, `quotaStore` when the warehouse does not answer, `cancelled`.
    public func acquire(for purpose: CallPurpose) async throws(SourceError) -> Int {
        tickets += 1
        let ticket = tickets
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        line.append(Waiter(ticket: ticket, purpose: purpose, bell: bell))
        defer { leave(ticket) }
        var ring = rings.makeAsyncIterator()
        while true {
            guard !Task.isCancelled else { throw .cancelled(subject: "waiting for a call permit") }
            guard line.first?.ticket == ticket else {
                await ring.next(isolation: self)
                continue
            }
            switch stock.request(purpose, at: now) {
            case .go(let call): return call
            case .ask:
                if let error = await visit() { throw SharedQuotaLedger.failed(error) }
                keepShowing()
            case .wait(until: nil): await ring.next(isolation: self)
            // Not for long at once: what others give back may come sooner.
            case .wait(let until?): try? await pause(min(until - now, books.limits.horizon))
            case .dayIsSpent(let until): throw .dayIsSpent(seconds: seconds(until: until))
            case .reserveIsKept(let until): throw .reserveIsKept(seconds: seconds(until: until))
            }
        }
    }

    private func leave(_ ticket: Int) {
        line.removeAll { $0.ticket == ticket }
        line.first?.bell.yield()
    }

    private func pause(_ micros: Int64) async throws {
        try await sleep(.microseconds(max(1_000, micros)))
    }

    private func seconds(until time: Int64) -> Int { Int((time - now + 999_999) / 1_000_000) }

    // MARK: calls

    /// Says that the headers of a call's answer have arrived: it counts from this moment.
    public func answered(_ call: Int, left: CallsLeft) {
        stock.answered(call, left: left, at: now)
    }

    /// Says that a call has ended and its place in flight is free.
    public func finished(_ call: Int) {
        stock.finished(call, at: now)
        line.first?.bell.yield()
    }

    /// Records that the platform refused a call; every process sees it at its next visit.
    public func refused(_ refusal: CallRefusal) async {
        stock.refused(refusal, at: now)
        guard !stock.limits.isOff else { return }
        // If this fails the next visit of another process earns a refusal of its own.
        _ = await visit()
    }

    // MARK: visits

    /// Visits the books, or waits for the visit under way; returns why it failed.
    private func visit() async -> WarehouseError? {
        if let underway { return await underway.value }
        // Cleared before the task ends: who waits for the end of it finds it gone.
        let task = Task {
            let error = await exchange(isLast: false)
            underway = nil
            return error
        }
        underway = task
        return await task.value
    }

    private func exchange(isLast: Bool) async -> WarehouseError? {
        let background = line.count { $0.purpose == .background }
        let report = stock.report(
            waiting: line.count - background, background: background, isLast: isLast, at: now)
        let books = books
        do throws(WarehouseError) {
            // What a power cut of the server takes is the last blink of an eye; the platform's answer would correct it.
            let session = try await warehouse.session(
                keeping: session, "calls", settings: ["synchronous_commit": "off"])
            self.session = session
            let reply = try await lifting("taking calls from the organisation's budget") {
                () async throws(PostgresError) in
                try await session.transaction { session throws(PostgresError) in
                    try books.exchange(report, on: session)
                }
            }
            stock.take(reply, at: now)
            line.first?.bell.yield()
            return nil
        } catch {
            // Whether it was written down is not known, so nothing that was out is used.
            stock.lost()
            await session?.close()
            session = nil
            return error
        }
    }

    private func keepShowing() {
        guard beat == nil, !stock.limits.isOff else { return }
        beat = Task { await showing() }
    }

    private func showing() async {
        while !Task.isCancelled, !line.isEmpty || !stock.isIdle {
            try? await pause(books.limits.pause)
            if !Task.isCancelled, stock.isDue(waiting: line.count, at: now) { _ = await visit() }
        }
        beat = nil
    }

    /// Gives back what is left and is not seen in the books any more; calls that are just ending are waited for, a
    /// second at most.
    public func close() async {
        guard session != nil else { return }
        beat?.cancel()
        beat = nil
        for _ in 0..<20 where stock.isCalling { try? await pause(50_000) }
        while let underway { _ = await underway.value }
        _ = await exchange(isLast: true)
        await session?.close()
        session = nil
    }

    private static func failed(_ error: WarehouseError) -> SourceError {
        SourceError(
            error.code == .cancelled ? .cancelled : .quotaStore, subject: "calls of the organisation",
            message: "Inflow could not use the ledger of calls. It made no call. \(error.message)",
            detail: error.detail ?? "")
    }
}
