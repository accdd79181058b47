import ArgumentParser
import Foundation
import Inflow
import Warehouse

struct SettingLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load a CSV file into a table of schema setting; Inflow loads all of it or nothing.",
        discussion: """
            The first line names the columns and so the table; "inflow setting export" writes such a file. People are \
            written by name or identifier, jobs by number, days as 2026-03-31. Rows that are not in the file stay, \
            unless --replace says that the file is all there is.
            """ + "\n\n"
                + examples(
                    "inflow setting load acme rates.csv",
                    "inflow setting load acme capacity.csv --replace"))

    @Argument(help: "Name of the connection.", completion: .connections) var name: String
    @Argument(help: "File of comma-separated values, UTF-8.", completion: .file(extensions: ["csv"])) var file: String
    @Flag(help: "Delete the rows of the table that are not in the file.") var replace = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        try await reporting(json: json) {
            let wiring = try await Wiring.ready()
            let connection = try await ConnectionStore(wiring.warehouse).find(name)
            let settings = try SettingLoadCommand.read(file)
            let outcome = try await SettingStore(wiring.warehouse, connection).load(
                settings, replacing: replace, by: .command)
            switch outcome {
            case .refused(let faults): throw SettingLoadCommand.refusal(file, faults)
            case .loaded(let change):
                if json { return try Console.json(Document(table: settings.table.rawValue, change: change)) }
                Console.print(SettingLoadCommand.text(settings.table, name, change))
            }
        }
    }

    private struct Document: Encodable {
        let table: String
        let change: SettingStore.Change
    }

    private static func read(_ path: String) throws -> SettingFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UserError("Inflow cannot read the file \"\(path)\". Nothing was changed.")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw UserError("The file \"\(path)\" is not UTF-8. Save it as \"CSV UTF-8\". Nothing was changed.")
        }
        do throws(SettingFileFaults) {
            return try SettingFile(text)
        } catch {
            throw refusal(path, error)
        }
    }

    /// What is wrong, line by line; of many faults the first twenty.
    private static func refusal(_ path: String, _ faults: SettingFileFaults) -> UserError {
        UserError(
            "The file \"\(path)\" was not loaded. Nothing was changed.\n"
                + faults.lines.map { "  \($0)" }.joined(separator: "\n"))
    }

    private static func text(_ table: SettingTable, _ name: String, _ change: SettingStore.Change) -> String {
        var text = "setting.\(table.rawValue) of \"\(name)\": \(change.words)"
        if change.others > 0 {
            text += " \(change.others) rows that are not in the file stay; --replace removes them."
        }
        return text
    }
}
