/// Text as one word of a shell command that a person copies.
public enum ShellWord {
    /// The text, in quotes where the shell would take it for more than one word or for something else.
    ///
    /// A line break or another control character counts as a blank, so that what is copied is one line.
    public static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57 ~= byte) || (65...90 ~= byte) || (97...122 ~= byte) || "._-/:@,+".utf8.contains(byte)
        }
        if isPlain, !text.isEmpty { return text }
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        return "'\(line.replacing("'", with: "'\\''"))'"
    }
}
