internal import Foundation
internal import Hummingbird
internal import Inflow

/// Records and values that are not loaded, why, and what can be done.
struct RejectionsPage: Sendable {
    let services: PageServices
    let pages: Pages

    private static let most = 200

    private struct Content {
        let groups: [String]
        let rows: [Row]
        let isEmpty: Bool
        let isAll: Bool
        let more: String?
        let mayOperate: Bool
        let address: String
    }

    private struct Row {
        let id: Int64
        let isOpen: Bool
        let isDismissed: Bool
        let status: String
        let record: String
        let recordAddress: String
        let key: String
        let column: String
        let raw: String
        let words: String
        let seen: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/rejections") { asked in
            let name = try asked.named()
            let all = asked.question["all"] != nil
            let facts = try await services.completeness.rejections(of: name, all: all, limit: Self.most)
            return try pages.page(
                "rejections", title: "\(name): rejections", content(facts, all: all, name, asked), for: asked,
                tab: .rejections)
        }
        routes.post("connections/:connection/rejections/retry", .operate) { asked, form in
            try await act(asked, form, .retried) { try await services.completeness.retry($0, of: $1, by: $2) }
        }
        routes.post("connections/:connection/rejections/dismiss", .operate) { asked, form in
            try await act(asked, form, .dismissed) { try await services.completeness.dismiss($0, of: $1, by: $2) }
        }
        routes.post("connections/:connection/rejections/reopen", .operate) { asked, form in
            try await act(asked, form, .undone) { try await services.completeness.reopen($0, of: $1, by: $2) }
        }
    }

    private func act(
        _ asked: PageRequest, _ form: Form, _ notice: Notice,
        _ body: (_ ids: [Int64], _ name: String, _ by: Doer) async throws -> Void
    ) async throws -> Response {
        let name = try asked.named()
        let address = Address.connection(name) + "/rejections"
        let ids = form.all("id").compactMap { Int64($0) }
        guard !ids.isEmpty else {
            throw PageProblem(
                .invalid, "No rejection is chosen", "Tick the rejections that you mean. Nothing was changed.",
                remedy: .init("Rejections", address))
        }
        try await body(ids, name, asked.doer)
        return .seeOther(address, notice)
    }

    private func content(
        _ facts: RejectionFacts, all: Bool, _ name: String, _ asked: PageRequest
    ) -> Content {
        let connection = Address.connection(name)
        let rows = facts.entries.map { one in
            Row(
                id: one.id, isOpen: one.status == .open, isDismissed: one.status == .dismissed,
                status: one.status.rawValue, record: "\(EntityWords.plural(one.entity)) \(one.label)",
                recordAddress: "\(connection)/records/\(Address.part(one.entity))/\(Address.part(one.key))",
                key: one.key, column: one.column, raw: one.raw, words: one.words,
                seen: "\(one.timesSeen) time\(one.timesSeen == 1 ? "" : "s"), last in run \(one.lastRun), "
                    + one.lastSeenAt.text(in: facts.zone))
        }
        let hidden = all ? 0 : facts.open - rows.count
        return Content(
            groups: facts.groups, rows: rows, isEmpty: rows.isEmpty, isAll: all,
            more: hidden > 0 ? "\(NumberText.grouped(hidden)) more are not shown." : nil,
            mayOperate: asked.may(.operate), address: connection + "/rejections")
    }
}
