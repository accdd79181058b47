import Foundation

/// Writes the hand-written SQL of `sql/` as one Swift file of raw string literals.
///
/// Usage: `EmbedSQL OUTPUT FILE…`. A raw literal keeps the text to the letter and compiles at once, where SwiftPM's own
/// `.embedInCode` makes an array of bytes and spoils names that begin with a digit.
///
/// Each file of `sql/statements` also becomes a constant of `Statements`, named after the file: `checkpoint_write.sql`
/// is `Statements.checkpointWrite`. So a statement that is renamed or missing is an error of the compiler.
///
/// The first comment line of such a file becomes the documentation of its constant. A raw literal begins with four
/// number signs, so no SQL text can end it by accident.
@main
struct EmbedSQL {
    /// One file as read.
    struct File {
        let folder: String
        let name: String
        let text: String

        var literal: String { "####\"\"\"\n\(text)\n\"\"\"####" }

        /// The name of the constant: `checkpoint_write` becomes `checkpointWrite`.
        var constant: String {
            let words = name.split(separator: "_").map(String.init)
            return words[0] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }

        /// The first line of the file's header comment: the question that the statement answers.
        var question: String {
            let line = text.prefix { $0 != "\n" }
            return line.hasPrefix("-- ") ? String(line.dropFirst(3)) : name
        }
    }

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            FileHandle.standardError.write(Data("usage: EmbedSQL OUTPUT FILE…\n".utf8))
            exit(64)
        }
        let files = try arguments.dropFirst().sorted().map { path in
            let url = URL(fileURLWithPath: path)
            let parts = url.pathComponents
            // sql/reports/people/staff_list.sql is of the folder "reports".
            let folder = parts.lastIndex(of: "sql").map { parts[$0 + 1] } ?? ""
            return File(
                folder: folder, name: url.deletingPathExtension().lastPathComponent,
                text: try String(contentsOf: url, encoding: .utf8))
        }
        let entries = files.map { file in
            "    SQLFile(folder: \"\(file.folder)\", name: \"\(file.name)\", text: \(file.literal)),\n"
        }
        let constants = files.filter { $0.folder == "statements" }.map { file in
            "    /// \(file.question)\n    public static let \(file.constant) = \(file.literal)\n"
        }
        let code =
            "let embeddedFiles: [SQLFile] = [\n" + entries.joined() + "]\n\n"
            + "/// The statements of `sql/statements`, each named after its file.\n"
            + "public enum Statements {\n" + constants.joined(separator: "\n") + "}\n"
        try code.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
