import ArgumentParser
import Inflow
import Warehouse

/// `inflow user`: who may enter the page, and with which role for which connections.
///
/// A password is never an argument. Each change is in the audit log with the account that ran the command.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Add, change and remove the users of the page.",
        discussion: """
            A viewer sees everything but secrets; an operator also starts and cancels runs, decides about deletions and \
            rejections, and changes schedules; an admin also keeps connections, settings, credentials, users and tokens. \
            The first user is an admin.
            """,
        subcommands: [
            UserAddCommand.self, UserListCommand.self, UserRoleCommand.self, UserPasswordCommand.self,
            UserDisableCommand.self, UserEnableCommand.self, UserRemoveCommand.self,
        ])
}

/// The user that a command is about, and the store that keeps it.
struct UserAccess {
    let warehouse: Warehouse
    let store: UserStore

    init() async throws {
        warehouse = try await Wiring.ready().warehouse
        store = UserStore(warehouse)
    }

    /// Connections by their names; none named are all.
    func scope(_ names: [String]) async throws -> PageScope {
        guard !names.isEmpty else { return .all }
        var numbers: Set<Int64> = []
        for name in names { numbers.insert(try await ConnectionStore(warehouse).find(name).id) }
        return .only(numbers)
    }
}

/// Takes the name of a user or a token from the command line.
func pageName(_ text: String) throws -> PageName {
    do throws(PageName.Fault) {
        return try PageName(text)
    } catch {
        throw UserError("\(error) Nothing was changed.", exitCode: 64)
    }
}

extension PageUser {
    /// The connections of the role, in words.
    var connectionWords: String {
        scope == .all ? "all" : connections.isEmpty ? "none" : connections.joined(separator: ", ")
    }

    /// The role with its connections: `operator of acme`.
    var roleWords: String { "\(role) of \(scope == .all ? "all connections" : connectionWords)" }
}
