import Foundation
import Inflow
import Synchronization
import Testing

@testable import ConnectionPage

@Suite("A reading that many browsers share", .timeLimit(.minutes(1)))
struct SharedReadingTests {
    /// A clock that a test moves, and readings that take as long and answer as often as it says.
    private final class Script: Sendable {
        private struct State {
            var uptime = Duration.zero
            var took = Duration.zero
            var readings = 0
            var isAway = false
        }

        struct Away: Error {}

        private let state = Mutex(State())

        var uptime: Duration { state.withLock { $0.uptime } }

        func pass(_ time: Duration) { state.withLock { $0.uptime += time } }
        func take(_ time: Duration) { state.withLock { $0.took = time } }
        func goAway(_ isAway: Bool = true) { state.withLock { $0.isAway = isAway } }

        /// The number of the reading.
        func read() throws -> Int {
            try state.withLock { state in
                state.uptime += state.took
                state.readings += 1
                if state.isAway { throw Away() }
                return state.readings
            }
        }
    }

    private let script = Script()

    private func shared(age: Duration, rest: Int) -> SharedReading<String, Int> {
        SharedReading(age: age, rest: rest, uptime: { [script] in script.uptime }) { [script] _ in try script.read() }
    }

    /// Asks until the reading that was begun by another is kept.
    private func next(after value: Int, _ shared: SharedReading<String, Int>) async throws -> Int {
        while true {
            let found = try await shared.value(of: "a")
            if found != value { return found }
            await Task.yield()
        }
    }

    @Test("Without a rest a value is good for its age, and who asks after it waits for the next one")
    func age() async throws {
        let shared = shared(age: .seconds(3), rest: 0)
        #expect(try await shared.value(of: "a") == 1)
        script.pass(.seconds(2))
        #expect(try await shared.value(of: "a") == 1)
        script.pass(.seconds(1))
        #expect(try await shared.value(of: "a") == 2)
    }

    @Test("A value that took a second to read is good for twenty")
    func rest() async throws {
        script.take(.seconds(1))
        let shared = shared(age: .zero, rest: 20)
        #expect(try await shared.value(of: "a") == 1)
        script.pass(.milliseconds(19_999))
        for _ in 0..<100 {
            #expect(try await shared.value(of: "a") == 1, "nothing is read before")
            await Task.yield()
        }
        script.pass(.milliseconds(1))
        #expect(try await shared.value(of: "a") == 1, "who asks first does not wait")
        #expect(try await next(after: 1, shared) == 2)
    }

    @Test("Nobody is shown a value older than a minute where a new one can be read")
    func oldValue() async throws {
        let shared = shared(age: .zero, rest: 20)
        #expect(try await shared.value(of: "a") == 1)
        script.pass(.seconds(60))
        #expect(try await shared.value(of: "a") == 2)
    }

    @Test("A reading that fails is an error for who waits for it, and hides no later one")
    func failure() async throws {
        let shared = shared(age: .zero, rest: 20)
        script.goAway()
        await #expect(throws: Script.Away.self) { try await shared.value(of: "a") }
        script.goAway(false)
        #expect(try await shared.value(of: "a") == 2)
        script.pass(.seconds(60))
        script.goAway()
        await #expect(throws: Script.Away.self, "an old value must not stand for the failure") {
            try await shared.value(of: "a")
        }
    }

    @Test("Each name has its own value")
    func names() async throws {
        let shared = shared(age: .seconds(3), rest: 20)
        #expect(try await shared.value(of: "a") == 1)
        #expect(try await shared.value(of: "b") == 2)
        #expect(try await shared.value(of: "a") == 1)
    }
}
