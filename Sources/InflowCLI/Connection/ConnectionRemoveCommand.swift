import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

struct ConnectionRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a connection, its reader and its records.",
        discussion: """
            Inflow stops a run or a backfill that reads the connection, and waits for it. If the removal is interrupted, run it again. --keep-data keeps the records, their history and the log \
            of what was read; Inflow deletes the archive in any case.
            """
                + "\n\n"
                + examples(
                    "inflow connection remove acme",
                    "inflow connection remove acme --confirm acme --keep-data"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Flag(help: "Keep the records in the tables.") var keepData = false
    @Option(help: "The name once more, instead of typing it when asked.") var confirm: String?

    func run() async throws {
        try await reporting {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            try confirmRemoval()
            let removal = ConnectionRemoval(
                wiring.warehouse, connection, keepingData: keepData,
                tables: WorkflowMax.entities.flatMap { [$0.table] + $0.children.map(\.table) })
            let left: String?
            do {
                left = try await interruptible {
                    try await removal.run(onWait: { Console.note("Waiting for \($0).") }, progress: Self.show)
                }
            } catch let error as WarehouseError {
                Console.note(
                    "Inflow did not complete the removal of \"\(name)\". Run the command again to continue.")
                throw error
            }
            try await wiring.audit(
                .connectionRemoved, by: .command, connection, details: ["records kept": "\(keepData)"])
            Console.print(
                "Connection \"\(name)\" removed, "
                    + (keepData ? "its records stay in the tables." : "with all its records.")
            )
            guard let left else { return }
            Console.note(
                "The connection's reader sees no rows any more, but Inflow's role may not drop it. "
                    + "An administrator must run:"
            )
            Console.note(left)
        }
    }

    private static func show(_ step: ConnectionRemoval.Step) {
        Console.note(
            "\(step.table): \(Console.grouped(step.deleted)) of \(Console.grouped(step.total)) rows deleted")
    }

    private func confirmRemoval() throws {
        var typed = confirm
        if typed == nil {
            guard isatty(STDIN_FILENO) == 1 else {
                throw UserError("Give --confirm \(name) to remove it. Nothing was removed.", exitCode: 64)
            }
            Console.note(
                "This removes \"\(name)\"\(keepData ? "" : " and every record of it from the tables"). "
                    + "Type its name to continue:")
            typed = readLine()
        }
        guard typed == name else { throw UserError("The name does not match. Nothing was removed.", exitCode: 64) }
    }
}
