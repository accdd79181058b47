import Foundation
import PackagePlugin

/// Puts `sql/**.sql` inside the binary, so that one file is all there is to install.
///
/// A plugin and not a resource bundle: a bundle is a folder that must lie beside the executable. Not SwiftPM's
/// `.embedInCode` either, which makes an array of bytes for each file and spoils names that begin with a digit. The
/// command lists each file as an input, so that a changed or added statement is embedded by the next build; a file of a
/// folder that is not listed below is not.
@main
struct EmbedSQLPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL.appendingPathComponent("sql")
        let files = ["migrations", "reports", "statements"].flatMap { folder in
            let contents = try? FileManager.default.contentsOfDirectory(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            return (contents ?? []).filter { $0.pathExtension == "sql" }
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
