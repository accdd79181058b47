internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow
internal import NIOCore

/// A request of a program whose token, question and body have been checked against the route.
struct APIRequest: Sendable {
    let visitor: Visitor
    let client: Client
    /// The token, by which a long answer finds out whether it is still good.
    let token: String
    let parameters: Parameters
    let question: Form
    let body: [String: JSONValue]

    /// Who asks, for the list of who did what.
    var doer: Doer { Doer(visitor.actor, from: client.address) }

    /// The connection's name, on routes that have one.
    func named() throws -> String { try part("connection") }

    func part(_ name: String) throws -> String {
        guard let text = parameters.get(name)?.removingPercentEncoding else { throw APIProblem.noSuchAddress }
        return text
    }

    func number(_ name: String) throws -> Int64 {
        guard let number = Int64(try part(name)) else { throw APIProblem.noSuchAddress }
        return number
    }

    // MARK: the question

    /// A day of the question; `nil` where it has none of that name.
    func askedDay(_ name: String) throws -> LocalDate? {
        try question[name].map { try APIRequest.day($0, name) }
    }

    /// A number of the question between two, or what stands for none.
    func askedNumber(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = question[name] else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw APIProblem.invalid(
                "\"\(name)\" is not such a number",
                "It is a whole number from \(range.lowerBound) to \(range.upperBound). Inflow did nothing.")
        }
        return number
    }

    func askedFlag(_ name: String) throws -> Bool {
        switch question[name] {
        case nil, "false": return false
        case "true": return true
        default: throw APIProblem.invalid("\"\(name)\" is true or false", "Inflow did nothing.")
        }
    }

    // MARK: the body

    func day(_ name: String) throws -> LocalDate? { try text(name).map { try APIRequest.day($0, name) } }

    /// A text of the body; `nil` where it is missing or null.
    func text(_ name: String) throws -> String? {
        switch body[name] {
        case nil, .null: return nil
        case .text(let text): return text
        default: throw APIRequest.wrong(name, "a text")
        }
    }

    func flag(_ name: String) throws -> Bool? {
        switch body[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        default: throw APIRequest.wrong(name, "true or false")
        }
    }

    func texts(_ name: String) throws -> [String] {
        guard let value = body[name], value != .null else { return [] }
        guard case .list(let values) = value else { throw APIRequest.wrong(name, "a list of texts") }
        return try values.map { value in
            guard case .text(let text) = value else { throw APIRequest.wrong(name, "a list of texts") }
            return text
        }
    }

    /// The numbers of what is decided about: one at least, since none would mean all.
    func ids() throws -> [Int64] {
        guard case .list(let values) = body["ids"], !values.isEmpty, values.count <= 10_000 else {
            throw APIRequest.wrong("ids", "a list of 1 to 10,000 numbers")
        }
        return try values.map { value in
            guard case .whole(let number) = value else {
                throw APIRequest.wrong("ids", "a list of 1 to 10,000 numbers")
            }
            return number
        }
    }

    private static func day(_ text: String, _ name: String) throws -> LocalDate {
        guard let day = LocalDate(text) else {
            throw APIProblem.invalid(
                "\"\(name)\" is not a day", "Write a day as in 2026-11-30. Inflow did nothing.")
        }
        return day
    }

    private static func wrong(_ name: String, _ what: String) -> APIProblem {
        .invalid("\"\(name)\" is not what it should be", "It is \(what). Inflow did nothing.")
    }
}

/// Who stands before the door of the API: finds the token, and checks what it may do and what was sent.
struct APIGate: Sendable {
    let entry: any APIEntryService
    let gate: Gate

    private static let mostBytes = 1 << 20
    private static let mostToken = 200

    /// The request of a route, after all checks; a cookie counts for nothing.
    func checked(_ request: Request, _ context: PageContext, _ route: APIRoute, _ right: PageRight) async throws
        -> APIRequest
    {
        guard let token = APIGate.token(request, takesPassword: route.takesPassword) else { throw APIProblem.noToken }
        let client = gate.client(request, context)
        let visitor: Visitor
        switch try await entry.enter(token: token, from: client) {
        case .entered(let known): visitor = known
        case .refused: throw APIProblem.badToken
        case .locked(let end): throw APIProblem.tooMany(until: end)
        }
        let connection = context.parameters.get("connection")?.removingPercentEncoding
        // A connection that the token is not for does not exist for it.
        if let connection, !visitor.may(.view, with: connection) { throw APIProblem.noSuchConnection }
        guard visitor.may(right, with: connection) else { throw APIProblem.onlyReads }
        return APIRequest(
            visitor: visitor, client: client, token: token, parameters: context.parameters,
            question: try APIGate.question(request, route), body: try await APIGate.body(request, route))
    }

    /// The token of a request; `nil` where it sent none.
    static func token(_ request: Request, takesPassword: Bool) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let value = parts[1].trimmingCharacters(in: .whitespaces)
        switch parts[0].lowercased() {
        case "bearer": return String(value.prefix(mostToken))
        case "basic" where takesPassword:
            guard let data = Data(base64Encoded: String(value.prefix(2_000))), let colon = data.firstIndex(of: 0x3A)
            else { return nil }
            return String(String(decoding: data[data.index(after: colon)...], as: UTF8.self).prefix(mostToken))
        default: return nil
        }
    }

    private static func question(_ request: Request, _ route: APIRoute) throws -> Form {
        let form = Form(request.uri.query ?? "")
        let known = route.question.map(\.name)
        // A misspelt condition must not read as none.
        if let unknown = form.names.first(where: { !known.contains($0) }) {
            throw unknownName(unknown, known, "the question")
        }
        if let missing = route.question.first(where: { $0.isRequired && form[$0.name] == nil }) {
            throw APIProblem.invalid(
                "\"\(missing.name)\" is missing", "The question needs it. Inflow did nothing.")
        }
        return form
    }

    private static func body(_ request: Request, _ route: APIRoute) async throws -> [String: JSONValue] {
        guard let members = route.body else { return [:] }
        var request = request
        let buffer = try await request.collectBody(upTo: mostBytes)
        let text = String(buffer: buffer)
        let isEmpty = text.allSatisfy(\.isWhitespace)
        var body: [String: JSONValue] = [:]
        if !isEmpty {
            guard case .object(let sent) = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
                throw APIProblem(
                    .badRequest, "The body is no JSON object", "Send a JSON object. Inflow did nothing.")
            }
            body = sent
        }
        let known = members.map(\.name)
        if let unknown = body.keys.sorted().first(where: { !known.contains($0) }) {
            throw unknownName(unknown, known, "the body")
        }
        if let missing = members.first(where: { $0.isRequired && body[$0.name] == nil }) {
            throw APIProblem.invalid(
                "\"\(missing.name)\" is missing", "The body needs it. Inflow did nothing.")
        }
        return body
    }

    private static func unknownName(_ name: String, _ known: [String], _ place: String) -> APIProblem {
        .invalid(
            "\"\(name.prefix(60))\" is not known",
            known.isEmpty
                ? "Nothing stands in \(place) here. Inflow did nothing."
                : "In \(place) may stand: \(known.joined(separator: ", ")). Inflow did nothing.")
    }
}
