import Testing

@testable import Inflow

@Suite("11.1 Lines that share an identifier")
struct RepeatedLineTests {
    private static let group = EntityDefinition.thing(
        columns: [.identifier("uuid", at: "UUID", presence: .required)],
        children: [
            Child(
                at: "Members/Member", table: "t.member", key: ["thing_uuid", "member_uuid"], summary: "A member.",
                columns: [
                    .parent("thing_uuid", "uuid"), .identifier("member_uuid", at: "UUID", presence: .required),
                    .position(),
                    .text("name", at: "Name"),
                ])
        ])

    @Test(
        "An identifier that repeats in a record, is all zeros or blank is none: each line is known by its place",
        arguments: [
            (["t", "t", "u"], ["#1", "#2", "u"]),
            (["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"], ["#1", "#2"]),
            (["  ", "a"], ["#1", "a"]), (["0", "a0"], ["#1", "a0"]),
        ])
    func places(given: [String], kept: [String]) {
        let tasks = given.map { "        Task\n          UUID: \($0)\n          Name: Plan" }.joined(separator: "\n")
        let shaped = Shaped(
            RowShaperTests.job, "Thing\n  UUID: a\n  Jobs\n    Job\n      ID: J\n      Tasks\n\(tasks)")
        #expect(shaped.rejections == [])
        #expect(
            shaped.rows(1) == kept.enumerated().map { "a | \($0.element) | \($0.offset + 1) | J | Plan | ∅ | ∅" })
    }

    @Test("A line that is sent twice is one line; two different ones without a place reject the record")
    func unplaced() {
        func members(_ names: [String]) -> Shaped {
            let lines = names.map { "    Member\n      UUID: m\n      Name: \($0)" }.joined(separator: "\n")
            return Shaped(Self.group, "Thing\n  UUID: a\n  Members\n\(lines)")
        }
        let same = members(["Ann", "Ann"])
        #expect(same.rejections == [] && same.rows(1).count == 1)
        let differing = members(["Ann", "Bob"])
        #expect(differing.result.rejections.map(\.reason) == [.repeatedLine])
        #expect(differing.result.blocks.map(\.count) == [0, 0])
    }
}
