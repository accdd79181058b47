internal import Foundation
internal import Hummingbird
internal import Inflow

/// What deserves a look although it was loaded: contradictions, and elements that Inflow does not know.
struct FindingsPages: Sendable {
    let services: PageServices
    let pages: Pages
    private let findings: SharedReading<NumberedConnection, QualityFacts>

    private static let most = 50

    init(services: PageServices, pages: Pages) {
        (self.services, self.pages) = (services, pages)
        findings = SharedReading(age: .zero, rest: 50) {
            try await services.completeness.quality(of: $0.name, limit: Self.most)
        }
    }

    private struct Quality {
        let readAt: String
        let kinds: [Kind]
        let isEmpty: Bool
    }

    private struct Kind {
        let kind: String
        let facts: String
        let findings: [Finding]
    }

    private struct Finding {
        let entity: String
        let key: String
        let hasKey: Bool
        let address: String
        let words: String
    }

    private struct Drift {
        let elements: [Element]
        let isEmpty: Bool
    }

    private struct Element {
        let table: String
        let path: String
        let example: String
        let firstSeen: String
        let lastSeen: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/quality") { asked in
            let name = try asked.named()
            let found = try await findings.reading(of: NumberedConnection(name, services.connections))
            return try pages.page("quality", title: "\(name): quality", quality(found, name), for: asked, tab: .quality)
        }
        routes.get("connections/:connection/drift") { asked in
            let name = try asked.named()
            let elements = try await services.completeness.drift(of: name).map {
                Element(
                    table: $0.table, path: $0.path, example: $0.example, firstSeen: $0.firstSeen, lastSeen: $0.lastSeen)
            }
            let content = Drift(elements: elements, isEmpty: elements.isEmpty)
            return try pages.page("drift", title: "\(name): drift", content, for: asked, tab: .drift)
        }
    }

    private func quality(_ found: SharedReading<NumberedConnection, QualityFacts>.Reading, _ name: String) -> Quality {
        let kinds = found.value.kinds
        let records = Address.connection(name) + "/records/"
        return Quality(
            readAt: found.readAt.named(in: found.value.zone),
            kinds: kinds.map { kind in
                Kind(
                    kind: kind.kind.replacingOccurrences(of: "_", with: " "),
                    facts: "\(NumberText.grouped(kind.count)) findings of \(NumberText.grouped(kind.causes)) causes"
                        + (kind.causes > kind.first.count ? ", the first \(kind.first.count) causes below" : ""),
                    findings: kind.first.map { one in
                        Finding(
                            entity: EntityWords.plural(one.entity), key: one.key, hasKey: !one.key.isEmpty,
                            address: records + "\(Address.part(one.entity))/\(Address.part(one.key))", words: one.words)
                    })
            }, isEmpty: kinds.isEmpty)
    }
}
