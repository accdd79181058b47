import Foundation
import PackagePlugin

/// Puts the templates and assets of the Connection page inside the binary, so that one file is all there is to install.
///
/// SwiftPM runs the plugin before it compiles `ConnectionPage`. A new file of a listed ending needs no entry anywhere.
@main
struct EmbedPagesPlugin: BuildToolPlugin {
    private static let endings = ["mustache", "css", "js", "svg"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folders = ["Templates", "Assets"].map { target.directoryURL.appendingPathComponent($0) }
        let files = folders.flatMap { folder in
            let paths = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            return (paths?.allObjects ?? []).compactMap { $0 as? URL }
        }
        .filter { Self.endings.contains($0.pathExtension) }
        .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appendingPathComponent("EmbeddedPages.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) templates and assets",
                executable: try context.tool(named: "EmbedPages").url,
                arguments: [output.path] + files.map(\.path),
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
