import Inflow
import Testing

@Suite("A process's part of the quota")
struct LocalQuotaTests {
    private static let second: Int64 = 1_000_000

    private func table(atOnce: Int = 0, perMinute: Int = 0, perDay: Int = 0) -> SharedQuotaTests.Table {
        SharedQuotaTests.Table(SharedQuota.Limits(atOnce: atOnce, perMinute: perMinute, perDay: perDay))
    }

    @Test("No more calls are under way than allowed, and an ended one makes room, not an answered one")
    func inFlight() {
        var table = table(atOnce: 2)
        var stock = table.stock()
        guard case .go(let first) = table.ask(&stock, waiting: 2, at: 0) else {
            Issue.record("leave was not given")
            return
        }
        #expect(table.ask(&stock, waiting: 2, at: 0) == .go(2))
        #expect(table.ask(&stock, at: 0) == .wait(until: nil))
        stock.answered(first, left: CallsLeft(), at: 1 * Self.second)
        #expect(table.ask(&stock, at: 1 * Self.second) == .wait(until: nil))
        stock.finished(first, at: 2 * Self.second)
        #expect(table.ask(&stock, at: 2 * Self.second) == .go(3))
    }

    @Test("However slow the way, the platform sees no more than the limit in any minute", arguments: [1, 3, 60])
    func noBunching(limit: Int) {
        let limits = SharedQuota.Limits(atOnce: 100, perMinute: limit, perDay: 0)
        var simulation = SharedQuotaSimulation(
            limits, processes: 2, work: 1_000_000...20_000_000, seed: UInt64(limit))
        let outcome = simulation.play(3_600 * Self.second)
        #expect(outcome.refused == [:])
        #expect(outcome.calls >= limit * 30, "calls of an hour: \(outcome.calls)")
    }

    @Test("A spent day is reported at once, unless it ends within two minutes")
    func day() {
        var table = table(perDay: 2)
        var stock = table.stock()
        for _ in 0..<2 { #expect(table.call(&stock, at: 0)) }
        let end: Int64 = (86_400 + 900) * Self.second
        #expect(table.ask(&stock, at: 20 * Self.second) == .dayIsSpent(until: end))
        #expect(table.ask(&stock, at: end - 121 * Self.second) == .dayIsSpent(until: end))
        #expect(table.ask(&stock, at: end - 120 * Self.second) == .wait(until: end))
        #expect(table.call(&stock, at: end))
    }

    @Test("A refusal holds calls back, a long one for the day, and a shorter one does not undo a longer")
    func refusals() {
        var stock = table().stock()
        stock.refused(CallRefusal(seconds: 30, isForTheDay: false), at: 0)
        stock.refused(CallRefusal(seconds: 10, isForTheDay: false), at: 0)
        #expect(stock.request(.run, at: 10 * Self.second) == .wait(until: 30 * Self.second))
        #expect(stock.request(.run, at: 30 * Self.second) == .go(1))
        stock.refused(CallRefusal(seconds: 70_000, isForTheDay: true), at: 30 * Self.second)
        #expect(stock.request(.run, at: 31 * Self.second) == .dayIsSpent(until: 70_030 * Self.second))
    }

    @Test("A call that ended without an answer counts, since it may have arrived")
    func lostCalls() {
        var table = table(perMinute: 1)
        var stock = table.stock()
        guard case .go(let call) = table.ask(&stock, at: 0) else {
            Issue.record("leave was not given")
            return
        }
        stock.finished(call, at: 5 * Self.second)
        table.visit(&stock, waiting: 0, at: 5 * Self.second)
        #expect(table.books.usedThisMinute(at: 64 * Self.second) == 1)
        #expect(table.books.usedThisMinute(at: 65 * Self.second) == 0)
    }

    @Test("Endings of calls that were never begun change nothing")
    func strayEndings() {
        var table = table(atOnce: 1, perMinute: 1)
        var stock = table.stock()
        stock.answered(7, left: CallsLeft(minute: 0, day: 0), at: 0)
        stock.finished(7, at: 0)
        #expect(stock.isIdle)
        #expect(table.ask(&stock, at: 0) == .go(1))
    }

    @Test("A process that saw a refusal asks the ledger again each minute, which may have forgotten it")
    func forgotten() {
        var table = table(perMinute: 60)
        var stock = table.stock()
        #expect(table.call(&stock, at: 0))
        stock.refused(CallRefusal(seconds: 80_000, isForTheDay: true), at: Self.second)
        table.visit(&stock, waiting: 0, at: Self.second)
        #expect(stock.request(.run, at: 2 * Self.second) == .dayIsSpent(until: 80_001 * Self.second))
        table.books.refusedUntil = nil
        #expect(stock.request(.run, at: 60 * Self.second) == .dayIsSpent(until: 80_001 * Self.second))
        #expect(stock.request(.run, at: 62 * Self.second) == .ask)
        #expect(table.call(&stock, at: 62 * Self.second))
    }
}
