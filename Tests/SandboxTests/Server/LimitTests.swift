import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("The limits of calls")
struct LimitTests {
    @Test("The limiter refuses what is too much at once, within the minute and within the day")
    func limiter() {
        var limiter = CallLimiter(limits: SandboxLimits(atOnce: 2, perMinute: 3, perDay: 5))
        #expect(limiter.admit(now: 0) == nil)
        #expect(limiter.admit(now: 1) == nil)
        #expect(limiter.admit(now: 1)?.problem == "concurrent")
        limiter.finish()
        limiter.finish()
        #expect(limiter.admit(now: 2) == nil)
        limiter.finish()
        #expect(limiter.admit(now: 10) == CallLimiter.Refusal(problem: "minute", retryAfter: 50))
        #expect(limiter.remaining(now: 10).minute == 0)
        #expect(limiter.admit(now: 60.5) == nil)
        #expect(limiter.admit(now: 61.5) == nil)
        limiter.finish()
        #expect(limiter.admit(now: 200) == CallLimiter.Refusal(problem: "day", retryAfter: 86_200))
        #expect(limiter.admit(now: 86_401) == nil)
    }

    @Test("Too many calls get 429 with Retry-After, and refused ones do not count")
    func tooMany() async throws {
        try await SandboxFixture.run(
            SandboxFixture.small { $0.limits = SandboxLimits(atOnce: 5, perMinute: 2, perDay: 0) }
        ) {
            (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/staff.api/list").status == .ok)
            #expect(try await fixture.get("/staff.api/list").status == .ok)
            for _ in 0..<3 {
                let refused = try await fixture.get("/staff.api/list")
                #expect(refused.status == .tooManyRequests)
                let seconds = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
                #expect((1...60).contains(seconds))
            }
            let log = try await fixture.control(.get, "log").text
            #expect(log.contains(#""problem":"minute""#))
            #expect(!log.contains(fixture.bearer))
        }
    }

    @Test("The day's limit asks to come back hours later")
    func dayLimit() async throws {
        try await SandboxFixture.run(
            SandboxFixture.small { $0.limits = SandboxLimits(atOnce: 5, perMinute: 0, perDay: 1) }
        ) {
            (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/staff.api/list").status == .ok)
            let refused = try await fixture.get("/staff.api/list")
            let seconds = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
            #expect(seconds > 80_000)
        }
    }
}
