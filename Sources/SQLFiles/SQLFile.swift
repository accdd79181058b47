/// One hand-written SQL file of `sql/`, inside the binary.
///
/// `sql/` has four folders: `migrations`, applied in the order of their numbers and never edited after they are
/// merged; `reports`, views and functions, made again when their text changes, in folders by what they are about;
/// `bi`, facts and dimensions over these; and `statements`, static statements too long to read in the middle of Swift.
/// SQL that is generated from an entity's definition is not here: `Warehouse` makes it, and golden files show its text
/// (decision 0014). Nor is `sql/examples`, which is for people to read.
///
/// The plugin `EmbedSQLPlugin` writes all files into this module at each build, so that the installed command needs no
/// file beside it and cannot meet the SQL of another version. A statement also becomes a constant of `Statements`, such
/// as `Statements.checkpointWrite`, so that a renamed or missing file is an error of the compiler.
public struct SQLFile: Sendable, Hashable {
    /// Its folder in `sql/`: `migrations`, `reports`, `bi` or `statements`.
    public let folder: String
    /// Its name without `.sql`: `0001_inflow`.
    public let name: String
    /// The file's whole text, comments included.
    public let text: String

    /// All files with views and functions for readers, in the order in which they are made: `bi` is built upon `reports`.
    public static var views: [SQLFile] { all(in: "reports") + all(in: "bi") }

    /// All files of a folder, by name.
    public static func all(in folder: String) -> [SQLFile] {
        embeddedFiles.filter { $0.folder == folder }.sorted { $0.name < $1.name }
    }
}
