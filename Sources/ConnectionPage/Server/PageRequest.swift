internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// A request of a visitor whose right to it has been checked.
struct PageRequest: Sendable {
    let request: Request
    let visitor: Visitor
    /// The connection that the address names; `nil` where it names none.
    let connection: String?
    /// Where the request comes from.
    let client: Client
    /// The parts of the address that the route names.
    let parameters: Parameters
    /// The question of the address.
    let question: Form

    init(_ request: Request, _ context: PageContext, _ visitor: Visitor, _ client: Client) {
        (self.request, self.visitor, self.client) = (request, visitor, client)
        parameters = context.parameters
        connection = PageRequest.text(context.parameters, "connection")
        question = Form(request.uri.query ?? "")
    }

    /// The connection's name, on routes that have one.
    func named() throws -> String {
        guard let connection else { throw PageProblem.noSuchPage }
        return connection
    }

    /// A part of the address; the page does not exist without it.
    func part(_ name: String) throws -> String {
        guard let text = PageRequest.text(parameters, name) else { throw PageProblem.noSuchPage }
        return text
    }

    /// A part of the address that is a number.
    func number(_ name: String) throws -> Int64 {
        guard let number = Int64(try part(name)) else { throw PageProblem.noSuchPage }
        return number
    }

    /// Who asks, for the list of who did what.
    var doer: Doer { Doer(visitor.actor, from: client.address) }

    /// Whether the visitor may do something with this connection.
    func may(_ right: PageRight) -> Bool { visitor.may(right, with: connection) }

    /// What was done before this page.
    var notice: Notice? { question["done"].flatMap { Notice(rawValue: $0) } }

    private static func text(_ parameters: Parameters, _ name: String) -> String? {
        parameters.get(name).flatMap { $0.removingPercentEncoding }
    }
}

extension PageProblem {
    /// The address leads nowhere.
    static let noSuchPage = PageProblem(
        .notFound, "There is no such page", "The address leads nowhere. Nothing was changed.",
        remedy: .init("All connections", "/"))
}

extension Response {
    /// Leads the browser to another page with a notice; what it sent is not sent again by a reload.
    static func seeOther(_ address: String, _ notice: Notice? = nil) -> Response {
        let mark = address.contains("?") ? "&" : "?"
        return .redirect(to: address + (notice.map { "\(mark)done=\($0.rawValue)" } ?? ""), type: .normal)
    }
}
