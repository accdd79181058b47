import Inflow
import Testing

@testable import WorkflowMax

@Suite("Call budget", .timeLimit(.minutes(5)))
struct CallBudgetTests {
    private func until(_ budget: CallBudget, waits count: Int) async {
        while await budget.waiting != count { await Task.yield() }
    }

    @Test("Leave is given first come, first served")
    func fairness() async throws {
        let budget = CallBudget(Quota.Limits(atOnce: 1, perMinute: 0, perDay: 0), clock: TestClock())
        _ = try await budget.acquire(for: .run)
        let (order, note) = AsyncStream.makeStream(of: Int.self)
        let waiters = Task {
            await withTaskGroup { group in
                for number in 1...3 {
                    group.addTask {
                        do throws(SourceError) { _ = try await budget.acquire(for: .run) } catch { return }
                        note.yield(number)
                        await budget.finished(0)
                    }
                    await until(budget, waits: number)
                }
                await budget.finished(0)
            }
            note.finish()
        }
        var served: [Int] = []
        for await number in order { served.append(number) }
        await waiters.value
        #expect(served == [1, 2, 3])
    }

    @Test("A waiter that is cancelled goes away, and the next is served")
    func cancellation() async throws {
        let budget = CallBudget(Quota.Limits(atOnce: 1, perMinute: 0, perDay: 0), clock: TestClock())
        _ = try await budget.acquire(for: .run)
        let first = Task { () async -> SourceError.Code? in
            do throws(SourceError) { _ = try await budget.acquire(for: .run) } catch { return error.code }
            return nil
        }
        await until(budget, waits: 1)
        let second = Task { _ = try await budget.acquire(for: .run) }
        await until(budget, waits: 2)
        first.cancel()
        #expect(await first.value == .cancelled)
        await budget.finished(0)
        try await second.value
        #expect(await budget.waiting == 0)
    }

    @Test("A full minute is slept out by the clock")
    func minute() async throws {
        let clock = TestClock()
        let budget = CallBudget(Quota.Limits(atOnce: 5, perMinute: 1, perDay: 0), clock: clock)
        for _ in 0..<2 {
            _ = try await budget.acquire(for: .run)
            await budget.answered(0, left: CallsLeft())
            await budget.finished(0)
        }
        #expect(clock.slept == [.seconds(60)])
    }

    @Test("A spent day is an error that says when to come back")
    func day() async throws {
        let clock = TestClock()
        let budget = CallBudget(Quota.Limits(atOnce: 0, perMinute: 0, perDay: 1), clock: clock)
        _ = try await budget.acquire(for: .run)
        await budget.answered(0, left: CallsLeft())
        await budget.finished(0)
        clock.advance(by: .seconds(400))
        let error = await #expect(throws: SourceError.self) { _ = try await budget.acquire(for: .run) }
        #expect(error?.code == .dayLimitReached)
        #expect(error?.retryAfter == 86_000)
        #expect(clock.slept.isEmpty)
    }
}
