import Inflow
import TestSupport

/// Hours of several processes that share one organisation's budget, played by an injected clock: the real stocks and books,
/// with a platform that counts requests as they arrive over a network of random delays.
struct SharedQuotaSimulation {
    /// What was seen.
    struct Outcome {
        /// Calls that reached the platform.
        var calls = 0
        /// Calls it refused, by why.
        var refused: [String: Int] = [:]
        /// Visits to the books.
        var visits = 0
        /// Calls by whole hours.
        var hours: [Int] = []
        /// Calls each process made.
        var byHolder: [Int]
        /// When a process was first told that the day is spent, in microseconds.
        var spentAt: Int64?
    }

    private struct Worker {
        enum State { case idle, waiting, travelling(Int), working(Int), reading(Int) }
        var state = State.idle
        var at: Int64
        var isWaiting: Bool { if case .waiting = state { true } else { false } }
    }

    private struct Process {
        var stock: LocalQuota
        var line: [Int] = []
        /// A visit on its way there, or back with a reply.
        var going: (at: Int64, report: SharedQuota.Report)?
        var coming: (at: Int64, reply: SharedQuota.Reply)?
        var wakesAt = Int64.max
        var beatsAt: Int64 = 0
        var isDead = false
    }

    let limits: SharedQuota.Limits
    private var random: SeededNumbers
    private var books = SharedQuota()
    private var processes: [Process]
    private var workers: [[Worker]]
    private var platform: Platform
    private var outcome: Outcome
    /// How long a call takes on the platform, microseconds.
    private let work: ClosedRange<Int64>
    /// When a process dies, if one does.
    private let death: (process: Int, at: Int64)?
    private let hour: Int64

    init(
        _ limits: SharedQuota.Limits, processes count: Int, workers perProcess: Int = 5, work: ClosedRange<Int64>,
        death: (process: Int, at: Int64)? = nil, seed: UInt64
    ) {
        self.limits = limits
        self.work = work
        self.death = death
        random = SeededNumbers(seed: seed)
        platform = Platform(limits: limits)
        hour = limits.minute * 60
        processes = (0..<count).map { number in
            let names = Names(prefix: "p\(number)")
            return Process(stock: LocalQuota(limits, who: "process \(number)") { names.next() })
        }
        workers = (0..<count).map { number in
            (0..<perProcess).map { Worker(at: Int64(number * 97_000 + $0 * 1_000)) }
        }
        outcome = Outcome(byHolder: Array(repeating: 0, count: count))
    }

    /// Plays the next `length` microseconds.
    mutating func play(_ length: Int64) -> Outcome {
        var next = Array(repeating: Int64(0), count: processes.count)
        while true {
            var number = 0
            for other in next.indices where next[other] < next[number] { number = other }
            let now = next[number]
            guard now < length else { return outcome }
            step(number, now)
            next[number] = processes[number].isDead ? .max : max(now, nextTime(number))
        }
    }

    private func nextTime(_ number: Int) -> Int64 {
        var next = min(processes[number].wakesAt, processes[number].beatsAt)
        if let going = processes[number].going { next = min(next, going.at) }
        if let coming = processes[number].coming { next = min(next, coming.at) }
        for place in workers[number].indices where !workers[number][place].isWaiting {
            next = min(next, workers[number][place].at)
        }
        return next
    }

    private mutating func step(_ number: Int, _ now: Int64) {
        if let death, death.process == number, now >= death.at {
            processes[number].isDead = true
            for worker in workers[number] {
                if case .working = worker.state {
                    platform.finish()
                } else if case .reading = worker.state {
                    platform.finish()
                }
            }
            return
        }
        if let going = processes[number].going, going.at <= now {
            processes[number].going = nil
            outcome.visits += 1
            let reply = books.exchange(going.report, limits, at: now)
            processes[number].coming = (now + Int64.random(in: 200...8_000, using: &random), reply)
        }
        if let coming = processes[number].coming, coming.at <= now {
            processes[number].coming = nil
            processes[number].stock.take(coming.reply, at: now)
        }
        for place in workers[number].indices where workers[number][place].at <= now { advance(number, place, now) }
        if processes[number].wakesAt <= now { processes[number].wakesAt = .max }
        pump(number, now)
        if processes[number].beatsAt <= now {
            processes[number].beatsAt = now + limits.pause
            if processes[number].stock.isDue(waiting: processes[number].line.count, at: now) { visit(number, now) }
        }
    }

    /// A worker's call goes on: it arrives, its headers come, its body ends, the next one is wanted.
    private mutating func advance(_ number: Int, _ place: Int, _ now: Int64) {
        switch workers[number][place].state {
        case .waiting: return
        case .idle:
            workers[number][place].state = .waiting
            processes[number].line.append(place)
        case .travelling(let call):
            outcome.calls += 1
            outcome.byHolder[number] += 1
            let hourNow = Int(now / hour)
            while outcome.hours.count <= hourNow { outcome.hours.append(0) }
            outcome.hours[hourNow] += 1
            if let why = platform.arrive(now) { outcome.refused[why, default: 0] += 1 }
            workers[number][place].state = .working(call)
            workers[number][place].at = now + Int64.random(in: work, using: &random)
        case .working(let call):
            let left = platform.left(now)
            processes[number].stock.answered(call, left: left, at: now)
            workers[number][place].state = .reading(call)
            workers[number][place].at = now + Int64.random(in: 1_000...400_000, using: &random)
        case .reading(let call):
            platform.finish()
            processes[number].stock.finished(call, at: now)
            workers[number][place].state = .idle
            workers[number][place].at = now + Int64.random(in: 1_000...100_000, using: &random)
        }
    }

    /// What ``Warehouse/SharedQuotaLedger`` does for the first in line.
    private mutating func pump(_ number: Int, _ now: Int64) {
        while let place = processes[number].line.first {
            switch processes[number].stock.request(.run, at: now) {
            case .go(let call):
                processes[number].line.removeFirst()
                workers[number][place].state = .travelling(call)
                workers[number][place].at = now + Int64.random(in: 5_000...1_500_000, using: &random)
            case .ask: return visit(number, now)
            case .wait(until: nil): return
            case .wait(let until?):
                processes[number].wakesAt = min(until, now + limits.horizon)
                return
            case .dayIsSpent, .reserveIsKept:
                outcome.spentAt = outcome.spentAt ?? now
                processes[number].wakesAt = now + limits.minute
                processes[number].beatsAt = now + limits.minute
                return
            }
        }
    }

    private mutating func visit(_ number: Int, _ now: Int64) {
        guard processes[number].going == nil, processes[number].coming == nil else { return }
        let report = processes[number].stock.report(waiting: processes[number].line.count, background: 0, at: now)
        processes[number].going = (now + Int64.random(in: 200...8_000, using: &random), report)
    }

    /// The platform's own limiter: it counts requests as they arrive, in windows that roll.
    private struct Platform {
        let limits: SharedQuota.Limits
        var times: [Int64] = []
        var minuteFirst = 0
        var dayFirst = 0
        var inFlight = 0

        mutating func roll(_ now: Int64) {
            while minuteFirst < times.count, times[minuteFirst] <= now - limits.minute { minuteFirst += 1 }
            while dayFirst < times.count, times[dayFirst] <= now - limits.day { dayFirst += 1 }
        }

        mutating func arrive(_ now: Int64) -> String? {
            roll(now)
            inFlight += 1
            times.append(now)
            if inFlight > limits.atOnce { return "concurrent" }
            if limits.perDay > 0, times.count - dayFirst > limits.perDay { return "day" }
            if limits.perMinute > 0, times.count - minuteFirst > limits.perMinute { return "minute" }
            return nil
        }

        mutating func finish() { inFlight -= 1 }

        mutating func left(_ now: Int64) -> CallsLeft {
            roll(now)
            return CallsLeft(
                minute: limits.perMinute - (times.count - minuteFirst),
                day: limits.perDay > 0 ? limits.perDay - (times.count - dayFirst) : nil)
        }
    }
}
