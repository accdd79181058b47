import Foundation
import Inflow
import Testing

@Suite("How failed sign-ins lock, and how long sessions last")
struct SignInRuleTests {
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func at(_ seconds: TimeInterval) -> Date { start.addingTimeInterval(seconds) }

    /// The count after failures at these seconds.
    private func count(_ kind: SignInCount.Kind, _ seconds: [TimeInterval]) -> SignInCount? {
        seconds.reduce(nil) { SignInCount.adding($0, kind, at: at($1)) }
    }

    @Test("Five failures on an account within a quarter of an hour lock it for a minute, and not four")
    func first() throws {
        #expect(count(.account, [0, 1, 2, 3])?.lock(at: at(3)) == nil)
        let locked = try #require(count(.account, [0, 1, 2, 3, 899]))
        #expect(locked.lock(at: at(899)) == at(959))
        #expect(locked.lock(at: at(958.9)) == at(959) && locked.lock(at: at(959)) == nil, "half-open")
    }

    @Test("Failures that are further apart do not count together")
    func apart() {
        #expect(count(.account, [0, 1, 2, 3, 901])?.failures == 1)
        #expect(count(.account, [0, 1, 2, 3, 901])?.lock(at: at(901)) == nil)
    }

    @Test("Each further failure doubles the lock, up to an hour, for a day")
    func growing() throws {
        var seconds: [TimeInterval] = [0, 1, 2, 3, 4]
        var delays: [TimeInterval] = []
        for _ in 0..<9 {
            let now = try #require(seconds.last)
            let end = try #require(count(.account, seconds)?.lock(at: at(now)))
            delays.append(end.timeIntervalSince(at(now)))
            seconds.append(now + delays[delays.count - 1])
        }
        #expect(delays == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600])
        let last = seconds[seconds.count - 2]
        let before = try #require(count(.account, Array(seconds.dropLast())))
        #expect(SignInCount.adding(before, .account, at: at(last + 86_400)).failures == before.failures + 1)
        #expect(SignInCount.adding(before, .account, at: at(last + 86_401)).failures == 1)
    }

    @Test("However many failures there are, the arithmetic holds")
    func many() {
        let count = SignInCount(failures: 1_000_000, firstFailedAt: start, lastFailedAt: start, lockedUntil: nil)
        #expect(SignInCount.adding(count, .account, at: at(1)).lockedUntil == at(3_601))
    }

    @Test("Twenty failures from an address lock it")
    func address() throws {
        #expect(count(.address, (0..<19).map(Double.init))?.lock(at: at(18)) == nil)
        #expect(count(.address, (0..<20).map(Double.init))?.lock(at: at(19)) == at(79))
    }

    @Test("A try that turns out well is no failure, and ends the lock that it made")
    func takenBack() throws {
        let fifth = try #require(count(.account, [0, 1, 2, 3, 4]))
        #expect(fifth.withoutOne(.account).failures == 4 && fifth.withoutOne(.account).lockedUntil == nil)
        let sixth = SignInCount.adding(fifth, .account, at: at(100))
        #expect(sixth.withoutOne(.account).lockedUntil == sixth.lockedUntil, "the lock of others stays")
        #expect(count(.account, [0])?.withoutOne(.account).withoutOne(.account).failures == 0)
    }

    @Test(
        "Addresses are counted by IPv4 address or by the first 64 bits of IPv6",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8:1:2::9", "2001:db8:1:2::/64"), ("2001:0db8:0001:0002::", "2001:db8:1:2::/64"),
            ("::1", "0:0:0:0::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"),
            ("2001:db8::1::2", "2001:db8::1::2"), ("not:an:address", "not:an:address"), ("", ""),
            ("1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"),
        ])
    func addresses(_ address: String, _ counted: String) {
        #expect(SignInAddress.counted(address) == counted)
    }

    @Test("What is no address is counted as it is, cut")
    func longAddress() {
        #expect(SignInAddress.counted(String(repeating: "x", count: 500)).count == 64)
        #expect(SignInAddress.counted(String(repeating: ":", count: 500)).count == 64)
    }

    @Test("A session ends by the earlier of its two ends, and is over in that moment")
    func life() {
        let life = SessionLife(idle: 100, absolute: 1_000)
        #expect(life.end(usedAt: at(0), endsAt: at(1_000)) == at(100))
        #expect(life.end(usedAt: at(950), endsAt: at(1_000)) == at(1_000))
        #expect(life.holds(usedAt: at(0), endsAt: at(1_000), at: at(99)))
        #expect(!life.holds(usedAt: at(0), endsAt: at(1_000), at: at(100)))
        #expect(!life.holds(usedAt: at(999), endsAt: at(1_000), at: at(1_000)))
        #expect(SessionLife.standard == SessionLife(idle: 43_200, absolute: 604_800))
    }
}
