import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

extension ConnectionCommand {
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a connection, its reader and its records.",
            discussion: """
                What is interrupted can be run again. --keep-data leaves the records, their history and what was read of \
                them in the tables; the archive goes in any case.
                """)

        @Argument(help: "The connection.") var name: String
        @Flag(help: "Keep its records in the tables.") var keepData = false
        @Option(help: "The connection's name once more, instead of being asked for it.") var confirm: String?

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
                        try await removal.run(onWait: { Console.note("Waiting for \($0).") }, progress: Remove.show)
                    }
                } catch let error as WarehouseError where error.code != .busy {
                    Console.note("The removal of \"\(name)\" did not come to its end. Run it again to go on.")
                    throw error
                }
                Console.print(
                    "Connection \"\(name)\" removed, \(keepData ? "its records are kept" : "with all its records").")
                guard let left else { return }
                Console.note("Its reader sees nothing any more, but this role may not drop it. Have this run:")
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
                    throw UserError("Say --confirm \(name) to remove it. Nothing was removed.", exitCode: 64)
                }
                Console.note(
                    "This removes \"\(name)\"\(keepData ? "" : " and every record of it from the tables"). "
                        + "Type its name to go on:")
                typed = readLine()
            }
            guard typed == name else { throw UserError("The name does not match. Nothing was removed.", exitCode: 64) }
        }
    }
}
