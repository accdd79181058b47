/// JSON in one canonical form: keys sorted by their bytes, no blanks, so that equal values are equal texts.
enum CanonicalJSON {
    /// A JSON string literal of the text, in its one canonical spelling.
    static func string(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case "\u{0}": literal += "\u{FFFD}"
            case "\u{1}"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    /// An object of ready literals; a key with several becomes an array, in their order.
    static func object(_ values: [String: [String]]) -> String {
        let members = values.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
            .map { key, literals in
                string(key) + ":" + (literals.count == 1 ? literals[0] : "[" + literals.joined(separator: ",") + "]")
            }
        return "{" + members.joined(separator: ",") + "}"
    }
}
