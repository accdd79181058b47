internal import Foundation
internal import Inflow

/// What a document of the API holds: each member with its schema and where its value comes from.
///
/// The document and its schema are made of the same members, so that neither has one that the other lacks.
struct APIShape<Source>: Sendable {
    /// Its name among the schemas of the OpenAPI document.
    let name: String
    let help: String
    let members: [APIMember<Source>]

    init(_ name: String, _ help: String, _ members: [APIMember<Source>]) {
        (self.name, self.help, self.members) = (name, help, members)
    }

    func document(_ source: Source) -> JSONValue {
        .object(Dictionary(members.map { ($0.name, $0.value(source)) }, uniquingKeysWith: { $1 }))
    }

    /// What stands in place of the schema where it is used.
    var reference: JSONValue { ["$ref": .text("#/components/schemas/\(name)")] }

    /// Its schema and those of the documents in it, by name.
    var schemas: [String: JSONValue] {
        var schemas: [String: JSONValue] = [
            name: [
                "type": "object", "description": .text(help),
                "required": .list(members.map { .text($0.name) }),
                "properties": .object(Dictionary(members.map { ($0.name, $0.schema) }, uniquingKeysWith: { $1 })),
            ]
        ]
        for member in members { schemas.merge(member.schemas) { $1 } }
        return schemas
    }
}

/// A member of a document.
struct APIMember<Source>: Sendable {
    let name: String
    let schema: JSONValue
    /// The named schemas that its schema refers to.
    var schemas: [String: JSONValue] = [:]
    let value: @Sendable (Source) -> JSONValue

    /// The same member of a document about something that holds the source.
    func of<Outer>(_ inner: @escaping @Sendable (Outer) -> Source) -> APIMember<Outer> {
        APIMember<Outer>(name: name, schema: schema, schemas: schemas) { value(inner($0)) }
    }

    static func text(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> String) -> Self {
        Self(name: name, schema: APISchema.text(help)) { .text(value($0)) }
    }

    static func maybeText(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> String?) -> Self {
        Self(name: name, schema: APISchema.text(help, isNullable: true)) { value($0).map { .text($0) } ?? .null }
    }

    static func texts(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> [String]) -> Self {
        Self(name: name, schema: APISchema.list(help, of: ["type": "string"])) {
            .list(value($0).map { .text($0) })
        }
    }

    /// One of the words of a type.
    static func word(
        _ name: String, _ help: String, among words: [String], _ value: @escaping @Sendable (Source) -> String
    ) -> Self {
        Self(name: name, schema: APISchema.word(help, among: words)) { .text(value($0)) }
    }

    static func maybeWord(
        _ name: String, _ help: String, among words: [String], _ value: @escaping @Sendable (Source) -> String?
    ) -> Self {
        Self(name: name, schema: APISchema.word(help, among: words, isNullable: true)) {
            value($0).map { .text($0) } ?? .null
        }
    }

    static func number(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Int) -> Self {
        Self(name: name, schema: APISchema.number(help)) { .whole(Int64(value($0))) }
    }

    static func maybeNumber(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Int?) -> Self {
        Self(name: name, schema: APISchema.number(help, isNullable: true)) {
            value($0).map { .whole(Int64($0)) } ?? .null
        }
    }

    static func identity(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Int64) -> Self {
        Self(name: name, schema: APISchema.number(help)) { .whole(value($0)) }
    }

    static func maybeIdentity(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Int64?) -> Self {
        Self(name: name, schema: APISchema.number(help, isNullable: true)) { value($0).map { .whole($0) } ?? .null }
    }

    /// Seconds, with their fractions.
    static func maybeSeconds(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Double?) -> Self {
        Self(name: name, schema: ["type": ["number", "null"], "description": .text(help)]) {
            value($0).map { .real($0) } ?? .null
        }
    }

    static func flag(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Bool) -> Self {
        Self(name: name, schema: ["type": "boolean", "description": .text(help)]) { .bool(value($0)) }
    }

    static func instant(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Instant) -> Self {
        Self(name: name, schema: APISchema.instant(help)) { .text(value($0).ISO8601Format()) }
    }

    static func maybeInstant(
        _ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> Instant?
    ) -> Self {
        Self(name: name, schema: APISchema.instant(help, isNullable: true)) {
            value($0).map { .text($0.ISO8601Format()) } ?? .null
        }
    }

    static func maybeDay(_ name: String, _ help: String, _ value: @escaping @Sendable (Source) -> String?) -> Self {
        Self(name: name, schema: APISchema.day(help, isNullable: true)) { value($0).map { .text($0) } ?? .null }
    }

    static func list<Part>(
        _ name: String, _ help: String, of shape: APIShape<Part>, _ value: @escaping @Sendable (Source) -> [Part]
    ) -> Self {
        Self(name: name, schema: APISchema.list(help, of: shape.reference), schemas: shape.schemas) {
            .list(value($0).map { shape.document($0) })
        }
    }

    static func object<Part>(
        _ name: String, _ shape: APIShape<Part>, _ value: @escaping @Sendable (Source) -> Part
    ) -> Self {
        Self(name: name, schema: shape.reference, schemas: shape.schemas) { shape.document(value($0)) }
    }
}

/// Schemas of JSON Schema 2020-12, as OpenAPI 3.1 has them.
enum APISchema {
    static func text(_ help: String, isNullable: Bool = false) -> JSONValue { typed("string", help, isNullable) }

    static func number(_ help: String, isNullable: Bool = false) -> JSONValue {
        typed("integer", help, isNullable, format: "int64")
    }

    static func flag(_ help: String) -> JSONValue { typed("boolean", help, false) }

    /// An instant in UTC, as in 2026-11-30T04:05:06Z.
    static func instant(_ help: String, isNullable: Bool = false) -> JSONValue {
        typed("string", help, isNullable, format: "date-time")
    }

    /// A day, as in 2026-11-30.
    static func day(_ help: String, isNullable: Bool = false) -> JSONValue {
        typed("string", help, isNullable, format: "date")
    }

    static func word(_ help: String, among words: [String], isNullable: Bool = false) -> JSONValue {
        var values = words.map { JSONValue.text($0) }
        if isNullable { values.append(.null) }
        return ["description": .text(help), "enum": .list(values)]
    }

    static func list(_ help: String, of items: JSONValue) -> JSONValue {
        ["type": "array", "description": .text(help), "items": items]
    }

    private static func typed(
        _ type: String, _ help: String, _ isNullable: Bool, format: String? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": isNullable ? .list([.text(type), "null"]) : .text(type), "description": .text(help),
        ]
        if let format { members["format"] = .text(format) }
        return .object(members)
    }
}
