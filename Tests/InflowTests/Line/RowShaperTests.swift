import Testing

@testable import Inflow

@Suite("RowShaper")
struct RowShaperTests {
    static let job = EntityDefinition.thing(
        columns: [
            .text("uuid", at: "UUID", or: "InternalUUID", presence: .required),
            .text("client_uuid", at: "Client/UUID"),
            .text("web_url", at: "WebUrl", or: "WebURL", "Link"),
            .money("budget", at: "Budget"),
            .integer("tasks", at: "@count"),
        ],
        children: [
            Child(
                at: "Jobs/Job/Tasks/Task", or: "Tasks/Task", table: "t.task", key: ["thing_uuid", "uuid"],
                summary: "A task.",
                columns: [
                    .parent("thing_uuid", "uuid"), .identifierOrPosition("uuid", at: "UUID"), .position(),
                    .outer("job", at: "ID", of: "Job"), .text("name", at: "Name"), .boolean("billable", at: "Billable"),
                ]),
            Child(
                at: "Jobs/Job/Tasks/Task/Staff/Member", table: "t.assignee", key: ["thing_uuid", "position"],
                summary: "Who does a task.",
                columns: [
                    .parent("thing_uuid", "uuid"), .position(), .outer("task", at: "UUID", of: "Task"),
                    .text("name", at: "Name"),
                ]),
        ])

    private let full = """
        Thing
          @count: 2
          UUID: a
          Client
            UUID: c1
          Jobs
            Job
              ID: J1
              Tasks
                Task
                  UUID: t1
                  Name: Plan
                  Billable: Yes
                  Staff
                    Member
                      Name: Ann
                    Member
                      Name: Bob
                Task
                  Name: Build
            Job
              ID: J2
              Tasks
                Task
                  UUID: t3
                  Staff
                    Member
                      Name: Cid
          Tasks
            Task
              UUID: t4
        Thing
          UUID: b
        """

    @Test("Lines and lines of lines become rows of their tables, with keys, places and enclosing elements copied")
    func children() {
        let shaped = Shaped(RowShaperTests.job, full)
        #expect(shaped.rows() == ["a | c1 | ∅ | ∅ | 2 | ∅", "b | ∅ | ∅ | ∅ | ∅ | ∅"])
        #expect(
            shaped.rows(1) == [
                "a | t1 | 1 | J1 | Plan | true | ∅", "a | #2 | 2 | J1 | Build | ∅ | ∅", "a | t3 | 3 | J2 | ∅ | ∅ | ∅",
                "a | t4 | 4 | ∅ | ∅ | ∅ | ∅",
            ])
        #expect(shaped.rows(2) == ["a | 1 | t1 | Ann | ∅", "a | 2 | t1 | Bob | ∅", "a | 3 | t3 | Cid | ∅"])
        #expect(shaped.result.blocks.map(\.ordinals) == [[0, 1], [0, 0, 0, 0], [0, 0, 0]])
        #expect(shaped.drift == [])
        #expect(shaped.rejections == [])
    }

    @Test("Places are counted per record, not per answer")
    func positions() {
        let record = "Thing\n  UUID: %\n  Tasks\n    Task\n      Name: x\n    Task\n      Name: y\n"
        let shaped = Shaped(
            RowShaperTests.job, record.replacing("%", with: "a") + record.replacing("%", with: "b"))
        #expect(
            shaped.rows(1) == [
                "a | #1 | 1 | ∅ | x | ∅ | ∅", "a | #2 | 2 | ∅ | y | ∅ | ∅", "b | #1 | 1 | ∅ | x | ∅ | ∅",
                "b | #2 | 2 | ∅ | y | ∅ | ∅",
            ])
    }

    @Test("Element names are matched without regard to case")
    func cases() {
        let shaped = Shaped(
            RowShaperTests.job, "THING\n  uuid: a\n  CLIENT\n    Uuid: c\n  tasks\n    TASK\n      nAmE: x")
        #expect(shaped.rows() == ["a | c | ∅ | ∅ | ∅ | ∅"])
        #expect(shaped.rows(1) == ["a | #1 | 1 | ∅ | x | ∅ | ∅"])
        #expect(shaped.drift == [])
    }

    @Test(
        "Of alternative paths the first that has text wins, whatever the order they come in",
        arguments: [
            ("UUID: a\n  InternalUUID: b", "a", #"{"InternalUUID":"b"}"#),
            ("InternalUUID: b\n  UUID: a", "a", #"{"InternalUUID":"b"}"#),
            ("InternalUUID: b\n  UUID:", "b", "∅"), ("UUID:\n  InternalUUID: b", "b", "∅"),
            ("InternalUUID: b", "b", "∅"),
        ])
    func alternatives(_ body: String, _ uuid: String, _ extra: String) {
        let shaped = Shaped(RowShaperTests.job, "Thing\n  \(body)")
        #expect(shaped.rows() == ["\(uuid) | ∅ | ∅ | ∅ | ∅ | \(extra)"])
    }

    @Test("An alternative that gives way is kept under its whole path")
    func alternativePath() {
        let entity = EntityDefinition.thing(
            columns: [.text("uuid", at: "UUID", presence: .required), .text("name", at: "New/Name", or: "Old/Name")])
        let shaped = Shaped(entity, "Thing\n  UUID: a\n  Old\n    Name: o\n  New\n    Name: n")
        #expect(shaped.rows() == [#"a | n | {"Old/Name":"o"}"#])
    }

    @Test("An element that fills two columns is no drift, and neither is one that gives way to a better path")
    func sharedElement() {
        let entity = EntityDefinition.thing(
            columns: [
                .text("uuid", at: "UUID", presence: .required), .text("code", at: "Code"),
                .text("label", at: "Label", or: "Code"),
            ])
        for body in ["Code: x\n  Label: y", "Label: y\n  Code: x"] {
            let shaped = Shaped(entity, "Thing\n  UUID: a\n  \(body)")
            #expect(shaped.rows() == ["a | x | y | ∅"])
            #expect(shaped.drift == [])
        }
        #expect(Shaped(entity, "Thing\n  UUID: a\n  Code: x").rows() == ["a | x | x | ∅"])
    }

    @Test("An answer without lines leaves their tables alone, and what stands in them is no drift")
    func headerOnly() {
        let shaped = Shaped(RowShaperTests.job, full, carries: .header)
        #expect(shaped.rows() == ["a | c1 | ∅ | ∅ | 2 | ∅", "b | ∅ | ∅ | ∅ | ∅ | ∅"])
        #expect(shaped.rows(1) == [])
        #expect(shaped.rows(2) == [])
        #expect(shaped.drift == [])
        #expect(shaped.rejections == [])
    }

    @Test("A line that cannot be read does not matter to an answer that carries no lines")
    func headerOnlyBadLine() {
        let text = "Thing\n  UUID: a\n  Tasks\n    Task\n      Billable: perhaps"
        #expect(Shaped(RowShaperTests.job, text, carries: .header).rows().count == 1)
        #expect(Shaped(RowShaperTests.job, text).rejections == [#"value a t.task.billable "perhaps" not_a_boolean"#])
    }

    // MARK: rejections

    @Test("A value that cannot be read is null and rejected for itself; the record and its neighbours stay")
    func rejectedValue() {
        let text = """
            Thing
              UUID: a
              Tasks
                Task
                  Name: x
            Thing
              UUID: b
              Budget: 12,50
              Tasks
                Task
                  Name: y
                Task
                  Billable: perhaps
                Task
                  Billable: never
            Thing
              UUID: c
            """
        let shaped = Shaped(RowShaperTests.job, text)
        #expect(
            shaped.rejections == [
                #"value b t.thing.budget "12,50" not_a_number"#, #"value b t.task.billable "perhaps" not_a_boolean"#,
                #"value b t.task.billable "never" not_a_boolean"#,
            ])
        #expect(shaped.rows() == ["a | ∅ | ∅ | ∅ | ∅ | ∅", "b | ∅ | ∅ | ∅ | ∅ | ∅", "c | ∅ | ∅ | ∅ | ∅ | ∅"])
        #expect(
            shaped.rows(1) == [
                "a | #1 | 1 | ∅ | x | ∅ | ∅", "b | #1 | 1 | ∅ | y | ∅ | ∅", "b | #2 | 2 | ∅ | ∅ | ∅ | ∅",
                "b | #3 | 3 | ∅ | ∅ | ∅ | ∅",
            ])
    }

    @Test("A record that lacks what it cannot be without is rejected whole, with one reason and none of its values")
    func rejectedWhole() {
        let entity = EntityDefinition.thing(
            columns: [
                .text("uuid", at: "UUID", presence: .required), .date("on_day", at: "Day", presence: .required),
                .money("budget", at: "Budget"),
            ],
            children: RowShaperTests.job.children)
        let text = """
            Thing
              UUID: a
              Budget: x
              Day: 0000-00-00
              Tasks
                Task
                  Name: y
            Thing
              UUID: b
              Day: 2026-01-01
            """
        let shaped = Shaped(entity, text)
        #expect(shaped.rejections == [#"a t.thing.on_day "0000-00-00" not_a_date"#])
        #expect(shaped.rows() == ["b | 2026-01-01 | ∅ | ∅"])
        #expect(shaped.result.blocks.map(\.ordinals) == [[1], [], []])
    }

    @Test("A line that nothing could name is left out, and is rejected for itself")
    func rejectedLine() {
        let group = EntityDefinition.thing(
            columns: [.text("uuid", at: "UUID", presence: .required)],
            children: [
                Child(
                    at: "Members/Member", table: "t.member", key: ["thing_uuid", "member_uuid"], summary: "A member.",
                    columns: [
                        .parent("thing_uuid", "uuid"), .identifier("member_uuid", at: "UUID", presence: .required),
                        .position(), .text("name", at: "Name"),
                    ])
            ])
        let shaped = Shaped(
            group,
            """
            Thing
              UUID: a
              Members
                Member
                  UUID: m1
                  Name: Ann
                Member
                  Name: Bob
                Member
                  UUID: m2
                  Name: Cid
            """)
        #expect(shaped.rejections == [#"value a t.member.member_uuid "" missing"#])
        #expect(shaped.rows() == ["a | ∅"])
        #expect(shaped.rows(1) == ["a | m1 | 1 | Ann | ∅", "a | m2 | 2 | Cid | ∅"])
    }

    @Test("A missing required value is one rejection; a missing key leaves the rejection's key empty")
    func missing() {
        let entity = EntityDefinition.thing(
            key: ["uuid", "code"],
            columns: [
                .text("uuid", at: "UUID", presence: .required), .text("code", at: "Code", presence: .required),
                .date("on_day", at: "Date", presence: .required), .money("rate", at: "Rate"),
            ])
        let shaped = Shaped(
            entity,
            """
            Thing
              UUID: a
              Code: 7
              Date:
              Rate: 1
            Thing
              Code: 8
              Date: 2026-01-01
            Thing
              UUID: c
              Code: 9
              Date: 2026-01-01
            """)
        #expect(
            shaped.rejections == [#"a/7 t.thing.on_day "" missing"#, #"/8 t.thing.uuid "" missing"#])
        #expect(shaped.rows() == ["c | 9 | 2026-01-01 | ∅ | ∅"])
    }

    @Test("The raw text of a rejection is cut after 1,000 characters")
    func longRaw() {
        let shaped = Shaped(RowShaperTests.job, "Thing\n  UUID: a\n  Budget: " + String(repeating: "x", count: 5000))
        #expect(shaped.result.rejections.first?.raw.count == 1000)
    }

    @Test("A record that the parser could not read is a rejection too")
    func unreadable() {
        let shaped = Shaped(
            RowShaperTests.job, "Thing\n  UUID: a",
            unreadable: [Batch.Unreadable(ordinal: 1, reason: .tooLong, path: "Description", raw: "lorem")])
        #expect(shaped.rejections == [#" t.thing.Description "lorem" too_long"#])
        #expect(shaped.rows().count == 1)
    }

    @Test("A batch without records gives empty blocks of the right width")
    func empty() {
        let shaped = Shaped(RowShaperTests.job, "")
        #expect(shaped.result.blocks.map(\.width) == [6, 7, 5])
        #expect(shaped.result.blocks.map(\.count) == [0, 0, 0])
    }
}
