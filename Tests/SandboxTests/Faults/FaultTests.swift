import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Faults: when they happen, and the oldest kinds")
struct FaultTests {
    @Test("A fault happens after the calls it waits for, as often as it is told, and only to its path")
    func counting() {
        var faults = Faults()
        var fault = Fault(kind: .status500)
        (fault.match, fault.after, fault.times) = ("/time.api", 1, 2)
        faults.add(fault)
        let happened = ["/time.api/list", "/job.api/list", "/time.api/list", "/time.api/list", "/time.api/list"]
            .map { faults.next(path: $0, query: "") != nil }
        #expect(happened == [false, false, true, true, false])
        #expect(faults.waiting.isEmpty)
    }

    @Test(
        "Faults of the status give their status",
        arguments: [
            ("status500", 500), ("status503", 503), ("html502", 502), ("status429", 429), ("expire_token", 401),
            ("empty_body", 200), ("error_status", 200),
        ])
    func statuses(kind: String, status: Int) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "faults?kind=\(kind)&match=/staff.api")
            let response = try await fixture.get("/staff.api/list")
            #expect(response.status.code == status)
            if kind == "empty_body" { #expect(response.body.readableBytes == 0) }
            if kind == "error_status" { #expect(response.text.contains("<Status>ERROR</Status>")) }
            if kind == "status429" { #expect(response.headers[.retryAfter] == "2") }
            let next: HTTPResponse.Status = kind == "expire_token" ? .unauthorized : .ok
            #expect(try await fixture.get("/staff.api/list").status == next)
        }
    }

    @Test("Faults of the rows keep the body well-formed")
    func rowFaults() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/job.api/list?\(always)&page=1&pagesize=20"
            try await fixture.control(
                .post, "faults", #"[{"kind":"valid_empty_list"},{"kind":"half_page"},{"kind":"duplicate_rows"}]"#)
            #expect(try await fixture.body(path)["Jobs/Job"] == 0)
            #expect(try await fixture.body(path)["Jobs/Job"] == 10)
            let twice = try await fixture.body(path)
            #expect(twice["Jobs/Job"] == 22)
            #expect(Set(twice.all("Jobs/Job/UUID")).count == 20)
            let first = try await fixture.body(path).all("Jobs/Job/UUID")
            try await fixture.control(.post, "faults", #"{"kind":"repeat_page","match":"/job.api"}"#)
            let again = try await fixture.body("/job.api/list?\(always)&page=2&pagesize=20").all("Jobs/Job/UUID")
            #expect(again == first)
        }
    }

    @Test("A list that is empty or halved by fault is well-formed and agrees with its own counters, page after page")
    func thinnedLists() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/job.api/list?\(always)&pagesize=20"
            let all = try await fixture.body("\(path)000").all("Jobs/Job/UUID")
            try #require(all.count > 40)
            try await fixture.control(.post, "faults?kind=valid_empty&match=/job.api")
            let empty = try await fixture.body("\(path)&page=1")
            #expect(empty["Jobs/Job"] == 0 && empty["Jobs"] == 1 && empty.all("TotalRecords") == ["0"])
            try await fixture.control(.post, "faults?kind=half_list&match=/job.api&times=2")
            var half: [String] = []
            for page in 1...2 {
                let body = try await fixture.body("\(path)&page=\(page)")
                #expect(body.all("TotalRecords") == ["\(all.count / 2)"])
                half += body.all("Jobs/Job/UUID")
            }
            let second = all.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            #expect(half == Array(second.prefix(40)))
            #expect(try await fixture.body("\(path)000").all("Jobs/Job/UUID") == all)
        }
    }

    @Test(
        "Lists without counters are thinned without any",
        arguments: [
            ("cost.api/list", "Costs/Cost"), ("task.api/list", "TaskList/Task"), ("staff.api/list", "StaffList/Staff"),
        ])
    func thinnedUncounted(path: String, element: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let all = try await fixture.body("/\(path)")[element]
            try await fixture.control(.post, "faults", #"[{"kind":"half_list"},{"kind":"valid_empty"}]"#)
            let half = try await fixture.body("/\(path)")
            #expect(half[element] == all / 2 && half["TotalRecords"] == 0)
            #expect(half.all("Records") == (path == "cost.api/list" ? ["\(all / 2)"] : []))
            #expect(try await fixture.body("/\(path)")[element] == 0)
            #expect(try await fixture.body("/\(path)")[element] == all)
        }
    }

    @Test("A fault may hit only the n-th next call of its path")
    func nth() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "faults", #"{"kind":"status500","match":"/staff.api","nth":3}"#)
            try await fixture.control(.post, "faults?kind=status503&match=/task.api&nth=2")
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await fixture.get("/staff.api/list").status.code) }
            for _ in 0..<3 { statuses.append(try await fixture.get("/task.api/list").status.code) }
            #expect(statuses == [200, 200, 500, 200, 200, 503, 200])
        }
    }

    @Test("Faults of the bytes break the document", arguments: ["illegal_characters", "invalid_utf8"])
    func byteFaults(kind: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "faults", #"{"kind":"\#(kind)"}"#)
            let response = try await fixture.get("/client.api/list")
            #expect(response.status == .ok)
            #expect(throws: XMLCount.NotWellFormed.self) { try XMLCount(Data(response.body.readableBytesView)) }
        }
    }

    @Test("A truncated document arrives whole as HTTP, and a second root follows the first")
    func rootFaults() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let usual = try await fixture.get("/client.api/list").text
            try await fixture.control(.post, "faults", #"[{"kind":"truncated_xml"},{"kind":"second_root"}]"#)
            let truncated = try await fixture.get("/client.api/list")
            #expect(usual.hasPrefix(truncated.text))
            #expect(truncated.text.utf8.count == usual.utf8.count - usual.utf8.count / 3)
            #expect(truncated.headers[.contentLength] == "\(truncated.text.utf8.count)")
            #expect(
                try await fixture.get("/client.api/list").text == usual + "<Response><Status>OK</Status></Response>")
        }
    }

    @Test("Connections are cut: before the answer, and within an announced body", arguments: ["reset", "cut_body"])
    func cuts(kind: String) async throws {
        try await SandboxFixture.run(live: true) { (fixture: SandboxFixture) async throws in
            try await fixture.control(.post, "faults", #"{"kind":"\#(kind)","match":"/client.api","bytes":500}"#)
            let error = await #expect(throws: (any Error).self) { try await fixture.get("/client.api/list") }
            if kind == "reset" {
                #expect((error as? IOError)?.errnoCode == ECONNRESET, "\(String(describing: error))")
            } else {
                #expect(error.map(String.init(describing:)) == "stream ended at an unexpected time")
            }
        }
    }

    @Test("A token answer is lost after the rotation")
    func lostAnswer() async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.live) { client in
            _ = try await client.execute(
                uri: "/sandbox/faults?kind=answer_lost&match=/oauth/token", method: .post)
            let error = await #expect(throws: IOError.self) {
                try await SandboxFixture.refresh(client, "sandbox-refresh-token")
            }
            #expect(error?.errnoCode == ECONNRESET)
        }
    }

    @Test("A token request that fails before the rotation leaves the token good")
    func tokenFaults() async throws {
        try await Sandbox(SandboxFixture.small()).application().test(.router) { client in
            _ = try await client.execute(uri: "/sandbox/faults?kind=status500&match=/oauth/token", method: .post)
            let form = "grant_type=refresh_token&refresh_token=sandbox-refresh-token"
            #expect(try await SandboxFixture.token(client, form).status == .internalServerError)
            #expect(try await SandboxFixture.token(client, form).status == .ok)
        }
    }

    @Test("Slow answers are whole and take their time", arguments: ["slow_body", "slow_first_byte"])
    func slowness(kind: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let usual = try await fixture.get("/client.api/list").text
            try await fixture.control(.post, "faults", #"{"kind":"\#(kind)","milliseconds":100}"#)
            let start = ContinuousClock.now
            #expect(try await fixture.get("/client.api/list").text == usual)
            // A pause is never shorter than asked for, however busy the machine.
            #expect(ContinuousClock.now - start >= .milliseconds(80))
        }
    }

    @Test("A fault nobody knows is refused")
    func unknownFault() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let response = try await fixture.client.execute(
                uri: "/sandbox/faults", method: .post, body: ByteBuffer(string: #"{"kind":"earthquake"}"#))
            #expect(response.status == .badRequest)
        }
    }

    @Test("A fault with a rate happens to about that share of the calls, the same ones each time")
    func rates() {
        func happened() -> [Bool] {
            var faults = Faults()
            var fault = Fault(kind: .status503)
            (fault.times, fault.rate) = (-1, 0.1)
            faults.add(fault)
            return (0..<1000).map { _ in faults.next(path: "/time.api/list", query: "") != nil }
        }
        let once = happened()
        #expect((60...140).contains(once.count { $0 }))
        #expect(once == happened())
    }

    @Test("A broken record breaks the bodies it is in and no other")
    func brokenRecord() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let whole = try await fixture.get("/task.api/list").text
            try await fixture.control(
                .post, "faults", #"{"kind":"broken_record","match":"/","times":-1,"holding":"</TaskList>"}"#)
            #expect(
                try await fixture.get("/task.api/list").text == whole.replacing("</TaskList>", with: "<&</TaskList>"))
            #expect(!(try await fixture.get("/staff.api/list").text.contains("<&")))
        }
    }
}
