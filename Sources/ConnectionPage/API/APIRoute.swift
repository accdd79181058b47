internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// One address of the API with one method: how it is registered, and what the OpenAPI document says of it.
struct APIRoute: Sendable {
    let method: HTTPRequest.Method
    /// The address below `/api/v1`, with parts in braces: `/connections/{connection}`.
    let path: String
    /// Its name in programs that are made from the OpenAPI document.
    let id: String
    let summary: String
    /// What a token needs; `nil` where no token is needed.
    var right: PageRight? = .view
    /// Whether the token may also come as the password of Basic authentication.
    var takesPassword = false
    /// The names that the address's question may have.
    var question: [APIParameter] = []
    /// What the body holds; `nil` where a body is not read.
    var body: [APIParameter]?
    let answer: APIAnswer
    let handle: @Sendable (APIRequest) async throws -> Response

    static let base = "/api/v1"

    /// The address as the router takes it.
    var routerPath: RouterPath {
        RouterPath((APIRoute.base + path).replacing("{", with: ":").replacing("}", with: ""))
    }

    /// The names of the parts in braces.
    var parts: [String] { path.matches(of: /\{([a-z]+)\}/).map { String($0.1) } }

    /// Whether an address is this one, whatever stands in place of its parts in braces.
    func matches(_ address: String) -> Bool {
        let (own, other) = (APIRoute.base + path, address)
        let pairs = (own.split(separator: "/"), other.split(separator: "/"))
        return pairs.0.count == pairs.1.count
            && zip(pairs.0, pairs.1).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

/// A part of a question, or a member of a body.
struct APIParameter: Sendable {
    let name: String
    let schema: JSONValue
    var isRequired = false

    static func day(_ name: String, _ help: String) -> APIParameter {
        APIParameter(name: name, schema: APISchema.day(help))
    }
    static func number(_ name: String, _ help: String) -> APIParameter {
        APIParameter(name: name, schema: APISchema.number(help))
    }
    static func flag(_ name: String, _ help: String) -> APIParameter {
        APIParameter(name: name, schema: APISchema.flag(help))
    }
    static func text(_ name: String, _ help: String) -> APIParameter {
        APIParameter(name: name, schema: APISchema.text(help))
    }
    static func texts(_ name: String, _ help: String) -> APIParameter {
        APIParameter(name: name, schema: APISchema.list(help, of: ["type": "string"]))
    }
    static func word(_ name: String, _ help: String, among words: [String]) -> APIParameter {
        APIParameter(name: name, schema: APISchema.word(help, among: words))
    }
    static func ids(_ help: String) -> APIParameter {
        APIParameter(
            name: "ids", schema: APISchema.list(help, of: ["type": "integer", "format": "int64"]), isRequired: true)
    }
}

/// What a route answers when all is well.
struct APIAnswer: Sendable {
    let status: HTTPResponse.Status
    let help: String
    /// The type of its body; `nil` where it has none.
    var type: String?
    var schema: JSONValue = [:]
    /// The named schemas that ``schema`` refers to.
    var schemas: [String: JSONValue] = [:]
    /// Whether it says where what was asked for is watched.
    var hasLocation = false

    static func document<Source>(_ shape: APIShape<Source>, _ status: HTTPResponse.Status = .ok) -> APIAnswer {
        APIAnswer(
            status: status, help: shape.help, type: "application/json", schema: shape.reference,
            schemas: shape.schemas)
    }

    /// A run was asked for.
    static var started: APIAnswer {
        var answer = document(APIDocuments.started, .accepted)
        answer.hasLocation = true
        return answer
    }

    static func nothing(_ status: HTTPResponse.Status, _ help: String) -> APIAnswer {
        APIAnswer(status: status, help: help)
    }

    /// Server-sent events with the documents of these shapes as data.
    static func events(_ help: String, _ schemas: [String: JSONValue]) -> APIAnswer {
        APIAnswer(
            status: .ok, help: help, type: "text/event-stream", schema: ["type": "string"], schemas: schemas)
    }
}
