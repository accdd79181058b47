import Foundation
import Inflow
import TestSupport
import Testing

@testable import WorkflowMax

@Suite("Lists over HTTP", .timeLimit(.minutes(5)))
struct PagingTests {
    private typealias Answer = ScriptedServer.Answer

    @Test(
        "A counted list is read page by page, ordinals going on, also where the platform gives fewer than were asked for"
    )
    func counted() async throws {
        let fixture = try SourceFixture { request, _ in
            let page = Int(request.query("page") ?? "") ?? 0
            return .xml(Body.clients((page - 1) * 100..<min(250, page * 100), page: page, total: 250))
        }
        let pulled = try await fixture.read(.client, .whole)
        #expect(pulled.keys == (0..<250).map { "c\($0)" })
        #expect(pulled.ordinals == Array(0..<250))
        #expect(pulled.answers == [100, 100, 50])
        #expect(pulled.traffic.calls == 3)
        #expect(
            fixture.server.requests.map(\.target)
                == (1...3).map { "/client.api/list?detailed=true&page=\($0)&pagesize=1000" })
        await fixture.stop()
    }

    @Test("An endpoint that ignores paging is read once")
    func ignoresPaging() async throws {
        let fixture = try SourceFixture { _, _ in .xml(Body.clients(0..<251)) }
        let pulled = try await fixture.read(.client, .whole)
        #expect(pulled.keys.count == 251)
        #expect(fixture.server.requests.count == 1)
        await fixture.stop()
    }

    @Test("An endpoint that ignores the page and counts it neither loops nor doubles rows")
    func ignoresPage() async throws {
        let fixture = try SourceFixture { _, _ in .xml(Body.clients(0..<100, page: 1, total: 250)) }
        let error = await fixture.failure(.client, .whole)
        #expect(error?.code == .countersDisagree)
        #expect(error?.subject == "client, whole, page 2")
        #expect(fixture.server.requests.count == 2)
        await fixture.stop()
    }

    @Test("A row that slid to the next page meanwhile is handed over again, for the merge to count")
    func repeatedRow() async throws {
        let fixture = try SourceFixture { request, _ in
            request.query("page") == "1"
                ? .xml(Body.clients(0..<100, page: 1, total: 149)) : .xml(Body.clients(99..<150, page: 2, total: 150))
        }
        let pulled = try await fixture.read(.client, .whole)
        #expect(pulled.keys == (Array(0..<100) + Array(99..<150)).map { "c\($0)" })
        #expect(pulled.answers == [100, 51])
        #expect(pulled.ordinals.last == 150)
        await fixture.stop()
    }

    @Test("A page cut short, or a list that shrank, is refused")
    func disagreement() async throws {
        for answers in [
            [Body.clients(0..<99, page: 1, total: 99 + 1)],
            [Body.clients(0..<100, page: 1, total: 150), Body.clients(101..<150, page: 2, total: 149)],
        ] {
            let fixture = try SourceFixture { _, before in .xml(answers[min(before, answers.count - 1)]) }
            let error = await fixture.failure(.client, .whole)
            #expect(error?.code == .countersDisagree)
            #expect(error?.detail.contains("TotalRecords") == true)
            await fixture.stop()
        }
    }

    @Test("A list of fixed pages ends at the empty page")
    func untilEmpty() async throws {
        let fixture = try SourceFixture { request, _ in
            switch request.target {
            case "/cost.api/list?page=1": .xml(Body.costs(0..<1_000))
            case "/cost.api/list?page=2": .xml(Body.costs(1_000..<1_003))
            default: .xml(Body.costs(0..<0))
            }
        }
        let pulled = try await fixture.read(.cost, .whole)
        #expect(pulled.keys.count == 1_003)
        #expect(pulled.ordinals.last == 1_002)
        #expect(pulled.answers == [1_000, 3])
        #expect(pulled.traffic.calls == 3)
        await fixture.stop()
    }

    @Test("A list of fixed pages that ignores the page ends at the second")
    func untilEmptyIgnored() async throws {
        let fixture = try SourceFixture { _, _ in .xml(Body.costs(0..<2_500)) }
        let pulled = try await fixture.read(.cost, .whole)
        #expect(Set(pulled.keys).count == 2_500)
        #expect(pulled.answers == [2_500, 2_500])
        #expect(fixture.server.requests.count == 2)
        await fixture.stop()
    }

    @Test("A page whose Records is not what it holds is refused")
    func wrongRecords() async throws {
        let fixture = try SourceFixture { _, _ in .xml("<Records>3</Records><Costs><Cost><UUID>a</UUID></Cost></Costs>")
        }
        #expect(await fixture.failure(.cost, .whole)?.code == .countersDisagree)
        await fixture.stop()
    }

    @Test("An entity that is read one by one brings the answers to the keys of its list")
    func readEach() async throws {
        let fixture = try SourceFixture { request, _ in
            switch request.path {
            case "/clientgroup.api/list":
                return .xml(
                    "<Groups>"
                        + ["a", "b/1", "a"].map { "<Group><UUID>\($0)</UUID></Group>" }.joined()
                        + "<Group><Name>no key</Name></Group></Groups>")
            case let path:
                let key = path.replacing("/clientgroup.api/get/", with: "").replacing("%2F", with: "/")
                return .xml("<Group><UUID>\(key)</UUID><Clients><Client><UUID>c</UUID></Client></Clients></Group>")
            }
        }
        let pulled = try await fixture.read(.clientGroup, .whole)
        #expect(pulled.keys == ["a", "b/1"])
        #expect(pulled.ordinals == [4, 5])
        #expect(pulled.unreadable.map(\.reason) == [.missing])
        #expect(pulled.traffic.calls == 3)
        #expect(pulled.answers == [1, 1])
        #expect(fixture.server.requests.map(\.path).contains("/clientgroup.api/get/b%2F1"))
        await fixture.stop()
    }

    @Test("A key that the list has just named and that is then refused fails the chunk")
    func readEachRefused() async throws {
        let fixture = try SourceFixture { request, _ in
            request.path == "/clientgroup.api/list"
                ? .xml("<Groups><Group><UUID>a</UUID></Group></Groups>")
                : Answer(status: 404, body: "<Response><Status>ERROR</Status></Response>")
        }
        #expect(await fixture.failure(.clientGroup, .whole)?.code == .notFound)
        await fixture.stop()
    }

    @Test("Records asked for by key: unknown ones are left out, a wrong address is not taken for one")
    func parents() async throws {
        let fixture = try SourceFixture { request, _ in
            switch request.path {
            case "/job.api/get/J%2F1": .xml("<Job><ID>J/1</ID><UUID>u1</UUID></Job>")
            case "/job.api/get/web": Answer(status: 404, body: "<!DOCTYPE html><html></html>")
            case "/job.api/get/many": .xml("<Jobs><Job><UUID>u1</UUID></Job><Job><UUID>u2</UUID></Job></Jobs>")
            default: Answer(status: 404, body: "unknown")
            }
        }
        let pulled = try await fixture.read(.job, .parents(["gone", "J/1", ""]))
        #expect(pulled.keys == ["u1"])
        #expect(pulled.traffic.calls == 2)
        #expect(await fixture.failure(.job, .parents(["web"]))?.code == .notFound)
        let error = await fixture.failure(.job, .parents(["many"]))
        #expect(error?.code == .countersDisagree)
        #expect(error?.subject == "job, 1 by key, key \"many\"")
        await fixture.stop()
    }

    @Test("Job states come from the JSON list where the connection says so")
    func jobStatus() async throws {
        let fixture = try SourceFixture(jobStatusList: true) { _, _ in
            Answer(body: #"{"data":[{"uuid":"u1","name":"Planned"},{"uuid":"u2","name":"Done"}],"total":2}"#)
        }
        var names: [String?] = []
        for try await batch in fixture.source.records(of: .jobStatus, in: .whole) {
            for index in 0..<batch.count { names.append(batch[index].text(at: "name")) }
        }
        #expect(names == ["Planned", "Done"])
        let asked = try #require(fixture.server.requests.first)
        #expect(asked.target == "/v2/job-status")
        #expect(asked.header("account-id") == "org-1")
        #expect(asked.header("Accept") == "application/json")
        await fixture.stop()
    }

    @Test("What an empty list cost comes with an empty batch")
    func emptyList() async throws {
        let fixture = try SourceFixture { _, _ in .xml(Body.costs(0..<0).replacing("<Costs></Costs>", with: "")) }
        var counts: [Int] = []
        for try await batch in fixture.source.records(of: .cost, in: .whole) {
            counts.append(batch.count)
            #expect(batch.answer.traffic.calls == 1)
        }
        #expect(counts == [0])
        await fixture.stop()
    }

    @Test("A cancelled reader stops with that error")
    func cancelled() async throws {
        let fixture = try SourceFixture { _, _ in Answer(status: 403) }
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await fixture.failure(.client, .whole)?.code
        }
        #expect(await reading.value == .cancelled)
        #expect(fixture.server.requests.isEmpty)
        await fixture.stop()
    }
}
