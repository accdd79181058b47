import Inflow
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Warehouse

@Suite("The books of calls in the warehouse", .warehouse)
struct QuotaStoreTests {
    private static let second: Int64 = 1_000_000

    /// A clock that the test sets, in microseconds.
    private final class Hand: Sendable {
        let time = Mutex<Int64>(1_700_000_000 * 1_000_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(_ micros: Int64) { time.withLock { $0 += micros } }
    }

    private func settings(_ change: (inout ConnectionSettings) -> Void = { _ in }) throws -> ConnectionSettings {
        var settings = LoaderFixture.settings
        settings.accountID = "ORG-1"
        change(&settings)
        return settings
    }

    private func visit(_ books: QuotaStore, _ report: SharedQuota.Report) async throws -> SharedQuota.Reply {
        try await Warehouse(url: try TestDatabase.current.url).withSession("test") { session throws(WarehouseError) in
            try await lifting("a visit") { () async throws(PostgresError) in
                try await session.transaction { session throws(PostgresError) in
                    try books.exchange(report, on: session)
                }
            }
        }
    }

    @Test("They answer exactly as the ledger does that they keep, over many visits of several processes")
    func sameAsLedger() async throws {
        let hand = Hand()
        var books = QuotaStore(
            platform: Platform(name: "workflowmax", schema: "wfm"),
            try settings { ($0.callsPerMinute, $0.callsPerDay, $0.quotaReserve) = (20, 200, 30) })
        books.now = { hand.now }
        var ledger = SharedQuota()
        var stocks = (1...3).map { number in
            let limits = books.limits
            return LocalQuota(limits, who: "process \(number)") { "p\(number)" }
        }
        var calls = 0
        for step in 0..<120 {
            hand.pass(Int64(step % 7 + 1) * 700_000)
            let place = step % stocks.count
            let report = stocks[place].report(waiting: step % 4, background: step % 3, at: hand.now)
            let reply = try await visit(books, report)
            #expect(reply == ledger.exchange(report, books.limits, at: hand.now), "visit \(step)")
            stocks[place].take(reply, at: hand.now)
            if step == 60 { stocks[place].refused(CallRefusal(seconds: 9, isForTheDay: false), at: hand.now) }
            while case .go(let call) = stocks[place].request(step % 2 == 0 ? .run : .background, at: hand.now) {
                calls += 1
                stocks[place].answered(call, left: CallsLeft(minute: 19, day: step == 90 ? 20 : 199), at: hand.now)
                stocks[place].finished(call, at: hand.now)
            }
        }
        #expect(calls > 50)
    }

    @Test("Organisations are apart, connections of one share its books, whatever its letters' case")
    func apart() async throws {
        let platform = Platform(name: "workflowmax", schema: "wfm")
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        let own = try settings { ($0.callsAtOnce, $0.callsPerMinute, $0.callsPerDay) = (0, 0, 3) }
        var same = own
        same.accountID = "org-1"
        var other = own
        other.accountID = "org-2"
        let first = SharedQuotaLedger(warehouse, platform: platform, own)
        for _ in 0..<2 {
            let call = try await first.acquire(for: .run)
            await first.answered(call, left: CallsLeft())
            await first.finished(call)
        }
        await first.close()
        let second = SharedQuotaLedger(warehouse, platform: platform, same)
        await second.finished(try await second.acquire(for: .run))
        let error = await #expect(throws: SourceError.self) { _ = try await second.acquire(for: .run) }
        #expect(error?.code == .dayLimitReached && (error?.retryAfter ?? 0) > 86_000)
        await second.close()
        let third = SharedQuotaLedger(warehouse, platform: platform, other)
        await third.finished(try await third.acquire(for: .run))
        await third.close()
        let usage = try await QuotaUsage.read(warehouse, platform, own)
        #expect(usage.usedToday == 3 && usage.resumeAt != nil && usage.holders.isEmpty)
        #expect(try await QuotaUsage.read(warehouse, platform, other).usedToday == 1)
    }

    @Test("Where the warehouse cannot be reached no call is made")
    func unreachable() async throws {
        let nowhere = Warehouse(url: "postgresql://127.0.0.1:1/nowhere")
        let budget = SharedQuotaLedger(nowhere, platform: Platform(name: "workflowmax", schema: "wfm"), try settings())
        let error = await #expect(throws: SourceError.self) { _ = try await budget.acquire(for: .run) }
        #expect(error?.code == .quotaStore)
    }
}
