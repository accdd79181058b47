import ArgumentParser
import Inflow
import Warehouse

struct UserPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Set a user's password; ends the user's sessions and a lock after failed sign-ins.",
        discussion: examples(
            "inflow user password ann",
            "inflow user password ann --password-file password.txt"))

    @Argument(help: "Name of the account.") var name: String
    @OptionGroup var password: PasswordOptions

    func run() async throws {
        try await reporting {
            let access = try await UserAccess()
            // Before a person types in vain.
            let user = try await access.store.find(name)
            let secret = try password.password(of: try pageName(user.name))
            try await access.store.setPassword(secret, of: user.name, by: .command)
            Console.print("User \"\(user.name)\" has a new password. All sessions of the user have ended.")
        }
    }
}
