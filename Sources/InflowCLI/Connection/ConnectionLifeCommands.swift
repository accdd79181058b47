import ArgumentParser
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// What happens to a connection between its adding and its end.
extension ConnectionCommand {
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let no run read a connection until it is resumed; a run in hand goes on.")

        @Argument(help: "The connection.") var name: String

        func run() async throws {
            try await reporting {
                let store = ConnectionStore(try await Wiring.ready().warehouse)
                try await store.pause(try await store.find(name))
                Console.print("\"\(name)\" is paused. \"inflow connection resume \(name)\" ends that.")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a paused connection be read again.")

        @Argument(help: "The connection.") var name: String

        func run() async throws {
            try await reporting {
                let store = ConnectionStore(try await Wiring.ready().warehouse)
                let connection = try await store.find(name)
                try connection.checkStays()
                try await store.resume(connection)
                Console.print("\"\(name)\" \(connection.pausedAt == nil ? "was not paused" : "is no longer paused").")
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a connection another name; its records, tokens and reader stay.")

        @Argument(help: "The connection.") var name: String
        @Argument(help: "Its new name.") var newName: String

        func run() async throws {
            try await reporting {
                try checkConnectionName(newName)
                let store = ConnectionStore(try await Wiring.ready().warehouse)
                try await store.rename(try await store.find(name), to: newName)
                Console.print("\"\(name)\" is now \"\(newName)\".")
            }
        }
    }

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

/// Refuses names that a command line would take for something else.
func checkConnectionName(_ name: String) throws {
    guard !name.isEmpty, !name.hasPrefix("-") else {
        throw UserError("A connection's name must not be empty nor begin with a dash.", exitCode: 64)
    }
}

extension Connection {
    /// Throws, saying what to do, where the connection may not be read now.
    func checkReadable() throws {
        try checkStays()
        guard pausedAt == nil else {
            throw UserError(
                "Connection \"\(name)\" is paused. Nothing was read. Run \"inflow connection resume \(name)\" first.")
        }
    }

    /// Throws where a removal of it was begun.
    func checkStays() throws {
        guard removalBeganAt == nil else {
            throw UserError(
                "Connection \"\(name)\" is being removed, and part of its records may be gone. Nothing was done. Run "
                    + "\"inflow connection remove \(name)\" to bring that to its end.")
        }
    }

    /// What a list says of it beside its settings.
    var state: String {
        if removalBeganAt != nil { return "being removed" }
        return pausedAt.map { "paused since \($0.formatted(.iso8601))" } ?? "active"
    }
}
