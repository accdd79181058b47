import Inflow
import Synchronization
import Testing

/// Numbers of processes, one after the other.
final class Names: Sendable {
    private let prefix: String
    private let count = Mutex(0)

    init(prefix: String) { self.prefix = prefix }

    func next() -> String {
        let number = count.withLock {
            $0 += 1
            return $0
        }
        return "\(prefix).\(number)"
    }
}

@Suite("Shared quota")
struct SharedQuotaTests {
    static let second: Int64 = 1_000_000

    /// Books and processes that visit them at once, at a time that the test says.
    struct Table {
        var books = SharedQuota()
        let limits: SharedQuota.Limits
        private let names = Names(prefix: "process")

        init(_ limits: SharedQuota.Limits) { self.limits = limits }

        func stock() -> LocalQuota {
            let names = names
            return LocalQuota(limits, who: "somebody") { names.next() }
        }

        mutating func visit(_ stock: inout LocalQuota, waiting: Int = 1, background: Int = 0, at now: Int64) {
            let report = stock.report(waiting: waiting, background: background, at: now)
            stock.take(books.exchange(report, limits, at: now), at: now)
        }

        /// Asks, visiting the books where that is the answer.
        mutating func ask(
            _ stock: inout LocalQuota, _ purpose: CallPurpose = .run, waiting: Int = 1, at now: Int64
        ) -> LocalQuota.Step {
            // Twice where the books took it for dead.
            for _ in 0..<2 {
                let step = stock.request(purpose, at: now)
                guard step == .ask else { return step }
                visit(
                    &stock, waiting: purpose == .run ? waiting : 0, background: purpose == .run ? 0 : waiting, at: now)
            }
            return stock.request(purpose, at: now)
        }

        /// Makes a call that is answered and ended at once.
        mutating func call(_ stock: inout LocalQuota, at now: Int64, left: CallsLeft = CallsLeft()) -> Bool {
            guard case .go(let call) = ask(&stock, at: now) else { return false }
            stock.answered(call, left: left, at: now)
            stock.finished(call, at: now)
            return true
        }
    }

    // MARK: a day of three processes

    @Test(
        "Three processes with random delays get no refusal in 24 hours and use nine tenths of every minute",
        arguments: [1] as [UInt64])
    func fullDay(seed: UInt64) {
        let limits = SharedQuota.Limits(atOnce: 5, perMinute: 60, perDay: 0)
        var simulation = SharedQuotaSimulation(limits, processes: 3, work: 50_000...1_500_000, seed: seed)
        let outcome = simulation.play(24 * 3600 * Self.second)
        #expect(outcome.refused == [:])
        #expect(outcome.hours.count == 24)
        for hour in outcome.hours { #expect(hour >= 3_240, "calls of an hour: \(hour) of 3600") }
        #expect(outcome.visits < outcome.calls * 3 / 4, "\(outcome.visits) visits for \(outcome.calls) calls")
        #expect((outcome.byHolder.min() ?? 0) > outcome.calls / 5, "\(outcome.byHolder)")
    }

    @Test("With the platform's day of 5,000 calls all of them are used, none is refused, and the day rolls on")
    func limitedDay() {
        let limits = SharedQuota.Limits(atOnce: 5, perMinute: 60, perDay: 5_000)
        var simulation = SharedQuotaSimulation(limits, processes: 3, work: 50_000...1_500_000, seed: 3)
        let outcome = simulation.play(28 * 3600 * Self.second)
        #expect(outcome.refused == [:])
        #expect(outcome.hours[0] >= 3_240)
        #expect(outcome.hours.prefix(24).reduce(0, +) >= 4_950 && outcome.hours.prefix(24).reduce(0, +) <= 5_000)
        #expect(outcome.hours.dropFirst(24).reduce(0, +) >= 4_500, "\(outcome.hours)")
    }

    @Test("Slow calls do not bunch at the platform's door, and a process that dies in the middle harms no other")
    func slowAndDying() {
        let limits = SharedQuota.Limits(atOnce: 5, perMinute: 10, perDay: 0)
        var simulation = SharedQuotaSimulation(
            limits, processes: 4, work: 1_000_000...40_000_000, death: (1, 600 * Self.second), seed: 4)
        let outcome = simulation.play(3 * 3600 * Self.second)
        #expect(outcome.refused == [:])
        #expect(outcome.hours.count == 3 && outcome.hours[2] > 400, "\(outcome.hours)")
    }

    @Test("More processes than places in flight are all served")
    func manyProcesses() {
        let limits = SharedQuota.Limits(atOnce: 2, perMinute: 60, perDay: 0)
        var simulation = SharedQuotaSimulation(limits, processes: 6, workers: 2, work: 50_000...900_000, seed: 5)
        let outcome = simulation.play(3600 * Self.second)
        #expect(outcome.refused == [:])
        #expect((outcome.byHolder.min() ?? 0) > outcome.calls / 20, "\(outcome.byHolder)")
    }

    // MARK: one rule at a time

    @Test("A call counts for the minute from its answer on, and its place is known ahead of time")
    func minute() {
        var table = Table(SharedQuota.Limits(atOnce: 0, perMinute: 2, perDay: 0))
        var (one, other) = (table.stock(), table.stock())
        guard case .go(let call) = table.ask(&one, at: 0) else { return #expect(Bool(false), "leave was not given") }
        #expect(table.call(&one, at: 1 * Self.second))
        table.visit(&one, waiting: 0, at: 25 * Self.second)
        one.answered(call, left: CallsLeft(), at: 50 * Self.second)
        one.finished(call, at: 51 * Self.second)
        table.visit(&one, waiting: 0, at: 51 * Self.second)
        // One place is free at 61 s, the other at 110 s: six seconds ahead the first is given.
        #expect(table.ask(&other, at: 52 * Self.second) == .wait(until: 55 * Self.second))
        #expect(table.ask(&other, at: 55 * Self.second) == .wait(until: 61 * Self.second))
        #expect(table.call(&other, at: 61 * Self.second))
        #expect(!table.call(&other, at: 62 * Self.second))
    }

    @Test("What a process does not use it gives back, and what a dead one had counts as used")
    func deadAndIdle() {
        var table = Table(SharedQuota.Limits(atOnce: 5, perMinute: 10, perDay: 100))
        var (idle, dying, third) = (table.stock(), table.stock(), table.stock())
        table.visit(&idle, waiting: 2, at: 0)
        table.visit(&idle, waiting: 0, at: 4 * Self.second)
        #expect(table.books.holders.isEmpty && table.books.usedToday(at: 4 * Self.second) == 0 && idle.isIdle)
        table.visit(&dying, waiting: 2, at: 5 * Self.second)
        #expect(table.books.holders.map(\.permits) == [2] && table.books.holders[0].places == 2)
        #expect(table.call(&third, at: 36 * Self.second))
        #expect(
            table.books.usedThisMinute(at: 36 * Self.second) == 2 && table.books.usedToday(at: 36 * Self.second) == 2)
        #expect(table.books.holders.count == 1, "its places in flight are free")
        // It was only asleep: it does not use what it had, and begins anew.
        #expect(dying.request(.run, at: 37 * Self.second) == .ask)
        table.visit(&dying, at: 37 * Self.second)
        #expect(table.call(&dying, at: 37 * Self.second))
    }

    @Test("A spent day parks with its time; background work stops at the reserve, and other work goes on")
    func dayAndReserve() {
        var table = Table(SharedQuota.Limits(atOnce: 0, perMinute: 0, perDay: 10, reserve: 4))
        var stock = table.stock()
        for _ in 0..<6 { #expect(table.call(&stock, at: 0)) }
        let day: Int64 = 86_400 + 900
        #expect(table.ask(&stock, .background, at: Self.second) == .reserveIsKept(until: day * Self.second))
        for _ in 0..<4 { #expect(table.call(&stock, at: 2 * Self.second)) }
        #expect(table.ask(&stock, at: 3 * Self.second) == .dayIsSpent(until: day * Self.second))
        #expect(table.call(&stock, at: day * Self.second))
    }

    @Test("A refusal holds every process back for as long as it says")
    func refusal() {
        var table = Table(SharedQuota.Limits(atOnce: 5, perMinute: 60, perDay: 0))
        var (one, other) = (table.stock(), table.stock())
        #expect(table.call(&one, at: 0))
        one.refused(CallRefusal(seconds: 30, isForTheDay: false), at: Self.second)
        table.visit(&one, waiting: 0, at: Self.second)
        #expect(table.ask(&other, at: 2 * Self.second) == .wait(until: 31 * Self.second))
        #expect(table.ask(&one, at: 2 * Self.second) == .wait(until: 31 * Self.second))
        #expect(table.call(&other, at: 31 * Self.second))
        other.refused(CallRefusal(seconds: 7_200, isForTheDay: true), at: 40 * Self.second)
        table.visit(&other, waiting: 0, at: 40 * Self.second)
        #expect(table.ask(&one, at: 41 * Self.second) == .dayIsSpent(until: 7_240 * Self.second))
    }

    @Test("What the platform says is left lowers the budget by the calls of others, and never raises it")
    func correction() {
        var table = Table(SharedQuota.Limits(atOnce: 0, perMinute: 60, perDay: 1_000))
        var stock = table.stock()
        #expect(table.call(&stock, at: Self.second, left: CallsLeft(minute: 10, day: 300)))
        table.visit(&stock, waiting: 0, at: 10 * Self.second)
        #expect(table.books.usedThisMinute(at: 10 * Self.second) == 50)
        #expect(table.books.usedToday(at: 10 * Self.second) == 700)
        #expect(table.call(&stock, at: 11 * Self.second, left: CallsLeft(minute: 59, day: 999)))
        table.visit(&stock, waiting: 0, at: 20 * Self.second)
        #expect(table.books.usedThisMinute(at: 20 * Self.second) == 51)
        #expect(table.books.usedToday(at: 20 * Self.second) == 701)
    }

    @Test("A visit whose end is not known costs what was out, and calls made since are still limited")
    func lostVisit() {
        var table = Table(SharedQuota.Limits(atOnce: 5, perMinute: 4, perDay: 0))
        var stock = table.stock()
        #expect(table.call(&stock, at: 0))
        let report = stock.report(waiting: 1, background: 0, at: Self.second)
        _ = table.books.exchange(report, table.limits, at: Self.second)
        stock.lost()
        var made = 0
        while made < 10, table.call(&stock, at: 2 * Self.second) { made += 1 }
        #expect(made == 2, "of four one was used and one is out")
    }

    @Test("Where nothing is limited no ledger is asked")
    func unlimited() {
        var stock = Table(SharedQuota.Limits(atOnce: 0, perMinute: 0, perDay: 0)).stock()
        for number in 1...100 { #expect(stock.request(.run, at: 0) == .go(number)) }
        #expect(stock.isIdle == false && !stock.isDue(waiting: 0, at: 0))
    }
}
