import ArgumentParser
import Inflow
import Warehouse

struct UserRoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Give a user another role, or other connections; ends the user's sessions.",
        discussion: """
            What you do not give stays as it is. The last admin of all connections keeps that role.
            """
                + "\n\n"
                + examples(
                    "inflow user role bob --role admin --all",
                    "inflow user role bob --connection acme --connection widgets"))

    @Argument(help: "Name of the account.") var name: String
    @Option(help: "viewer, operator or admin.") var role: PageRole?
    @Option(help: "A connection that the role is for; give it again for another.", completion: .connections)
    var connection: [String] = []
    @Flag(help: "The role is for all connections, also for those that you add later.") var all = false

    func run() async throws {
        try await reporting {
            guard role != nil || all || !connection.isEmpty else {
                throw UserError("Give --role, --connection or --all. Nothing was changed.", exitCode: 64)
            }
            guard !all || connection.isEmpty else {
                throw UserError("Give either --connection or --all. Nothing was changed.", exitCode: 64)
            }
            let access = try await UserAccess()
            let before = try await access.store.find(name)
            let scope = all ? .all : connection.isEmpty ? before.scope : try await access.scope(connection)
            let user = try await access.store.setRole(role ?? before.role, for: scope, of: name, by: .command)
            Console.print("User \"\(user.name)\" is \(user.roleWords) now and must sign in again.")
        }
    }
}
