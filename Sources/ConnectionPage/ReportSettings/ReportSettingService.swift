public import Inflow

/// What people keep for reports and the platform does not give: rates, capacity, jobs for leave, states that end a job.
public protocol ReportSettingService: Sendable {
    /// The rows of a table by column, as a file has them: people by name where that is theirs alone.
    func rows(of table: SettingTable, of connection: String) async throws -> [[String?]]
    /// What can be written in the first column of a table; empty where nobody could choose from it.
    func names(for table: SettingTable, of connection: String) async throws -> [String]
    /// The rows of a table as a file.
    func text(of table: SettingTable, of connection: String) async throws -> String
    /// Loads all of a file or nothing; says in words what changed.
    ///
    /// - Throws: `SettingFileFaults` where names of it are not known.
    func load(_ file: SettingFile, replacing: Bool, of connection: String, by: Doer) async throws -> String
    /// Adds the row of a file with one, or changes the row of its key.
    ///
    /// - Throws: `SettingFileFaults` where a name of it is not known.
    func save(_ row: SettingFile, of connection: String, by: Doer) async throws
    /// Removes the row of a key, which is written as ``rows(of:of:)`` gives it; `false` where there is none.
    func remove(_ key: [String], of table: SettingTable, of connection: String, by: Doer) async throws -> Bool
}
