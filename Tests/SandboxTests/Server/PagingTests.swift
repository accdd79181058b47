import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Paging")
struct PagingTests {
    @Test("Pages hold every row once, and the counters come only when a page is asked for")
    func pages() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.scale = 0.6 }) {
            (fixture: SandboxFixture) async throws in
            let unasked = try await fixture.body("/client.api/list")
            #expect(unasked["Clients/Client"] == 100)
            #expect(unasked["TotalRecords"] == 0)
            var found: [String] = []
            for page in 1...3 {
                let body = try await fixture.body("/client.api/list?page=\(page)")
                #expect(body.all("Page") == ["\(page)"])
                #expect(body.all("PageSize") == ["100"])
                #expect(body.all("TotalRecords") == ["240"])
                found += body.all("Clients/Client/UUID")
            }
            #expect(found.count == 240)
            #expect(Set(found).count == 240)
            let beyond = try await fixture.get("/client.api/list?page=4").text
            #expect(beyond.contains("<Clients/>"))
        }
    }

    @Test("A page below 1 is page 1, and a page size alone means page 1")
    func oddPages() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let zero = try await fixture.body("/job.api/list?\(always)&page=0&pagesize=7")
            #expect(zero.all("Page") == ["1"])
            #expect(zero["Jobs/Job"] == 7)
            let sized = try await fixture.body("/job.api/current?pagesize=3")
            #expect(sized.all("Page") == ["1"])
            #expect(sized["Jobs/Job"] == 3)
        }
    }

    @Test("Suppliers are paged only when asked")
    func suppliers() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.scale = 0.3 }) {
            (fixture: SandboxFixture) async throws in
            #expect(try await fixture.body("/supplier.api/list")["Suppliers/Supplier"] == 12)
            #expect(try await fixture.body("/supplier.api/list?page=2&pagesize=10")["Suppliers/Supplier"] == 2)
        }
    }

    @Test("The price list ends with a page of no records")
    func costPages() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.scale = 0.3 }) {
            (fixture: SandboxFixture) async throws in
            let first = try await fixture.body("/cost.api/list?page=1")
            #expect(first.all("Records") == ["\(first["Costs/Cost"])"])
            let second = try await fixture.body("/cost.api/list?page=2")
            #expect(second.all("Records") == ["0"])
            #expect(second["Costs/Cost"] == 0)
        }
    }

    @Test(
        "Lists without paging ignore the page and come whole again",
        arguments: [
            "invoice.api/list?\(always)", "time.api/list?\(always)", "staff.api/list?a=b", "quote.api/current?a=b",
        ])
    func ignored(path: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let first = try await fixture.get("/\(path)&page=1").text
            #expect(try await fixture.get("/\(path)&page=2&pagesize=1").text == first)
            #expect(!first.contains("TotalRecords"))
        }
    }
}
