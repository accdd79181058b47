import Testing

@testable import InflowCLI

@Suite("What a daemon does about its private PostgreSQL")
struct ServerWatchTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("A server that died is started at once, then after pauses that grow to five minutes, with one line")
    func died() {
        var watch = ServerWatch()
        #expect(watch.look(.running(isUpgraded: false), isReading: false, now: start).step == .none)
        var (tries, lines): ([Int], [String]) = ([], [])
        for second in 1...2_000 {
            let (step, line) = watch.look(.stopped, isReading: true, now: after(second))
            if let line { lines.append(line.text) }
            guard step == .start else { continue }
            tries.append(second)
            if let line = watch.failed("no disk") { lines.append(line.text) }
        }
        #expect(Array(tries.prefix(6)) == [1, 2, 4, 8, 16, 32])
        #expect(zip(tries, tries.dropFirst()).map { $1 - $0 }.max() == 300)
        #expect(lines.count == 2, "\(lines)")
        #expect(watch.failed("another reason") != nil)
    }

    @Test("A server that dies again and again waits longer; one that has lasted ten minutes does not")
    func again() {
        var watch = ServerWatch()
        for second in 0..<4 {
            while watch.look(.stopped, isReading: false, now: after(second * 100)).step != .start {}
            _ = watch.started(now: after(second * 100))
        }
        #expect(watch.look(.stopped, isReading: false, now: after(305)).step == .none)
        #expect(watch.look(.stopped, isReading: false, now: after(308)).step == .start)
        _ = watch.started(now: after(308))
        _ = watch.look(.running(isUpgraded: false), isReading: false, now: after(910))
        _ = watch.look(.stopped, isReading: false, now: after(911))
        #expect(watch.look(.stopped, isReading: false, now: after(912)).step == .start)
    }

    @Test("A server that a person stopped is left alone, said once, and kept again when it runs")
    func byPerson() {
        var watch = ServerWatch()
        let first = watch.look(.stoppedByPerson, isReading: false, now: start)
        #expect(first.step == .none && first.line?.text.contains("inflow database start") == true)
        let second = watch.look(.stoppedByPerson, isReading: false, now: after(3_600))
        #expect(second.step == .none && second.line == nil)
        #expect(watch.look(.running(isUpgraded: false), isReading: false, now: after(3_601)).line == nil)
        #expect(watch.look(.stopped, isReading: false, now: after(3_602)).step == .start)
    }

    @Test("An upgraded server is restarted when no run is under way, and after ten minutes beside one")
    func upgraded() {
        var watch = ServerWatch()
        let beside = watch.look(.running(isUpgraded: true), isReading: true, now: start)
        #expect(beside.step == .none && beside.line?.text.contains("when no run is under way") == true)
        let later = watch.look(.running(isUpgraded: true), isReading: true, now: after(599))
        #expect(later.step == .none && later.line == nil)
        var patient = watch
        #expect(patient.look(.running(isUpgraded: true), isReading: true, now: after(600)).step == .restart)
        #expect(watch.look(.running(isUpgraded: true), isReading: false, now: after(599)).step == .restart)
        _ = watch.started(now: after(599))
        #expect(watch.look(.running(isUpgraded: false), isReading: false, now: after(600)).step == .none)
    }
}
