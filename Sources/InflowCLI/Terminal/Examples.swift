/// The examples at the end of a command's help, one a line.
func examples(_ lines: String...) -> String {
    "Examples:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
}
