internal import Foundation
internal import Hummingbird
internal import Inflow

/// Raw answers: those of the archive, and one that is asked for now.
struct RequestsPage: Sendable {
    let services: PageServices
    let pages: Pages

    private static let most = 100

    private struct Content {
        let address: String
        let answers: [Answer]
        let isEmpty: Bool
        let isArchiving: Bool
        let entities: [Choice]
        let askable: [Choice]
        let callsLeft: String?
        let earlier: String?
        let mayOperate: Bool
    }

    private struct Choice {
        let value: String
        let words: String
        let isChosen: Bool
    }

    private struct Answer {
        let address: String
        let id: Int64
        let entity: String
        let asked: String
        let when: String
        let run: Int64
        let bytes: String
    }

    private struct Body {
        let title: String
        let text: String
        let isCut: Bool
        let back: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/requests") { try await list($0) }
        routes.get("connections/:connection/requests/:answer") { asked in
            try body(await services.requests.body(try asked.number("answer"), of: try asked.named()), asked)
        }
        routes.post("connections/:connection/requests/live", .operate) { asked, form in
            let name = try asked.named()
            guard let entity = form["entity"], let key = form["key"] else {
                throw PageProblem(
                    .invalid, "Something is missing", "Choose records and give the key of one. Nothing was asked.",
                    remedy: .init("Requests", Address.connection(name) + "/requests"))
            }
            return try body(await services.requests.ask(entity, key: key, of: name, by: asked.doer), asked)
        }
    }

    private func body(_ body: AnswerBody, _ asked: PageRequest) throws -> Response {
        let content = Body(
            title: body.title, text: body.text, isCut: body.isCut,
            back: Address.connection(try asked.named()) + "/requests")
        return try pages.page("answer", title: body.title, content, for: asked, tab: .requests)
    }

    private func list(_ asked: PageRequest) async throws -> Response {
        let name = try asked.named()
        let entity = asked.question["entity"]
        let facts = try await services.requests.answers(
            of: name, entity: entity, before: asked.question["before"].flatMap { Int64($0) }, limit: Self.most)
        let address = Address.connection(name) + "/requests"
        let filter = entity.map { "&entity=\(Address.part($0))" } ?? ""
        let content = Content(
            address: address,
            answers: facts.answers.map { one in
                Answer(
                    address: "\(address)/\(one.id)", id: one.id, entity: EntityWords.plural(one.entity),
                    asked: one.asked, when: one.askedAt.text(in: facts.zone), run: one.run,
                    bytes: NumberText.grouped(one.bytes))
            }, isEmpty: facts.answers.isEmpty, isArchiving: facts.isArchiving,
            entities: facts.entities.map {
                Choice(value: $0, words: EntityWords.plural($0), isChosen: $0 == entity)
            }, askable: facts.askable.map { Choice(value: $0, words: EntityWords.plural($0), isChosen: false) },
            callsLeft: facts.callsLeft.map { NumberText.grouped($0) },
            earlier: facts.answers.count == Self.most
                ? facts.answers.last.map { "\(address)?before=\($0.id)\(filter)" } : nil,
            mayOperate: asked.may(.operate))
        return try pages.page("requests", title: "\(name): requests", content, for: asked, tab: .requests)
    }
}
