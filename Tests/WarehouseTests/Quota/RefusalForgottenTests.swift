import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("A refusal that a person forgets", .warehouse)
struct RefusalForgottenTests {
    private let platform = Platform(name: "workflowmax", schema: "wfm")

    @Test("A forgotten refusal holds no process back, and calls that were made still count")
    func forgotten() async throws {
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        let settings = LoaderFixture.settings
        let ledger = SharedQuotaLedger(warehouse, platform: platform, settings)
        let call = try await ledger.acquire(for: .run)
        await ledger.answered(call, left: CallsLeft())
        await ledger.finished(call)
        await ledger.refused(CallRefusal(seconds: 80_000, isForTheDay: true))
        await ledger.close()
        let other = SharedQuotaLedger(warehouse, platform: platform, settings)
        let refused = await #expect(throws: SourceError.self) { _ = try await other.acquire(for: .run) }
        #expect(refused?.code == .dayLimitReached)
        #expect(try await QuotaUsage.forgetRefusal(warehouse, platform, settings) != nil)
        #expect(try await QuotaUsage.forgetRefusal(warehouse, platform, settings) == nil)
        let usage = try await QuotaUsage.read(warehouse, platform, settings)
        #expect(!usage.isRefused && usage.resumeAt == nil && usage.usedToday == 1)
        let third = SharedQuotaLedger(warehouse, platform: platform, settings)
        await third.finished(try await third.acquire(for: .run))
        await third.close()
        await other.close()
    }
}
