import ConnectionPage
import Foundation
import Inflow
import Warehouse

/// Users of the page and the audit log, as administrators see them.
struct PagePeople: PeopleService {
    let wiring: Wiring

    func users() async throws -> [UserFacts] {
        try await forPage {
            try await UserStore(wiring.warehouse).list().map {
                UserFacts(
                    name: $0.name, role: $0.role, connections: $0.connections, signedInAt: $0.signedInAt,
                    isEnabled: $0.disabledAt == nil)
            }
        }
    }

    func add(
        _ name: String, password: String, role: PageRole, connections: [String], by doer: Doer
    ) async throws {
        try await forPage {
            let name = try pageName(name)
            _ = try await UserStore(wiring.warehouse).add(
                name, role, for: try await scope(connections), password: try self.password(password, of: name),
                by: doer)
        }
    }

    func setRole(_ role: PageRole, connections: [String], of name: String, by doer: Doer) async throws {
        try await forPage {
            _ = try await UserStore(wiring.warehouse).setRole(
                role, for: try await scope(connections), of: name, by: doer)
        }
    }

    func setPassword(_ password: String, of name: String, by doer: Doer) async throws {
        try await forPage {
            _ = try await UserStore(wiring.warehouse).setPassword(
                try self.password(password, of: try pageName(name)), of: name, by: doer)
        }
    }

    func setEnabled(_ isEnabled: Bool, of name: String, by doer: Doer) async throws {
        try await forPage {
            let users = UserStore(wiring.warehouse)
            _ = isEnabled ? try await users.enable(name, by: doer) : try await users.disable(name, by: doer)
        }
    }

    func remove(_ name: String, by doer: Doer) async throws {
        try await forPage { try await UserStore(wiring.warehouse).remove(name, by: doer) }
    }

    func sessions() async throws -> [SessionFacts] {
        try await forPage {
            try await PageSessionStore(wiring.warehouse).list().map {
                SessionFacts(
                    number: $0.session, userName: $0.userName, createdAt: $0.createdAt, usedAt: $0.usedAt,
                    client: Client(address: $0.address, browser: $0.userAgent))
            }
        }
    }

    func endSession(_ number: Int64, by doer: Doer) async throws {
        try await forPage {
            guard try await PageSessionStore(wiring.warehouse).end(number: number, by: doer) else {
                throw PageProblem(.conflict, "That session has ended", "It had ended before. Nothing was changed.")
            }
        }
    }

    func endSessions(of name: String, by doer: Doer) async throws {
        try await forPage {
            let user = try await UserStore(wiring.warehouse).find(name)
            try await PageSessionStore(wiring.warehouse).endAll(of: user, by: doer)
        }
    }

    func audit(before: Int64?, limit: Int) async throws -> [AuditLine] {
        try await forPage {
            try await AuditLog(wiring.warehouse).list(before: before, limit: limit).map { entry in
                let details = entry.details.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                return AuditLine(
                    id: entry.id, at: entry.at, who: "\(entry.doer.actor.kind.rawValue) \(entry.doer.actor.name)",
                    address: entry.doer.origin,
                    action: entry.action.rawValue.replacingOccurrences(
                        of: "_", with: " "),
                    connection: entry.connection ?? "",
                    subject: ([entry.subject].compactMap(\.self) + details).joined(separator: ", "))
            }
        }
    }

    private func password(_ text: String, of name: PageName) throws -> NewPassword {
        do throws(NewPassword.Fault) {
            return try NewPassword(text, of: name)
        } catch {
            throw UserError("\(error) Nothing was changed.")
        }
    }

    private func scope(_ connections: [String]) async throws -> PageScope {
        guard !connections.isEmpty else { return .all }
        var numbers: Set<Int64> = []
        for name in connections { numbers.insert(try await wiring.connection(name).id) }
        return .only(numbers)
    }
}
