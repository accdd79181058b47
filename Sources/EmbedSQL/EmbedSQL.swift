import Foundation

/// Writes the hand-written SQL of `sql/` as one Swift file of raw string literals.
///
/// Usage: `EmbedSQL OUTPUT FILE…`. A raw literal keeps the text to the letter and compiles at once, where SwiftPM's own
/// `.embedInCode` makes an array of bytes and spoils names that begin with a digit.
@main
struct EmbedSQL {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            FileHandle.standardError.write(Data("usage: EmbedSQL OUTPUT FILE…\n".utf8))
            exit(64)
        }
        let entries = try arguments.dropFirst().sorted().map { path in
            let url = URL(fileURLWithPath: path)
            let text = try String(contentsOf: url, encoding: .utf8)
            let folder = url.deletingLastPathComponent().lastPathComponent
            let name = url.deletingPathExtension().lastPathComponent
            return "    SQLFile(folder: \"\(folder)\", name: \"\(name)\", text: ####\"\"\"\n\(text)\n\"\"\"####),\n"
        }
        let code = "let embeddedFiles: [SQLFile] = [\n" + entries.joined() + "]\n"
        try code.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
