import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a warehouse from a backup, in a database that holds none yet.",
        discussion: """
            A restored copy reads nothing from WorkflowMax until you tell it to: its connections are paused, and their \
            tokens are left out, because a refresh token is good for one use and belongs to the original. To let the \
            copy read, run "inflow authorise NAME" and "inflow connection resume NAME". If the original is gone for \
            good, --take-over keeps tokens and schedule. Put the key file in its place first. Inflow makes the logins \
            of readers again and prints their new passwords.
            """
                + "\n\n"
                + examples(
                    "INFLOW_HOME=/srv/copy inflow restore inflow.backup",
                    "INFLOW_DATABASE_URL=postgresql:///copy inflow restore inflow.backup"))

    @Argument(help: "The file that \"inflow backup\" wrote.", completion: .file()) var file: String
    @Flag(help: "The original is gone: keep its tokens, and let the schedule go on.") var takeOver = false

    func run() async throws {
        try await reporting {
            guard FileManager.default.isReadableFile(atPath: file) else {
                throw UserError("Inflow cannot read the file \"\(file)\". Nothing was restored.")
            }
            let wiring = try await Wiring.open()
            let copy = WarehouseCopy(wiring.warehouse)
            try await copy.restore(from: file, takesOver: takeOver)
            Failpoint.pass(.copyRestored)
            // Before a migration, and before anything else can see them: no process may take the tokens for its own.
            let names = try await copy.forgetOriginal(takesOver: takeOver)
            let outcome = try await Migrator(wiring.warehouse).migrate()
            await wiring.auditIfPossible(
                .warehouseRestored, subject: URL(fileURLWithPath: file).path,
                details: ["connections": names.joined(separator: ", "), "takes over": "\(takeOver)"])
            let readers = try await copy.restoreReaders()
            try await SchemaCheck(wiring.warehouse, entities: WorkflowMax.entities).run()
            Console.print(
                "Restored \(names.count) connection(s): \(names.joined(separator: ", "))."
                    + (outcome.applied.isEmpty ? "" : " Applied: \(outcome.applied.joined(separator: ", "))."))
            for reader in readers { show(reader.connection, reader.access) }
            await checkKey(wiring)
            guard !takeOver else {
                return Console.print(
                    "The copy takes the place of the original; see that the original never runs again.")
            }
            Console.print("The copy reads nothing until you tell it to. For each connection that it should read:")
            for name in names {
                Console.print("  inflow authorise \(name.shellWord) && inflow connection resume \(name.shellWord)")
            }
        }
    }

    private func show(_ connection: String?, _ access: ReaderRoles.Access) {
        let whose = connection.map { "the rows of \"\($0)\"" } ?? "the rows of all connections"
        if let sql = access.sql { Console.print(sql) }
        Console.print(
            "The login that reads \(whose): user \(access.user), password \(access.password ?? "unchanged"), host "
                + "\(access.host), port \(access.port), database \(access.database).")
    }

    /// Says what is missing where the key file does not fit the copy.
    private func checkKey(_ wiring: Wiring) async {
        do throws(WarehouseError) {
            _ = try await SecretBox.open(wiring.settings.keyFile, for: wiring.warehouse)
        } catch {
            Console.note("\(error.message) The rows are restored all the same.")
        }
    }
}
