internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// A new connection, and the consent that the browser comes back from.
struct NewConnectionPage: Sendable {
    let services: PageServices
    let pages: Pages
    let doors: Doors

    private struct Content {
        let name: String
        let clientID: String
        let zone: String
        let zones: [String]
        let months: [Month]
        let windowMonths: String
        let apiURL: String
        let tokenURL: String
        let authoriseURL: String
        let callback: String
        let error: String?
    }

    private struct Month {
        let number: Int
        let words: String
        let isChosen: Bool
    }

    private struct Authorise {
        let name: String
        let address: String
        let callback: String
    }

    private struct Choices {
        let name: String
        let choices: [OrganisationChoice]
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    func register(_ routes: PageRoutes) {
        routes.get("new-connection", .administer) { asked in try page(asked, Form(""), error: nil) }
        routes.post("new-connection", .administer) { asked, form in
            do {
                let name = try await add(form, asked)
                return .seeOther(Address.connection(name) + "/authorise")
            } catch let problem as PageProblem where problem.kind == .invalid || problem.kind == .conflict {
                return try page(asked, form, error: problem.words)
            }
        }
        // A page of its own: a form may lead to no other site, so the way there begins with a link.
        routes.get("connections/:connection/authorise", .administer) { asked in
            let name = try asked.named()
            let content = Authorise(
                name: name, address: Address.connection(name) + "/consent", callback: callback(asked.request))
            return try pages.page(
                "authorise", title: "\(name): authorisation", content, for: asked, tab: .overview)
        }
        routes.get("connections/:connection/consent", .administer) { asked in
            let url = try await services.setup.beginConsent(
                of: try asked.named(), comingBackTo: callback(asked.request), session: asked.visitor.session)
            return .redirect(to: url, type: .normal)
        }
        routes.get("callback", .view) { asked in
            try step(
                await services.setup.finishConsent(
                    asked.request.uri.string, session: asked.visitor.session, by: asked.doer), asked)
        }
        routes.post("callback", .view) { asked, form in
            guard let organisation = form["organisation"] else { throw PageProblem.noSuchPage }
            return try step(
                await services.setup.choose(organisation, session: asked.visitor.session, by: asked.doer), asked)
        }
    }

    private func step(_ step: ConsentStep, _ asked: PageRequest) throws -> Response {
        switch step {
        case .done(let name): return .seeOther(Address.connection(name), .authorised)
        case .choose(let name, let choices):
            return try pages.page(
                "organisation", title: "Which organisation is \(name)?", Choices(name: name, choices: choices),
                for: asked)
        }
    }

    /// Where the platform sends the browser back to: this server, by the name that the browser knows it by.
    private func callback(_ request: Request) -> String {
        "\(doors.isSecure ? "https" : "http")://\(request.head.authority ?? "")/callback"
    }

    private func page(_ asked: PageRequest, _ form: Form, error: String?) throws -> Response {
        let content = Content(
            name: form["name"] ?? "", clientID: form["client_id"] ?? "",
            zone: form["time_zone"] ?? TimeZone.current.identifier,
            zones: TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") },
            months: Self.months.enumerated().map { place, words in
                Month(number: place + 1, words: words, isChosen: form["fiscal_year_start"] ?? "4" == "\(place + 1)")
            },
            windowMonths: form["window_months"] ?? "2", apiURL: form["api_url"] ?? "",
            tokenURL: form["token_url"] ?? "", authoriseURL: form["authorise_url"] ?? "",
            callback: callback(asked.request), error: error)
        return try pages.page(
            "new-connection", title: "New connection", content, for: asked,
            status: error == nil ? .ok : .unprocessableContent)
    }

    private func add(_ form: Form, _ asked: PageRequest) async throws -> String {
        guard let name = form["name"], let id = form["client_id"], let secret = form["client_secret"] else {
            throw PageProblem(
                .invalid, "Something is missing",
                "A connection needs a name, and the client id and secret of your application. Nothing was added.")
        }
        let fields = [
            ("time_zone", "time-zone"), ("fiscal_year_start", "fiscal-year-start"), ("window_months", "window-months"),
            ("api_url", "api-url"), ("token_url", "token-url"), ("authorise_url", "authorise-url"),
        ]
        let settings = fields.compactMap { field, setting in form[field].map { (name: setting, value: $0) } }
        try await services.setup.add(
            NewConnection(name: name, clientID: id, clientSecret: secret, settings: settings), by: asked.doer)
        return name
    }
}
