internal import Foundation
internal import Hummingbird
internal import Inflow

/// The first page: a card for each connection, in groups.
struct ConnectionsPage: Sendable {
    let services: PageServices
    let pages: Pages
    let now: Now

    private struct Content {
        let groups: [Group]
        let isEmpty: Bool
        let mayAdd: Bool
    }

    private struct Group {
        let label: String?
        let cards: [Card]
        let maySync: Bool
    }

    private struct Card {
        let name: String
        let address: String
        let organisation: String
        let platform: String
        let state: String
        let tone: String
        let lastRun: String
        let nextRun: String
        let token: String
        let tokenTone: String
        let errors: String
        let errorTone: String
        let fresh: String
        let trend: TrendChart
    }

    func register(_ routes: PageRoutes) {
        routes.get("/") { asked in
            let cards = try await services.connections.cards(now: now()).filter {
                asked.visitor.may(.view, with: $0.name)
            }
            return try pages.page("connections", title: "Connections", content(cards, asked), for: asked)
        }
        routes.post("groups/sync", .operate) { asked, form in
            guard let label = form["group"] else { throw PageProblem.noSuchPage }
            let cards = try await services.connections.cards(now: now()).filter {
                $0.group == label && asked.visitor.may(.operate, with: $0.name)
            }
            guard !cards.isEmpty else { throw PageProblem.noSuchPage }
            for card in cards { _ = try await services.runs.start(.syncAll, of: card.name, by: asked.doer) }
            return .seeOther("/", .queued)
        }
    }

    private func content(_ cards: [ConnectionCard], _ asked: PageRequest) -> Content {
        // Groups by their labels, and then what has none.
        let labels = Set(cards.compactMap(\.group)).sorted().map { Optional($0) } + [nil]
        let groups = labels.compactMap { label -> Group? in
            let members = cards.filter { $0.group == label }
            guard !members.isEmpty else { return nil }
            return Group(
                label: label, cards: members.map { card($0) },
                maySync: label != nil && members.contains { asked.visitor.may(.operate, with: $0.name) })
        }
        return Content(groups: groups, isEmpty: cards.isEmpty, mayAdd: asked.visitor.may(.administer))
    }

    private func card(_ card: ConnectionCard) -> Card {
        let now = now()
        let days = card.tokenEndsAt.map { Int(($0.timeIntervalSince(now) / 86_400).rounded(.down)) }
        return Card(
            name: card.name, address: Address.connection(card.name),
            organisation: card.organisation ?? "No organisation yet", platform: card.platform,
            state: card.state.words, tone: card.state.tone.rawValue,
            lastRun: card.lastRun.map { $0.named(in: card.zone) } ?? "none yet",
            nextRun: card.nextRun.map { $0.named(in: card.zone) } ?? "none",
            token: TokenWords.short(days), tokenTone: TokenWords.tone(days).rawValue,
            errors: card.errors == 0 ? "none" : NumberText.grouped(card.errors),
            errorTone: card.errors == 0 ? Tone.none.rawValue : Tone.bad.rawValue,
            fresh: card.freshAt.map { "within \(NumberText.span(now.timeIntervalSince($0)))" } ?? "not read yet",
            trend: TrendChart(card.trend, zone: card.zone))
    }
}
