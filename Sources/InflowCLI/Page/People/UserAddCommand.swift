import ArgumentParser
import Inflow
import Warehouse

struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a user with a role for all connections, or for those you name.",
        discussion: """
            Inflow asks twice for the password and does not show it. It needs 12 characters. Once there is a user, the \
            one-time link of "inflow serve" and its session end, and people sign in.
            """
                + "\n\n"
                + examples(
                    "inflow user add ann --role admin",
                    "inflow user add bob --role operator --connection acme --password-file password.txt"))

    @Argument(help: "Name of the account.") var name: String
    @Option(help: "viewer, operator or admin.") var role: PageRole
    @Option(
        help: "A connection that the role is for; give it again for another. Without it, all.", completion: .connections
    )
    var connection: [String] = []
    @OptionGroup var password: PasswordOptions

    func run() async throws {
        try await reporting {
            let name = try pageName(name)
            let access = try await UserAccess()
            let scope = try await access.scope(connection)
            let secret = try password.password(of: name)
            let user = try await access.store.add(name, role, for: scope, password: secret, by: .command)
            Console.print("User \"\(user.name)\" is \(user.roleWords).")
        }
    }
}
