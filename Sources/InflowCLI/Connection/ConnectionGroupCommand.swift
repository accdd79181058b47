import ArgumentParser
import Inflow
import Warehouse

struct ConnectionGroupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Show a connection's group, put it into one, or take it out of its group.",
        discussion: """
            A group is a label that several connections share; the page shows them together and starts a Sync All of the \
            whole group.
            """
                + "\n\n"
                + examples(
                    "inflow connection group acme \"North Island\"",
                    "inflow connection group acme --none"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "Label of the group; without it, the present one is shown.") var label: String?
    @Flag(help: "Take the connection out of its group.") var none = false

    func run() async throws {
        try await reporting {
            guard label == nil || !none else {
                throw UserError("Give either a label or --none. Nothing was changed.", exitCode: 64)
            }
            let group = try label.map { try groupLabel($0) }
            let warehouse = try await Wiring.ready().warehouse
            let connection = try await ConnectionStore(warehouse).find(name)
            let store = ConnectionGroupStore(warehouse)
            if group != nil || none { try await store.set(group, of: connection, by: .command) }
            let present = try await store.labels()[connection.id]
            Console.print(
                present.map { "\"\(name)\" is in group \"\($0.harmless)\"." } ?? "\"\(name)\" is in no group.")
        }
    }

    private func groupLabel(_ text: String) throws -> PageName {
        guard let label = try? PageName(text) else {
            throw UserError(
                "A group's label is 1 to 64 characters that are shown, without blanks around it. Nothing was changed.",
                exitCode: 64)
        }
        return label
    }
}
