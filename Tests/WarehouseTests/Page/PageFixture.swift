import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// A warehouse with the stores of the page; passwords cost next to nothing here.
struct PageFixture {
    static let password = "correct horse battery"
    static let doer = Doer(.command(account: "root on here"))

    let warehouse: Warehouse
    let users: UserStore
    let sessions: PageSessionStore
    let links: OneTimeLinkStore
    let tokens: APITokenStore
    let audit: AuditLog

    init(hashing: PasswordHashing = PasswordHashing(cost: .ofTests)) throws {
        warehouse = Warehouse(url: try TestDatabase.current.url)
        users = UserStore(warehouse, hashing: hashing)
        sessions = PageSessionStore(warehouse)
        links = OneTimeLinkStore(warehouse)
        tokens = APITokenStore(warehouse)
        audit = AuditLog(warehouse)
    }

    /// Adds a user.
    @discardableResult
    func add(
        _ name: String, _ role: PageRole = .admin, for scope: PageScope = .all, password: String = password
    ) async throws -> PageUser {
        let name = try PageName(name)
        return try await users.add(
            name, role, for: scope, password: try NewPassword(password, of: name), by: PageFixture.doer)
    }

    /// Signs in with the right password.
    func signIn(_ name: String, replacing before: String? = nil) async throws -> NewPageSession? {
        guard case .fits(let user) = try await authenticate(name) else { return nil }
        return try await sessions.begin(
            for: user, address: "192.0.2.1", userAgent: "Browser/1", replacing: before)
    }

    func authenticate(
        _ name: String, _ password: String = password, from address: String = "192.0.2.1"
    ) async throws -> SignInOutcome {
        try await users.authenticate(name: name, password: password, from: address)
    }

    /// Rows as text, values joined by a bar; `∅` is null.
    @discardableResult
    func rows(_ sql: String, _ parameters: [PostgresParameter] = []) async throws -> [String] {
        let result = try await PostgresConnection.rows(at: warehouse.url, sql, parameters)
        return result.map { row in
            result.columns.indices.map { row[$0].string ?? "∅" }.joined(separator: " | ")
        }
    }
}
