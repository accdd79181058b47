internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// Who is told when something is wrong, with a button that sends a test.
struct AlertsPage: Sendable {
    let services: PageServices
    let pages: Pages

    private struct Content {
        let address: String
        let facts: AlertFacts
        let isOff: Bool
        let lines: [Line]
        let error: String?
        let hasIncidents: Bool
        let hasUndelivered: Bool
        let mails: [Choice]
    }

    private struct Line {
        let words: String
        let tone: String
    }

    private struct Choice {
        let value: String
        let isChosen: Bool
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/alerts", .administer) { asked in try await page(asked) }
        routes.post("connections/:connection/alerts", .administer) { asked, form in
            var change = AlertChange()
            (change.server, change.account) = (form["server"] ?? "", form["account"] ?? "")
            (change.sender, change.recipients) = (form["sender"] ?? "", form["recipients"] ?? "")
            (change.further, change.password) = (form["further"] ?? "", form.raw("password") ?? "")
            (change.webhook, change.secret) = (form["webhook"] ?? "", form.raw("secret") ?? "")
            change.isOn = form.isTicked("is_on")
            (change.digest, change.successMail) = (form["digest"] ?? "off", form["success_mail"] ?? "off")
            change.freshnessHours = form["freshness_hours"] ?? ""
            let name = try asked.named()
            do {
                try await services.alerts.change(change, of: name, by: asked.doer)
            } catch let problem as PageProblem where problem.kind == .invalid {
                return try await page(asked, error: problem.words)
            }
            return .seeOther(Address.connection(name) + "/alerts", .saved)
        }
        routes.post("connections/:connection/alerts/test", .administer) { asked, _ in
            let lines = try await services.alerts.test(of: try asked.named(), by: asked.doer)
            return try await page(
                asked, lines: lines.map { Line(words: $0.words, tone: ($0.isSent ? Tone.good : .bad).rawValue) })
        }
    }

    private func page(_ asked: PageRequest, lines: [Line] = [], error: String? = nil) async throws -> Response {
        let name = try asked.named()
        let facts = try await services.alerts.alerts(of: name)
        let content = Content(
            address: Address.connection(name) + "/alerts", facts: facts, isOff: !facts.isOn, lines: lines, error: error,
            hasIncidents: !facts.incidents.isEmpty, hasUndelivered: !facts.undelivered.isEmpty,
            mails: ["off", "always", "only-when-changed"].map { Choice(value: $0, isChosen: $0 == facts.successMail) })
        return try pages.page(
            "alerts", title: "\(name): alerts", content, for: asked, tab: .alerts,
            status: error == nil ? .ok : .unprocessableContent)
    }
}
