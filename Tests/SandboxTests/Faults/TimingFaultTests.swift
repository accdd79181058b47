import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Answers that are held back and a quota that ends")
struct TimingFaultTests {
    @Test("A held answer has the rows of the moment it was asked for, and arrives behind a newer one")
    func held() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "task.api/list", "TaskList/Task/UUID").first)
            let path = "/task.api/get/\(key)"
            let before = try await fixture.get(path).text
            try await fixture.control(.post, "faults?kind=hold&match=/task.api&name=old")
            async let old = fixture.get(path)
            #expect(try await fixture.control(.get, "held?name=old&count=1").text == #"{"held":1}"#)
            try await fixture.control(.post, "edit", #"{"entity":"task","key":"\#(key)","set":{"Name":"Newer"}}"#)
            let new = try await fixture.get(path).text
            #expect(new.contains("<Name>Newer</Name>"))
            #expect(try await fixture.control(.post, "release?name=other").text == #"{"released":0}"#)
            #expect(try await fixture.control(.get, "held").text == #"{"held":1}"#)
            #expect(try await fixture.control(.post, "release?name=old").text == #"{"released":1}"#)
            #expect(try await old.text == before)
            #expect(try await fixture.control(.get, "held").text == #"{"held":0}"#)
        }
    }

    @Test("Forgetting all faults sends what they hold; forgetting those of one path does not")
    func forgotten() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "faults?kind=hold&times=2")
            async let first = fixture.get("/task.api/list")
            async let second = fixture.get("/staff.api/list")
            try await fixture.control(.get, "held?count=2")
            try await fixture.control(.delete, "faults?match=/job.api")
            #expect(try await fixture.control(.get, "held").text == #"{"held":2}"#)
            try await fixture.control(.delete, "faults")
            #expect(try await first.status == .ok)
            #expect(try await second.status == .ok)
        }
    }

    @Test("A cancelled wait ends, whether it had begun or not")
    func cancelled() async {
        let held = HeldAnswers()
        let waiting = Task { await held.hold("a") }
        #expect(await held.held("a", atLeast: 1) == 1)
        waiting.cancel()
        await waiting.value
        #expect(await held.held(nil) == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await held.hold("b")
            _ = await held.held("b", atLeast: 1)
        }
        await late.value
        #expect(held.release() == 0)
    }

    @Test("A quota that ends in mid-run refuses until the platform's midnight, and is there on the next day")
    func quotaEnds() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "clock?at=2026-11-21T22:30:00")
            try await fixture.control(.post, "faults?kind=quota_ends&match=/&after=2")
            for _ in 0..<2 { #expect(try await fixture.get("/staff.api/list").status == .ok) }
            for _ in 0..<3 {
                let refusal = try await fixture.get("/job.api/current")
                #expect(refusal.status == .tooManyRequests && refusal.headers[.retryAfter] == "5400")
                #expect(refusal.headers[FaultAnswers.problemName] == "day")
                #expect(refusal.headers[FaultAnswers.dayName] == "0")
            }
            try await fixture.control(.post, "clock?at=2026-11-21T23:59:59")
            #expect(try await fixture.get("/staff.api/list").headers[.retryAfter] == "1")
            try await fixture.control(.post, "clock?at=2026-11-22T00:00:00")
            for _ in 0..<4 { #expect(try await fixture.get("/staff.api/list").status == .ok) }
            #expect(try await fixture.control(.get, "faults").text == "[]")
        }
    }

    @Test("Windows longer than the switch allows are refused, also beside a modified-since", arguments: [365, 360])
    func longWindows(most: Int) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let from = LocalDay(year: 2025, month: 1, day: 1)
            func path(_ list: String, _ days: Int) -> String {
                "/\(list).api/list?from=\(from)&to=\(LocalDay(from.number + days - 1))"
            }
            #expect(try await fixture.get(path("invoice", 4000)).status == .ok)
            try await fixture.control(.post, "switches", #"{"longestWindowDays":\#(most)}"#)
            for list in ["invoice", "time", "quote", "lead", "purchaseorder", "job"] {
                #expect(try await fixture.get(path(list, most)).status == .ok)
                let refusal = try await fixture.get(path(list, most + 1))
                #expect(refusal.status == .badRequest && refusal.text.contains("has \(most + 1) days; at most \(most)"))
            }
            let since = "&modifiedsinceutc=2026-11-01T00:00:00"
            #expect(try await fixture.get(path("job", most + 1) + since).status == .badRequest)
            #expect(try await fixture.get(path("job", most) + since).status == .ok)
            try await fixture.control(.post, "switches", #"{"longestWindowDays":0}"#)
            #expect(try await fixture.get(path("job", 4000)).status == .ok)
        }
    }
}
