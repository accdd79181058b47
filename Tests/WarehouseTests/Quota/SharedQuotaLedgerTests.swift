import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("The ledger of calls in a process", .warehouse, .timeLimit(.minutes(5)))
struct SharedQuotaLedgerTests {
    private func ledger(
        atOnce: Int = 0, perMinute: Int = 0, perDay: Int = 0, minuteSeconds: Int? = nil
    ) throws -> SharedQuotaLedger {
        var settings = LoaderFixture.settings
        settings.accountID = "org-1"
        (settings.callsAtOnce, settings.callsPerMinute, settings.callsPerDay) = (atOnce, perMinute, perDay)
        if let minuteSeconds { settings.minuteSeconds = minuteSeconds }
        return SharedQuotaLedger(
            Warehouse(url: try TestDatabase.current.url), platform: Platform(name: "workflowmax", schema: "wfm"),
            settings)
    }

    @Test("Leave is given first come, first served")
    func fairness() async throws {
        let ledger = try ledger(atOnce: 1)
        let held = try await ledger.acquire(for: .run)
        let (order, note) = AsyncStream.makeStream(of: Int.self)
        var waiters: [Task<Void, Never>] = []
        for number in 1...3 {
            // An immediate task is in the actor's queue before this one goes on.
            waiters.append(
                Task.immediate {
                    guard let call = try? await ledger.acquire(for: .run) else { return }
                    note.yield(number)
                    await ledger.finished(call)
                })
            #expect(await ledger.waiting == number)
        }
        await ledger.finished(held)
        for waiter in waiters { await waiter.value }
        note.finish()
        var served: [Int] = []
        for await number in order { served.append(number) }
        #expect(served == [1, 2, 3])
        await ledger.close()
    }

    @Test("A waiter that is cancelled goes away, and the next is served")
    func cancellation() async throws {
        let ledger = try ledger(atOnce: 1)
        let held = try await ledger.acquire(for: .run)
        let first = Task.immediate { () async -> SourceError.Code? in
            do throws(SourceError) { _ = try await ledger.acquire(for: .run) } catch { return error.code }
            return nil
        }
        let second = Task.immediate { try await ledger.acquire(for: .run) }
        #expect(await ledger.waiting == 2)
        first.cancel()
        #expect(await first.value == .cancelled)
        await ledger.finished(held)
        await ledger.finished(try await second.value)
        #expect(await ledger.waiting == 0)
        await ledger.close()
    }

    @Test("A full minute is waited out: the next call comes no earlier than a minute after the last answer")
    func minute() async throws {
        let ledger = try ledger(atOnce: 5, perMinute: 1, minuteSeconds: 1)
        let first = try await ledger.acquire(for: .run)
        let answered = ContinuousClock.now
        await ledger.answered(first, left: CallsLeft())
        await ledger.finished(first)
        await ledger.finished(try await ledger.acquire(for: .run))
        #expect(ContinuousClock.now - answered >= .seconds(1))
        await ledger.close()
    }

    @Test("A spent day is an error that says when to come back")
    func day() async throws {
        let ledger = try ledger(perDay: 1)
        let call = try await ledger.acquire(for: .run)
        await ledger.answered(call, left: CallsLeft())
        await ledger.finished(call)
        let error = await #expect(throws: SourceError.self) { _ = try await ledger.acquire(for: .run) }
        #expect(error?.code == .dayLimitReached)
        #expect((86_300...87_301).contains(error?.retryAfter ?? 0))
        await ledger.close()
    }
}
