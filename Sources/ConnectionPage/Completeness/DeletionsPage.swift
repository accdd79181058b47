internal import Foundation
internal import Hummingbird
internal import Inflow

/// Rows that are missing from the platform in such numbers that a person decides about them.
struct DeletionsPage: Sendable {
    let services: PageServices
    let pages: Pages

    private struct Content {
        let groups: [Group]
        let others: [Row]
        let hasHeld: Bool
        let hasOthers: Bool
        let mayOperate: Bool
        let address: String
    }

    private struct Group {
        let words: String
        let rows: [Row]
        let ids: [Int64]
        let count: String
    }

    private struct Row {
        let id: Int64
        let entity: String
        let label: String
        let key: String
        let day: String
        let run: Int64
        let why: String
        let status: String
        let canReconsider: Bool
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/deletions") { asked in
            let name = try asked.named()
            let rows = try await services.completeness.deletions(of: name)
            return try pages.page(
                "deletions", title: "\(name): held deletions", content(rows, name, asked), for: asked, tab: .deletions)
        }
        routes.post("connections/:connection/deletions/approve", .operate) { try await decide($0, $1, approving: true) }
        routes.post("connections/:connection/deletions/reject", .operate) { try await decide($0, $1, approving: false) }
        routes.post("connections/:connection/deletions/reconsider", .operate) { asked, form in
            let name = try asked.named()
            let ids = form.all("id").compactMap { Int64($0) }
            guard try await services.completeness.reconsider(ids, of: name, by: asked.doer) > 0 else {
                throw PageProblem(
                    .conflict, "It is too late to take that back",
                    "The rows were marked as deleted since, or WorkflowMax lists them again. Nothing was changed.",
                    remedy: .init("Held deletions", Address.connection(name) + "/deletions"))
            }
            return .seeOther(Address.connection(name) + "/deletions", .undone)
        }
    }

    private func decide(_ asked: PageRequest, _ form: Form, approving: Bool) async throws -> Response {
        let name = try asked.named()
        let address = Address.connection(name) + "/deletions"
        let ids = form.all("id").compactMap { Int64($0) }
        guard !ids.isEmpty else {
            throw PageProblem(
                .invalid, "No row is chosen", "Tick the rows that you decide about. Nothing was changed.",
                remedy: .init("Held deletions", address))
        }
        try await services.completeness.decide(approving: approving, ids, of: name, by: asked.doer)
        return .seeOther(address, approving ? .approved : .rejected)
    }

    private func content(_ rows: [HeldDeletion], _ name: String, _ asked: PageRequest) -> Content {
        let held = rows.filter { $0.status == .held }
        let groups = Dictionary(grouping: held) { $0.entity }.sorted { $0.key < $1.key }.map { entity, rows in
            Group(
                words: EntityWords.plural(entity), rows: rows.map(row), ids: rows.map(\.id),
                count: NumberText.grouped(rows.count))
        }
        let others = rows.filter { $0.status != .held }.map(row)
        return Content(
            groups: groups, others: others, hasHeld: !held.isEmpty, hasOthers: !others.isEmpty,
            mayOperate: asked.may(.operate), address: Address.connection(name) + "/deletions")
    }

    private func row(_ one: HeldDeletion) -> Row {
        Row(
            id: one.id, entity: EntityWords.plural(one.entity), label: one.label, key: one.key, day: one.day ?? "–",
            run: one.run, why: one.why ?? "", status: words(one.status),
            canReconsider: one.status == .approved || one.status == .kept)
    }

    private func words(_ status: MissingRowStatus) -> String {
        switch status {
        case .missing: "missing; Inflow looks for it"
        case .gone: "proved to be gone"
        case .held: "waits for you"
        case .approved: "approved; Inflow checks once more"
        case .kept: "kept"
        }
    }
}
