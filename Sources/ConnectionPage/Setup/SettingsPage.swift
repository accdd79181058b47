internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// The settings of a connection, its group and name, and its removal.
struct SettingsPage: Sendable {
    let services: PageServices
    let pages: Pages
    let now: Now

    private struct Content {
        let address: String
        let settings: [Setting]
        let name: String
        let group: String
        let error: String?
    }

    private struct Setting {
        let name: String
        let help: String
        let standard: String
        let value: String
        let isChanged: Bool
    }

    private struct Removed {
        let name: String
        let left: String?
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/settings", .administer) { asked in try await page(asked, error: nil) }
        routes.post("connections/:connection/settings", .administer) { asked, form in
            try await acted(asked, then: .saved) { name in
                // Only what differs is changed, so that two people do not undo each other's work.
                let now = try await services.setup.settings(of: name)
                let changes = now.compactMap { fact in
                    form.raw(fact.name).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                        .flatMap { $0 == fact.value ? nil : (name: fact.name, value: $0) }
                }
                if !changes.isEmpty { try await services.setup.change(changes, of: name, by: asked.doer) }
            }
        }
        routes.post("connections/:connection/group", .administer) { asked, form in
            try await acted(asked, then: .saved) { name in
                try await services.setup.setGroup(form["group"], of: name, by: asked.doer)
            }
        }
        routes.post("connections/:connection/rename", .administer) { asked, form in
            let name = try asked.named()
            guard let new = form["name"] else { throw PageProblem.noSuchPage }
            try await services.setup.rename(name, to: new, by: asked.doer)
            return .seeOther(Address.connection(new) + "/settings", .saved)
        }
        routes.post("connections/:connection/remove", .administer) { asked, form in
            let name = try asked.named()
            guard form["confirm"] == name else {
                throw PageProblem(
                    .invalid, "The name does not match",
                    "Nothing was removed. Type the name of the connection as it is.",
                    remedy: .init("Settings", Address.connection(name) + "/settings"))
            }
            let left = try await services.setup.remove(
                name, keepingRecords: form.isTicked("keep"), by: asked.doer)
            guard let left else { return .seeOther("/", .removed) }
            return try pages.page("removed", title: "\(name) is removed", Removed(name: name, left: left), for: asked)
        }
    }

    private func acted(
        _ asked: PageRequest, then notice: Notice, _ body: (_ name: String) async throws -> Void
    ) async throws -> Response {
        let name = try asked.named()
        do {
            try await body(name)
        } catch let problem as PageProblem where problem.kind == .invalid {
            return try await page(asked, error: problem.words)
        }
        return .seeOther(Address.connection(name) + "/settings", notice)
    }

    private func page(_ asked: PageRequest, error: String?) async throws -> Response {
        let name = try asked.named()
        let facts = try await services.setup.settings(of: name)
        let card = try await services.connections.cards(now: now()).first { $0.name == name }
        let content = Content(
            address: Address.connection(name),
            settings: facts.map {
                Setting(
                    name: $0.name, help: $0.help, standard: $0.standard.isEmpty ? "none" : $0.standard, value: $0.value,
                    isChanged: $0.value != $0.standard)
            }, name: name, group: card?.group ?? "", error: error)
        return try pages.page(
            "settings", title: "\(name): settings", content, for: asked, tab: .settings,
            status: error == nil ? .ok : .unprocessableContent)
    }
}
