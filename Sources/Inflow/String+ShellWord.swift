extension String {
    /// The text as one word of a shell command that a person copies.
    ///
    /// It is in quotes where the shell would take it for more than one word or for something else. A line break or
    /// another control character counts as a blank, so that what is copied is one line.
    public var shellWord: String {
        let isPlain = utf8.allSatisfy { byte in
            (48...57 ~= byte) || (65...90 ~= byte) || (97...122 ~= byte) || "._-/:@,+".utf8.contains(byte)
        }
        if isPlain, !isEmpty { return self }
        let line = String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        return "'\(line.replacing("'", with: "'\\''"))'"
    }
}
