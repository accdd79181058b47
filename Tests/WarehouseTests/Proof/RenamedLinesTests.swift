import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("10.C11 Lines under another name", .warehouse)
struct RenamedLinesTests {
    private let things = [Thing("a", lines: [.init(uuid: "1")]), Thing("b", lines: [.init(uuid: "2")])]

    @Test("An answer without a line, beside unknown lists in its records, is refused, however few lines are lost")
    func renamed() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(try Thing.shaped(things), as: .thing())
        let lines = try await fixture.lines()
        try #require(lines.count == 2)
        let other = ["a", "b"].map { Thing($0, more: "<LineList><Line><UUID>\($0)</UUID></Line></LineList>") }
        let refused = await failure { try await fixture.load(try Thing.shaped(other), as: .thing()) }
        #expect(refused?.code == .linesMissing)
        #expect(try await fixture.lines() == lines)
    }

    @Test("Without an unknown list a few lines may go; where the table had none, an unknown list is only kept")
    func gone() async throws {
        let fixture = try await LoaderFixture()
        try await fixture.load(try Thing.shaped(things), as: .thing())
        try await fixture.load(Thing("a", name: "Nail"), Thing("b", name: "Nail"))
        #expect(try await fixture.lines() == [])
        let other = ["a", "b"].map { Thing($0, more: "<LineList><Line><UUID>\($0)</UUID></Line></LineList>") }
        #expect(try await fixture.load(try Thing.shaped(other), as: .thing()).closes)
    }
}
