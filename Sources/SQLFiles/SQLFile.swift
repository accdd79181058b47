/// One hand-written SQL file of `sql/`, inside the binary.
public struct SQLFile: Sendable, Hashable {
    /// Its folder in `sql/`: `migrations`, `reports` or `statements`.
    public let folder: String
    /// Its name without `.sql`: `0001_inflow`.
    public let name: String
    /// Its text.
    public let text: String

    /// All files of a folder, by name.
    public static func all(in folder: String) -> [SQLFile] {
        embeddedFiles.filter { $0.folder == folder }.sorted { $0.name < $1.name }
    }
}
