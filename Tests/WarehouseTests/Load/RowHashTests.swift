import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// Stored hashes are compared with those of later releases: the form they are made over must never change.
@Suite("RowHash")
struct RowHashTests {
    private static func kinds(_ version: Int) -> EntityDefinition {
        EntityDefinition(
            "kind", .reference, version: version, summary: "One column of each kind.",
            endpoint: Endpoint("kind.api/list", items: "Response/Kinds/Kind"), window: .whole, table: "t.kind",
            key: ["uuid"],
            columns: [
                .text("uuid", at: "UUID", presence: .required), .text("name", at: "Name"),
                .money("amount", at: "Amount"),
                .integer("size", at: "Size"), .minutes("minutes", at: "Minutes"), .boolean("good", at: "Good"),
                .boolean("bad", at: "Bad"), .date("on_day", at: "Date"), .moment("moment_at", at: "Moment"),
                .instant("instant_at", at: "Instant"), .clock("from_time", at: "From"), .text("none", at: "None"),
            ],
            children: [
                Child(
                    at: "Lines/Line", table: "t.kind_line", key: ["kind_uuid", "uuid"], summary: "A line.",
                    columns: [
                        .parent("kind_uuid", "uuid"), .identifierOrPosition("uuid", at: "UUID"), .position(),
                        .text("text", at: "Text"),
                    ])
            ])
    }

    private let body = """
        <Response><Status>OK</Status><Kinds><Kind>
        <UUID>k</UUID><Name>Grün</Name><Amount>1.500</Amount><Size>-7</Size><Minutes>90</Minutes><Good>Yes</Good>
        <Bad>false</Bad><Date>2026-01-31T00:00:00</Date><Moment>2026-01-31T10:20:30.5</Moment>
        <Instant>2026-01-31T11:20:30+01:00</Instant><From>08:30</From><None/><a>1</a><B>2</B><a>3</a>
        <Lines><Line><Text>é</Text></Line><Line><UUID>l2</UUID><X>1</X></Line></Lines>
        </Kind></Kinds></Response>
        """

    /// The expected values are from Python's hashlib over bytes put together by hand after `RowHash`'s description.
    @Test(
        "The hash of a fixed record and its lines is what it always was, on every machine and in every release",
        .warehouse,
        arguments: [
            (1, "0001fdc13d5ebb5cc3260da68c7e8f329b28", "000123e3b89e1a25e2b19fc30cc57ce53137"),
            (258, "0102fdc13d5ebb5cc3260da68c7e8f329b28", "010223e3b89e1a25e2b19fc30cc57ce53137"),
        ])
    func golden(_ version: Int, _ own: String, _ lines: String) async throws {
        let fixture = try await LoaderFixture()
        let entity = RowHashTests.kinds(version)
        for statement in DDLPrinter.statements(for: entity).split(separator: ";\n") {
            try await fixture.rows(String(statement))
        }
        let shaped = try EntityDefinition.shaped(body, entity)
        #expect(try await fixture.load(shaped, as: entity).words == "1 = 1 inserted")
        #expect(
            try await fixture.rows("select encode(content_hash, 'hex'), encode(children_hash, 'hex') from t.kind")
                == ["\(own) | \(lines)"])
        #expect(
            try await fixture.rows("select * from t.kind").map { $0.prefix { $0 != "{" } } == [
                "\(fixture.connection.id) | k | Grün | 1.5 | -7 | 90 | t | f | 2026-01-31 | 2026-01-31 10:20:30.5 | "
                    + "2026-01-31 10:20:30+00 | 08:30:00 | ∅ | "
            ])
    }

    /// The hash of one row of values.
    private func hash(_ values: [Value], _ arena: String = "", version: Int = 1) -> String {
        var hash = RowHash(version: version)
        hash.begin()
        Array(arena.utf8).withUnsafeBufferPointer { arena in
            for value in values { hash.add(value, arena) }
        }
        var text: [UInt8] = []
        hash.write(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test("Values that differ in kind, place or border give different hashes")
    func distinct() {
        let rows: [[Value]] = [
            [], [.null], [.null, .null], [.integer(0)], [.boolean(false)], [.boolean(true)], [.date(0)], [.moment(0)],
            [.instant(0)], [.clock(0)], [.integer(1)], [.integer(256)], [.integer(-1)],
            [.text(start: 0, length: 0)], [.text(start: 0, length: 1)], [.decimal(start: 0, length: 1)],
            [.json(start: 0, length: 1)], [.text(start: 0, length: 2)],
            [.text(start: 0, length: 1), .text(start: 1, length: 1)], [.text(start: 0, length: 1), .null],
            [.null, .text(start: 0, length: 1)], [.text(start: 1, length: 1), .text(start: 0, length: 1)],
        ]
        #expect(Set(rows.map { hash($0, "12") }).count == rows.count)
        #expect(hash([.null], version: 1) != hash([.null], version: 2))
    }

    @Test("The same text elsewhere in the arena gives the same hash")
    func arena() {
        #expect(hash([.text(start: 0, length: 2)], "ab") == hash([.text(start: 3, length: 2)], "xyzab"))
    }
}
