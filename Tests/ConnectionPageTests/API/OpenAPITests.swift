import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Inflow
import Testing

@testable import ConnectionPage

@Suite("OpenAPI document")
struct OpenAPITests {
    private func document() async throws -> JSONValue {
        let found = Found()
        try await APIFixture.run { api in
            let answer = try await api.send(.get, "/openapi.json", token: nil)
            #expect(answer.headers[.contentType] == "application/json")
            await found.keep(try answer.json)
        }
        return try #require(await found.document)
    }

    private actor Found {
        private(set) var document: JSONValue?
        func keep(_ document: JSONValue) { self.document = document }
    }

    /// Every operation with its path and method.
    private func operations(_ document: JSONValue) throws -> [String: JSONValue] {
        var operations: [String: JSONValue] = [:]
        for (path, methods) in try #require(document["paths"]?.members) {
            for (method, operation) in try #require(methods.members) {
                operations["\(method.uppercased()) /api/v1\(path)"] = operation
            }
        }
        return operations
    }

    @Test("Every address that the router answers is in the document, and the other way round")
    func routes() async throws {
        let registered = Set(
            try APIFixture.router(ScriptedAPI()).routes.map { route in
                let path = "\(route.path)".replacing(/:([a-z]+)/) { "{\($0.1)}" }
                return "\(route.method.rawValue) \(path.hasPrefix("/") ? path : "/" + path)"
            })
        #expect(registered.count > 20)
        #expect(Set(try operations(try await document()).keys) == registered)
    }

    @Test(
        "Operations have names of their own, their parts as parameters, an answer and a problem; references lead somewhere"
    )
    func structure() async throws {
        let document = try await document()
        #expect(document["openapi"] == "3.1.0" && document["info"]?["version"] == "1.2.3")
        let operations = try operations(document)
        #expect(Set(operations.values.map { $0["operationId"] }).count == operations.count)
        for (name, operation) in operations {
            let parts = name.matches(of: /\{([a-z]+)\}/).map { JSONValue.text(String($0.1)) }
            let inPath = (operation["parameters"]?.values ?? []).filter { $0["in"] == "path" }
            #expect(inPath.map { $0["name"] } == parts, "\(name)")
            #expect(inPath.allSatisfy { $0["required"] == .bool(true) })
            let answers = try #require(operation["responses"]?.members)
            #expect(answers["default"] != nil && answers.keys.contains { $0.hasPrefix("2") }, "\(name)")
            #expect((operation["security"] == []) == (name == "GET /api/v1/openapi.json"), "\(name)")
        }
        for reference in references(document) {
            var place: JSONValue? = document
            for part in reference.split(separator: "/").dropFirst() { place = place?[String(part)] }
            #expect(place != nil, "\(reference)")
        }
    }

    private func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            [members["$ref"]?.text].compactMap(\.self) + members.values.flatMap { references($0) }
        case .list(let values): values.flatMap { references($0) }
        default: []
        }
    }

    @Test("What is answered is what the document says, member by member and word by word")
    func answers() async throws {
        let document = try await document()
        let operations = try operations(document)
        var services = ScriptedAPI()
        services.requests = [RunRequest(number: 7, state: .done, run: 5, outcome: .green, error: nil)]
        services.deletions = [
            HeldDeletion(id: 1, entity: "job", key: "k", label: "J", status: .held, day: "2026-05-01", run: 2, why: nil)
        ]
        try await APIFixture.run(services) { api in
            for (name, operation) in operations {
                let words = name.split(separator: " ")
                let path = words[1].dropFirst("/api/v1".count).replacing("{connection}", with: "acme")
                    .replacing("{run}", with: "1").replacing("{request}", with: "7").replacing("{report}", with: "x")
                // Streams end with their own tests.
                guard !path.hasSuffix("/events"), let method = HTTPRequest.Method(String(words[0])) else { continue }
                let isBackfill = path.hasSuffix("/backfill")
                let sent = isBackfill ? "{\"from\":\"2024-01-01\"}" : "{\"ids\":[1]}"
                let body = operation["requestBody"]?["required"] == .bool(true) ? sent : nil
                let question = path.hasSuffix("/backfill/plan") ? "?from=2024-01-01" : ""
                let answer = try await api.send(method, String(path) + question, body)
                let said = try #require(operation["responses"]?["\(answer.status.code)"], "\(name): \(answer.text)")
                guard let content = said["content"] else {
                    #expect(answer.text.isEmpty, "\(name)")
                    continue
                }
                let type = try #require(answer.headers[.contentType])
                let schema = try #require(content[type]?["schema"], "\(name)")
                let faults = Conformance(document: document).faults(try answer.json, schema, at: name)
                #expect(faults.isEmpty)
            }
        }
    }
}

/// Whether a value is what a schema of the document says: the words of JSON Schema that the document uses.
struct Conformance {
    let document: JSONValue

    func faults(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
        if let reference = schema["$ref"]?.text {
            var target: JSONValue? = document
            for part in reference.split(separator: "/").dropFirst() { target = target?[String(part)] }
            guard let target else { return ["\(place): \(reference) leads nowhere"] }
            return faults(value, target, at: place)
        }
        var found: [String] = []
        if let words = schema["enum"]?.values, !words.contains(value) { found.append("\(place): \(value) is no word") }
        if let type = schema["type"] {
            let types = type.values ?? [type]
            if !types.contains(where: { fits(value, $0.text ?? "") }) {
                found.append("\(place): \(value) is no \(type)")
            }
        }
        if case .text(let text) = value {
            switch schema["format"]?.text {
            case "date-time":
                if text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) == nil { found.append("\(place): \(text)") }
            case "date": if LocalDate(text) == nil { found.append("\(place): \(text)") }
            default: break
            }
        }
        if let members = value.members, let properties = schema["properties"]?.members {
            for name in (schema["required"]?.values ?? []).compactMap(\.text) where members[name] == nil {
                found.append("\(place): \(name) is missing")
            }
            for (name, member) in members {
                guard let own = properties[name] else {
                    found.append("\(place): \(name) is not said")
                    continue
                }
                found += faults(member, own, at: "\(place).\(name)")
            }
        }
        if let values = value.values, let items = schema["items"] {
            for value in values { found += faults(value, items, at: "\(place)[]") }
        }
        return found
    }

    private func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .whole: type == "integer" || type == "number"
        case .real: type == "number"
        case .text: type == "string"
        case .list: type == "array"
        case .object: type == "object"
        }
    }
}
