import ArgumentParser
import Foundation
import Inflow
import Warehouse

/// `inflow setting`: what reports need and the platform does not give, kept by people in schema `setting`.
struct SettingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setting",
        abstract: "Load, list and export rates, capacity, leave jobs and closing states for reports.",
        subcommands: [SettingLoadCommand.self, SettingListCommand.self, SettingExportCommand.self])
}

/// The table of settings that a person names, with hyphens or underscores.
func settingTable(_ text: String) throws -> SettingTable {
    guard let table = SettingTable(rawValue: text.lowercased().replacing("-", with: "_")) else {
        let known = SettingTable.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no table \"\(text)\" of settings. There are: \(known).")
    }
    return table
}

extension CompletionKind {
    /// The names of the tables of settings.
    static var settingTables: CompletionKind { .list(SettingTable.allCases.map(\.rawValue)) }
}
