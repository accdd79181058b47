import Testing

@testable import Inflow

@Suite("EntityDefinition")
struct DefinitionTests {
    private let uuid = Column.text("uuid", at: "UUID", presence: .required)

    @Test("A definition without faults has none")
    func none() {
        #expect(RowShaperTests.job.faults() == [])
    }

    @Test("All faults are listed at once, each naming what it is about")
    func all() {
        let entity = EntityDefinition.thing(
            key: ["uuid", "gone"],
            columns: [
                uuid, .text("Name", at: ""), .date("on_day", at: "Date"), .date("on_day", at: "Date"), .position(),
            ],
            children: [
                Child(
                    at: "Lines/Line", table: "t.thing", key: ["position"], summary: "A line.",
                    columns: [.parent("thing_uuid", "id"), .position()])
            ],
            window: .span(WindowRule.Span(from: "from", to: "to", on: "due_on")),
            endpoint: Endpoint(
                "/thing.api/list", items: "a", carries: .parts(columns: ["uuid", "colour"], children: ["t.x"])))
        let faults = entity.faults()
        for words in [
            "key column \"gone\" of t.thing is not a column", "\"Name\" of t.thing is not a name of lower-case words",
            "column \"Name\" of t.thing has no path", "column \"on_day\" of t.thing is there twice",
            "column \"position\" of t.thing is of a kind that only lines have",
            "column \"thing_uuid\" of t.thing copies a column that t.thing does not have",
            "t.thing does not copy the whole key of t.thing", "table t.thing is filled twice",
            "\"/thing.api/list\" is not a path below the base",
            "/thing.api/list carries \"colour\", which is not there",
            "/thing.api/list carries \"t.x\", which is not there", "/thing.api/list does not carry key column \"gone\"",
            "the window is on \"due_on\", which is not a column",
        ] {
            #expect(faults.contains(words))
        }
        #expect(faults.count == 13)
    }

    @Test("A key column must be required, and a call for one record needs a place for its key")
    func keys() {
        let entity = EntityDefinition(
            "thing", .reference, summary: "One.", endpoint: Endpoint("a", items: "b"),
            get: Endpoint("thing.api/get", by: "number", items: "b"), window: .whole, table: "t.thing", key: ["uuid"],
            columns: [.text("uuid", at: "UUID")], after: ["thing"])
        #expect(
            Set(entity.faults()) == [
                "key column \"uuid\" of t.thing is not required", "thing.api/get has no place for a key",
                "thing.api/get is asked by \"number\", which is not a column", "it comes after itself",
            ])
    }

    @Test("Entities come after those they name, otherwise as given; a circle does not hang")
    func order() {
        func entity(_ name: String, after: [String]) -> EntityDefinition {
            EntityDefinition(
                name, .reference, summary: "One.", endpoint: Endpoint("a", items: "b"), window: .whole,
                table: "t.\(name)", key: ["uuid"], columns: [uuid], after: after)
        }
        let some = [
            entity("invoice", after: ["job", "client"]), entity("job", after: ["client", "unknown"]),
            entity("staff", after: []), entity("client", after: []),
        ]
        #expect(EntityDefinition.order(some).map(\.name) == ["staff", "client", "job", "invoice"])
        let circle = [entity("a", after: ["b"]), entity("b", after: ["a"]), entity("c", after: ["a"])]
        #expect(EntityDefinition.order(circle).map(\.name) == ["a", "b", "c"])
    }

    @Test("The printed table has a column for each of the definition's, and keys refuse null")
    func printed() {
        let ddl = DDLPrinter.statements(
            for: .thing(columns: [uuid, .money("amount", at: "Amount", "It's money"), .clock("from_time", at: "From")]))
        #expect(
            ddl.hasPrefix(
                "create table t.thing (\n    connection_id bigint not null,\n    uuid text collate \"C\" not null,"))
        #expect(ddl.contains("    amount numeric,\n    from_time time,\n    extra jsonb,"))
        #expect(ddl.contains("primary key (connection_id, uuid)"))
        #expect(ddl.contains("comment on column t.thing.amount is 'It''s money';"))
    }
}

@Suite("Tally")
struct TallyTests {
    private func tally(_ numbers: [Int]) -> Tally {
        var tally = Tally()
        (tally.pulled, tally.inserted, tally.updated) = (numbers[0], numbers[1], numbers[2])
        (tally.unchanged, tally.rejected, tally.duplicates) = (numbers[3], numbers[4], numbers[5])
        tally.markedDeleted = numbers[6]
        return tally
    }

    @Test(
        "A tally closes when every pulled record is accounted for; marked ones were not pulled",
        arguments: [
            ([0, 0, 0, 0, 0, 0, 0], true), ([15, 1, 2, 3, 4, 5, 0], true), ([15, 1, 2, 3, 4, 5, 9], true),
            ([16, 1, 2, 3, 4, 5, 0], false), ([14, 1, 2, 3, 4, 5, 0], false), ([1, 0, 0, 0, 0, 0, 1], false),
        ])
    func closes(_ numbers: [Int], _ expected: Bool) {
        #expect(tally(numbers).closes == expected)
    }

    @Test("Tallies add up number by number")
    func sum() {
        var sum = tally([1, 2, 3, 4, 5, 6, 7])
        sum += tally([10, 20, 30, 40, 50, 60, 70])
        #expect(sum == tally([11, 22, 33, 44, 55, 66, 77]))
    }
}
