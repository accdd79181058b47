import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users of the page, with their roles; times are UTC.",
        discussion: examples("inflow user list"))

    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let users = try await UserAccess().store.list()
            if json { return try Console.json(users.map { UserDocument($0) }) }
            guard !users.isEmpty else {
                return Console.print("There is no user yet. Add one: \"inflow user add NAME --role admin\".")
            }
            Console.table(
                ["name", "role", "connections", "added", "signed in", "state"],
                users.map {
                    [
                        $0.name, $0.role.rawValue, $0.connectionWords, $0.createdAt.text(in: .gmt),
                        $0.signedInAt?.text(in: .gmt) ?? "never", $0.disabledAt == nil ? "may enter" : "disabled",
                    ]
                })
        }
    }
}

/// A user as a JSON document; without the hash of the password.
private struct UserDocument: Encodable {
    let name: String
    let role: PageRole
    /// Names of the connections that the role is for; null is all.
    let connections: OrNull<[String]>
    let createdAt, passwordSetAt: Date
    let signedInAt, disabledAt: OrNull<Date>

    init(_ user: PageUser) {
        (name, role) = (user.name, user.role)
        connections = OrNull(user.scope == .all ? nil : user.connections)
        (createdAt, passwordSetAt) = (user.createdAt, user.passwordSetAt)
        (signedInAt, disabledAt) = (OrNull(user.signedInAt), OrNull(user.disabledAt))
    }
}
