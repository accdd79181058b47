import Foundation
import PackagePlugin

/// Puts the SQL of `sql/` inside the binary, so that one file is all there is to install.
///
/// SwiftPM runs the plugin before it compiles `SQLFiles`. The plugin lists the files of the folders and passes
/// them to the tool `EmbedSQL`, which writes one Swift file. The build system keeps that file, runs the tool again only
/// if an SQL file changes, and compiles the result with the target. No generated code is in the repository.
///
/// A new file needs no entry anywhere; a new folder needs its name in the list below, because a folder that nobody
/// reads would look like SQL that runs. A missing folder counts as empty; folders within one group its files for people
/// and mean nothing else. The order of the files is the order of their
/// paths, so migrations stand in the order of their numbers.
@main
struct EmbedSQLPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL.appendingPathComponent("sql")
        let files = ["migrations", "reports", "bi", "statements"].flatMap { folder in
            let contents = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            return (contents?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "sql" }
        }
        .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appendingPathComponent("EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) SQL files",
                executable: try context.tool(named: "EmbedSQL").url,
                arguments: [output.path] + files.map(\.path),
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
