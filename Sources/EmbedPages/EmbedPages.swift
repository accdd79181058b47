import Foundation

/// Writes the templates and assets of the Connection page as one Swift file of raw string literals.
///
/// Usage: `EmbedPages OUTPUT FILE…`. A template is named after its file without the ending, an asset after its whole
/// file name. A raw literal begins with four number signs, so no text can end it by accident.
@main
struct EmbedPages {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            FileHandle.standardError.write(Data("usage: EmbedPages OUTPUT FILE…\n".utf8))
            exit(64)
        }
        let files = arguments.dropFirst().sorted().map { URL(fileURLWithPath: $0) }
        func dictionary(_ name: String, _ files: [URL], key: (URL) -> String) throws -> String {
            let entries = try files.map { file in
                "    \"\(key(file))\": ####\"\"\"\n\(try String(contentsOf: file, encoding: .utf8))\n\"\"\"####,\n"
            }
            return "let \(name): [String: String] = [\n" + (entries.isEmpty ? ":" : entries.joined()) + "]\n"
        }
        let templates = try dictionary("embeddedTemplates", files.filter { $0.pathExtension == "mustache" }) {
            $0.deletingPathExtension().lastPathComponent
        }
        let assets = try dictionary("embeddedAssets", files.filter { $0.pathExtension != "mustache" }) {
            $0.lastPathComponent
        }
        try (templates + "\n" + assets).write(toFile: output, atomically: true, encoding: .utf8)
    }
}
