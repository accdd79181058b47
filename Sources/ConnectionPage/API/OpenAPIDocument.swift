internal import HTTPTypes
internal import Inflow

/// The description of the API for programs and people: OpenAPI 3.1, made of the routes themselves.
struct OpenAPIDocument {
    let routes: [APIRoute]
    let version: String

    var json: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Inflow", "version": .text(version),
                "description": .text(
                    "Connections of Inflow: how they stand, their runs, reports and decisions. Send a token of \"inflow "
                        + "api-token add\" as \"Authorization: Bearer TOKEN\". Instants are ISO 8601 in UTC, days are "
                        + "yyyy-MM-dd."),
            ],
            "servers": [["url": .text(APIRoute.base)]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer"],
                    "password": [
                        "type": "http", "scheme": "basic", "description": "The token is the password; any user name.",
                    ],
                ],
                "schemas": .object(schemas),
                "responses": [
                    "Problem": [
                        "description": "It was not done. The detail says why, and what can be done.",
                        "content": ["application/problem+json": ["schema": APIDocuments.problem.reference]],
                    ]
                ],
            ],
        ]
    }

    private var paths: [String: JSONValue] {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        return paths.mapValues { .object($0) }
    }

    private var schemas: [String: JSONValue] {
        routes.reduce(into: APIDocuments.problem.schemas) { all, route in all.merge(route.answer.schemas) { $1 } }
    }

    private func operation(_ route: APIRoute) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .text(route.id), "summary": .text(route.summary), "security": security(route),
            "responses": ["\(route.answer.status.code)": answer(route.answer), "default": problem],
        ]
        let parameters = route.parts.map { part($0) } + route.question.map { asked($0) }
        if !parameters.isEmpty { members["parameters"] = .list(parameters) }
        if let body = route.body { members["requestBody"] = self.body(body) }
        return .object(members)
    }

    private var problem: JSONValue { ["$ref": "#/components/responses/Problem"] }

    /// A role is the scope that a token needs.
    private func security(_ route: APIRoute) -> JSONValue {
        guard let right = route.right else { return [] }
        let scope: JSONValue = [.text((right == .view ? APIScope.read : .operate).rawValue)]
        return route.takesPassword ? [["token": scope], ["password": scope]] : [["token": scope]]
    }

    private func part(_ name: String) -> JSONValue {
        let isNumber = ["run", "request"].contains(name)
        return [
            "name": .text(name), "in": "path", "required": .bool(true),
            "schema": isNumber ? APISchema.number("A number.") : APISchema.text("A name."),
        ]
    }

    private func asked(_ parameter: APIParameter) -> JSONValue {
        [
            "name": .text(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
            "schema": parameter.schema,
        ]
    }

    private func body(_ members: [APIParameter]) -> JSONValue {
        let required = members.filter(\.isRequired).map { JSONValue.text($0.name) }
        var schema: [String: JSONValue] = [
            "type": "object", "additionalProperties": .bool(false),
            "properties": .object(Dictionary(members.map { ($0.name, $0.schema) }, uniquingKeysWith: { $1 })),
        ]
        if !required.isEmpty { schema["required"] = .list(required) }
        return [
            "required": .bool(!required.isEmpty), "content": ["application/json": ["schema": .object(schema)]],
        ]
    }

    private func answer(_ answer: APIAnswer) -> JSONValue {
        var members: [String: JSONValue] = ["description": .text(answer.help)]
        if let type = answer.type { members["content"] = [type: ["schema": answer.schema]] }
        if answer.hasLocation {
            members["headers"] = [
                "Location": [
                    "description": "The address of the request in the queue.",
                    "schema": ["type": "string"],
                ]
            ]
        }
        return .object(members)
    }
}
