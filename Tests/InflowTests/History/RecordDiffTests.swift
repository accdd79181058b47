import Foundation
import Testing

@testable import Inflow

@Suite("The story of a record")
struct RecordDiffTests {
    private static let entity = EntityDefinition(
        "order", .transactional, summary: "An order.", endpoint: Endpoint("o", items: "a/b"), window: .whole,
        table: "t.order", key: ["uuid"],
        columns: [
            .text("uuid", at: "UUID", presence: .required), .text("state", at: "State"), .money("amount", at: "Amount"),
        ],
        children: [
            Child(
                at: "L", table: "t.order_line", key: ["order_uuid", "uuid"], summary: "A line.",
                columns: [
                    .parent("order_uuid", "uuid"), .identifierOrPosition("uuid", at: "UUID"), .position(),
                    .text("text", at: "Text"),
                ]),
            Child(
                at: "T", table: "t.order_tag", key: ["order_uuid", "position"], summary: "A tag.",
                columns: [.parent("order_uuid", "uuid"), .position(), .text("name", at: "Name")]),
        ])

    private func version(
        _ hour: Double, _ change: RecordVersion.Change, _ fields: [String: String],
        lines: [String: [[String: String]]] = [:]
    ) -> RecordVersion {
        RecordVersion(
            since: Date(timeIntervalSince1970: 1_772_323_200 + hour * 3600), run: Int64(hour), change: change,
            fields: fields.merging(["uuid": "o1", "changed_at": "\(hour)", "asked_at": "\(hour)"]) { $1 }, lines: lines)
    }

    private func line(_ uuid: String, _ position: Int, _ text: String) -> [String: String] {
        ["order_uuid": "o1", "uuid": uuid, "position": "\(position)", "text": text]
    }

    private func story(_ versions: RecordVersion...) -> RecordDiff {
        RecordDiff(of: Self.entity, key: "o1", versions)
    }

    @Test("The newest change comes first, each field old against new, and the first version against nothing")
    func steps() {
        let story = story(
            version(1, .first, ["state": "Draft", "amount": "1.50", "extra.Odd": "1"]),
            version(2, .updated, ["state": "Sent", "amount": "1.50"]),
            version(3, .markedDeleted, ["state": "Sent", "amount": "1.50", "deleted_at": "then"]))
        #expect(story.steps.map(\.change) == [.markedDeleted, .updated, .first])
        #expect(story.steps.map(\.run) == [3, 2, 1])
        #expect(story.steps[0].fields == [RecordDiff.Field("deleted_at", nil, "then")])
        #expect(
            story.steps[1].fields == [
                RecordDiff.Field("state", "Draft", "Sent"), RecordDiff.Field("extra.Odd", "1", nil),
            ])
        #expect(story.steps[2].fields.map(\.name) == ["uuid", "state", "amount", "extra.Odd"])
        #expect(story.steps[2].fields.allSatisfy { $0.old == nil })
    }

    @Test("Lines are listed by their identifier: changed, added, removed; those that are the same are left out")
    func lines() {
        let story = story(
            version(
                1, .first, [:],
                lines: [
                    "order_line": [line("l1", 1, "x"), line("l2", 2, "y"), line("l3", 3, "z")],
                    "order_tag": [["order_uuid": "o1", "position": "1", "name": "red"]],
                ]),
            version(
                2, .updated, [:],
                lines: [
                    "order_line": [line("l1", 1, "x"), line("l3", 2, "z"), line("l4", 3, "new")],
                    "order_tag": [["order_uuid": "o1", "position": "1", "name": "blue"]],
                ]))
        let step = story.steps[0]
        #expect(step.fields == [])
        #expect(
            step.lines.map { "\($0.table) \($0.key) \($0.what)" } == [
                "order_line l3 changed", "order_line l4 added", "order_line l2 removed", "order_tag 1 changed",
            ])
        #expect(step.lines[0].fields == [RecordDiff.Field("position", "3", "2")])
        #expect(step.lines[2].fields.first { $0.name == "text" } == RecordDiff.Field("text", "y", nil))
        #expect(step.lines[3].fields == [RecordDiff.Field("name", "red", "blue")])
        #expect(!step.lines.flatMap(\.fields).contains { $0.name == "order_uuid" })
    }

    @Test("A person reads times, runs, words, values on one line each, long ones cut")
    func words() {
        let story = story(
            version(1, .first, ["state": "Draft"]),
            version(
                2, .updated, ["state": "Sent\nout", "amount": String(repeating: "9", count: 120)],
                lines: ["order_line": [line("l1", 1, "x")]]),
            version(
                3, .revived, ["state": "Sent\nout", "amount": String(repeating: "9", count: 120)],
                lines: ["order_line": [line("l1", 1, "x")]]))
        #expect(
            story.text(in: .gmt) == """
                order o1: 3 versions, newest first; times are those of UTC.

                2026-03-01 03:00  run 3  listed again
                  no value differs

                2026-03-01 02:00  run 2  updated
                  state: Draft -> Sent out
                  amount: nothing -> \(String(repeating: "9", count: 99))…
                  order_line l1 added
                    uuid: nothing -> l1
                    position: nothing -> 1
                    text: nothing -> x

                2026-03-01 01:00  run 1  first seen
                  uuid: nothing -> o1
                  state: nothing -> Draft
                """)
    }

    @Test("A record of one version has one step")
    func single() {
        #expect(story(version(1, .first, [:])).text(in: .gmt).hasPrefix("order o1: 1 version, newest first"))
    }

    @Test("A retry reads the rejected records by key, each once, in loading order, and leaves out what has none")
    func retry() {
        let other = EntityDefinition(
            "other", .reference, summary: "", endpoint: Endpoint("x", items: "a/b"), window: .whole, table: "t.other",
            key: ["uuid"], columns: [])
        let plan = RunPlan.retry(["order": ["b", "a", "b"], "other": []], of: [other, Self.entity])
        #expect(plan.parts.map(\.entity.name) == ["order"])
        #expect(plan.parts.map(\.chunks) == [[.parents(["b", "a"])]])
        #expect((plan.trigger, plan.scope) == (.retry, "rejected records of order"))
        #expect(RunPlan.retry([:], of: [other]).parts.isEmpty)
    }
}
