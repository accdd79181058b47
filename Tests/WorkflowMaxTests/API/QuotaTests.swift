import Inflow
import Testing

@Suite("Quota")
struct QuotaTests {
    private func quota(atOnce: Int = 0, perMinute: Int = 0, perDay: Int = 0, spent: Int = 0) -> Quota {
        Quota(Quota.Limits(atOnce: atOnce, perMinute: perMinute, perDay: perDay), spentToday: spent)
    }

    @Test("Zero is no limit")
    func unlimited() {
        var quota = quota()
        for _ in 0..<10_000 { #expect(quota.request(at: .zero) == .go) }
    }

    @Test("No more calls are under way than allowed, and an ended one makes room")
    func inFlight() {
        var quota = quota(atOnce: 2)
        #expect(quota.request(at: .zero) == .go)
        #expect(quota.request(at: .zero) == .go)
        #expect(quota.request(at: .zero) == .wait(until: nil))
        quota.answered(at: .seconds(1))
        #expect(quota.request(at: .seconds(1)) == .wait(until: nil))
        quota.finished(at: .seconds(2))
        #expect(quota.request(at: .seconds(2)) == .go)
    }

    @Test("A minute counts from the answer, not from the sending")
    func minuteRolls() {
        var quota = quota(perMinute: 2)
        #expect(quota.request(at: .seconds(0)) == .go)
        #expect(quota.request(at: .seconds(0)) == .go)
        #expect(quota.request(at: .seconds(50)) == .wait(until: nil))
        quota.answered(at: .seconds(50))
        #expect(quota.request(at: .seconds(51)) == .wait(until: .seconds(110)))
        quota.answered(at: .seconds(55))
        quota.finished(at: .seconds(56))
        #expect(quota.request(at: .seconds(109)) == .wait(until: .seconds(110)))
        #expect(quota.request(at: .seconds(110)) == .go)
        #expect(quota.request(at: .seconds(110)) == .wait(until: .seconds(115)))
    }

    @Test("However slow the way, the platform sees no more than the limit in any minute", arguments: [1, 3, 60])
    func noBunching(limit: Int) {
        var quota = quota(perMinute: limit)
        var arrivals: [Duration] = []
        var pending: [(arrival: Duration, answer: Duration)] = []
        var random = UInt64(limit)
        for second in 0..<600 {
            let now = Duration.seconds(second)
            for one in pending where one.answer <= now {
                quota.answered(at: now)
                quota.finished(at: now)
            }
            pending.removeAll { $0.answer <= now }
            while arrivals.count < 100_000, quota.request(at: now) == .go {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let arrival = now + .seconds(Int(random >> 59))
                arrivals.append(arrival)
                pending.append((arrival, arrival + .seconds(Int(random >> 40) % 20 + 1)))
            }
        }
        arrivals.sort()
        let most = arrivals.map { start in arrivals.count { $0 >= start && $0 < start + .seconds(60) } }.max()
        #expect(most == limit)
    }

    @Test("A spent day is told at once, unless it ends within two minutes")
    func day() {
        var quota = quota(perDay: 2)
        for second in [0, 10] {
            #expect(quota.request(at: .seconds(second)) == .go)
            quota.answered(at: .seconds(second))
            quota.finished(at: .seconds(second))
        }
        #expect(quota.request(at: .seconds(20)) == .dayIsSpent(until: .seconds(86_400)))
        #expect(quota.request(at: .seconds(86_300)) == .wait(until: .seconds(86_400)))
        #expect(quota.request(at: .seconds(86_400)) == .go)
    }

    @Test("Calls of an earlier process count for the day and not for the minute")
    func earlierCalls() {
        var quota = quota(perMinute: 1, perDay: 3, spent: 2)
        #expect(quota.request(at: .zero) == .go)
        quota.answered(at: .zero)
        quota.finished(at: .zero)
        #expect(quota.request(at: .seconds(60)) == .dayIsSpent(until: .seconds(86_400)))
    }

    @Test("A refusal holds everything back, a long one for the day, and a shorter one does not undo a longer")
    func refusals() {
        var quota = quota(atOnce: 5)
        quota.refused(until: .seconds(30))
        quota.refused(until: .seconds(10))
        #expect(quota.request(at: .seconds(10)) == .wait(until: .seconds(30)))
        #expect(quota.request(at: .seconds(30)) == .go)
        quota.refused(until: .seconds(70_000))
        #expect(quota.request(at: .seconds(31)) == .dayIsSpent(until: .seconds(70_000)))
    }

    @Test("A call that ended without an answer counts, since it may have arrived")
    func lostCalls() {
        var quota = quota(perMinute: 1)
        #expect(quota.request(at: .zero) == .go)
        quota.finished(at: .seconds(5))
        #expect(quota.request(at: .seconds(6)) == .wait(until: .seconds(65)))
    }

    @Test("Endings nobody began change nothing")
    func strayEndings() {
        var quota = quota(atOnce: 1, perMinute: 1)
        quota.answered(at: .zero)
        quota.finished(at: .zero)
        #expect(quota.request(at: .zero) == .go)
    }
}
