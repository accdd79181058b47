import Inflow
import Records
import Testing

/// A made-up record with two kinds of line, as the platform would send it.
struct Thing {
    struct Line {
        var uuid: String?
        var text = "x"
        var amount = "1.00"
        var note: String?
    }

    var uuid: String
    var name: String? = "Screw"
    var amount = "1.50"
    var day = "2026-01-31T00:00:00"
    /// Required: one that is no number rejects the record.
    var weight = "1"
    /// Further elements as XML.
    var more = ""
    var lines: [Line] = []
    var tags: [String] = []

    init(
        _ uuid: String, name: String? = "Screw", amount: String = "1.50", day: String = "2026-01-31T00:00:00",
        weight: String = "1", more: String = "", lines: [Line] = [], tags: [String] = []
    ) {
        self.uuid = uuid
        self.name = name
        self.amount = amount
        self.day = day
        self.weight = weight
        self.more = more
        self.lines = lines
        self.tags = tags
    }

    private var xml: String {
        let lines = lines.map { line in
            "<Line>\(element("UUID", line.uuid))<Text>\(line.text)</Text><Amount>\(line.amount)</Amount>"
                + "\(element("Note", line.note))</Line>"
        }
        return "<Thing><UUID>\(uuid)</UUID>\(element("Name", name))<Amount>\(amount)</Amount><Date>\(day)</Date>"
            + "<Weight>\(weight)</Weight>\(more)"
            + "<Lines>\(lines.joined())</Lines>"
            + "<Tags>\(tags.map { "<Tag><Name>\($0)</Name></Tag>" }.joined())</Tags></Thing>"
    }

    private func element(_ name: String, _ text: String?) -> String {
        text.map { "<\(name)>\($0)</\(name)>" } ?? ""
    }

    /// The records as rows, by way of an answer.
    static func shaped(
        _ things: [Thing], _ entity: EntityDefinition = .thing(), _ carries: Endpoint.Carries = .everything
    ) throws -> ShapedBatch {
        let body = "<Response><Status>OK</Status><Things>\(things.map(\.xml).joined())</Things></Response>"
        return try EntityDefinition.shaped(body, entity, carries)
    }
}

extension EntityDefinition {
    /// The rows of an answer that fits one batch.
    static func shaped(
        _ body: String, _ entity: EntityDefinition, _ carries: Endpoint.Carries = .everything
    ) throws -> ShapedBatch {
        let shaper = RowShaper(entity, carries: carries)
        var parser = XMLRecordParser(items: entity.endpoint.items, vocabulary: entity.elementNames)
        let bytes = Array(body.utf8)
        try bytes.withUnsafeBytes { try parser.feed($0) }
        let full = parser.nextBatch()?.count
        try #require(full == nil, "The answer is too large for one batch.")
        return shaper.shape(try parser.finish().last ?? Batch())
    }

    /// The definition of a ``Thing``; version 2 has two columns more, one of them of a line.
    static func thing(_ version: Int = 1, window: WindowRule = .whole) -> EntityDefinition {
        let newColumns: [Column] =
            version < 2
            ? [] : [.text("colour", at: "Colour", since: 2), .integer("width", at: "Frame/Width", since: 2)]
        let newLineColumns: [Column] = version < 2 ? [] : [.text("note", at: "Note", since: 2)]
        return EntityDefinition(
            "thing", .reference, version: version, summary: "A thing.",
            endpoint: Endpoint("thing.api/list", items: "Response/Things/Thing"), window: window, table: "t.thing",
            key: ["uuid"],
            columns: [
                .identifier("uuid", at: "UUID", presence: .required), .text("name", at: "Name"),
                .money("amount", at: "Amount"), .date("on_day", at: "Date"),
                Column("weight", .decimal, paths: ["Weight"], required: true),
            ] + newColumns,
            children: [
                Child(
                    at: "Lines/Line", table: "t.line", key: ["thing_uuid", "uuid"], summary: "A line.",
                    columns: [
                        .parent("thing_uuid", "uuid"), .identifierOrPosition("uuid", at: "UUID"), .position(),
                        .text("text", at: "Text"), .money("amount", at: "Amount"),
                    ] + newLineColumns),
                Child(
                    at: "Tags/Tag", table: "t.tag", key: ["thing_uuid", "position"], summary: "A tag.",
                    columns: [.parent("thing_uuid", "uuid"), .position(), .text("name", at: "Name")]),
            ])
    }

    /// A ``Thing`` that is listed by its day.
    static let datedThing = thing(window: .span(WindowRule.Span(from: "from", to: "to", on: "on_day")))

    /// Its tables as of version 2, stricter than the definition in two places: amounts end at 999.99.
    static let thingTables = """
        create schema t;
        create table t.thing (
            connection_id bigint not null,
            uuid text collate "C" not null,
            name text,
            amount numeric(5, 2),
            on_day date,
            weight numeric not null,
            colour text,
            width integer,
            extra jsonb,
            deleted_at timestamptz,
            first_run_id bigint not null,
            changed_run_id bigint not null,
            changed_at timestamptz not null,
            asked_at timestamptz not null,
            content_hash bytea not null,
            children_hash bytea,
            primary key (connection_id, uuid)
        );
        create table t.line (
            connection_id bigint not null,
            thing_uuid text collate "C" not null,
            uuid text collate "C" not null,
            position integer not null,
            text text,
            amount numeric(5, 2),
            note text,
            extra jsonb,
            primary key (connection_id, thing_uuid, uuid)
        );
        create table t.tag (
            connection_id bigint not null,
            thing_uuid text collate "C" not null,
            position integer not null,
            name text,
            extra jsonb,
            primary key (connection_id, thing_uuid, position)
        );
        """
}
