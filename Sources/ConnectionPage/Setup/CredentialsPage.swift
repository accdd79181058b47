internal import Foundation
internal import Hummingbird
internal import Inflow

/// The login by which Power BI, Excel and others read a connection's rows.
struct CredentialsPage: Sendable {
    let services: PageServices
    let pages: Pages

    private struct Content {
        let address: String
        let hasLogin: Bool
        let login: Login?
    }

    private struct Login {
        let fields: [Field]
        let strings: [Field]
        let password: String?
        let sql: String?
    }

    private struct Field {
        let id: String
        let name: String
        let value: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/credentials", .administer) { asked in
            try page(asked, try await services.setup.credentials(of: try asked.named()))
        }
        routes.post("connections/:connection/credentials", .administer) { asked, _ in
            // Shown here and nowhere else, so there is no page to lead to.
            try page(asked, try await services.setup.makeCredentials(of: try asked.named(), by: asked.doer))
        }
    }

    private func page(_ asked: PageRequest, _ login: ReaderLogin?) throws -> Response {
        let name = try asked.named()
        let content = Content(
            address: Address.connection(name) + "/credentials", hasLogin: login != nil, login: login.map(view))
        return try pages.page(
            "credentials", title: "\(name): database credentials", content, for: asked, tab: .credentials)
    }

    private func view(_ login: ReaderLogin) -> Login {
        func fields(_ pairs: [(String, String)], _ prefix: String) -> [Field] {
            pairs.enumerated().map { Field(id: "\(prefix)\($0.offset)", name: $0.element.0, value: $0.element.1) }
        }
        return Login(
            fields: fields(
                [("Host", login.host), ("Port", login.port), ("Database", login.database), ("User", login.user)],
                "field"),
            strings: fields(login.strings.map { ($0.tool, $0.text) }, "string"), password: login.password,
            sql: login.sql)
    }
}
