/// Looks in a statement for tables of the warehouse that are not taken by their connection.
///
/// Each table named after `from`, `join`, `using` or `update` must have its `connection_id` compared with `=` in
/// the same query, under its alias where it has one (the table of connections: its `id`); each `insert` must write
/// it. Temporary tables, common table expressions, tables without rows of a connection and copies of a table's form
/// (`with no data`) need none.
struct ConnectionCheck {
    let faults: [String]

    /// One query: what stands between two parentheses, or between two `union`s, without what its own parentheses hold.
    private struct Scope {
        var tokens: [String] = []
        /// The table whose columns an `insert` lists here.
        var inserted: String?
    }

    private static let keywords: Set<String> = [
        "where", "on", "set", "using", "join", "left", "right", "full", "inner", "cross", "order", "group", "limit",
        "select", "values", "from", "and", "returning", "union", "for", "with", "as",
    ]

    init(_ statement: String) {
        let lines = statement.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("--") }
        let tokens = ConnectionCheck.tokens(lines.joined(separator: "\n").replacing("\"", with: ""))
        var faults: [String] = []
        for scope in ConnectionCheck.scopes(tokens) {
            if let table = scope.inserted {
                if scope.tokens.first != "connection_id" { faults.append("\(table) is filled without a connection") }
            } else {
                faults += ConnectionCheck.faults(in: scope.tokens)
            }
        }
        self.faults = faults
    }

    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        for character in text.lowercased() {
            if character.isLetter || character.isNumber || "_.$:'".contains(character) {
                word.append(character)
                continue
            }
            if !word.isEmpty { tokens.append(word) }
            word = ""
            if "(),=;".contains(character) { tokens.append(String(character)) }
        }
        return tokens + (word.isEmpty ? [] : [word])
    }

    private static func scopes(_ tokens: [String]) -> [Scope] {
        var (done, open) = ([Scope](), [Scope()])
        for token in tokens {
            switch token {
            case "(":
                let before = open[open.count - 1].tokens
                open[open.count - 1].tokens.append("()")
                open.append(Scope(inserted: insertedTable(before)))
            case ")":
                if open.count > 1 { done.append(open.removeLast()) }
            case "union", ";":
                done.append(open[open.count - 1])
                open[open.count - 1] = Scope()
            default: open[open.count - 1].tokens.append(token)
            }
        }
        return done + open
    }

    /// The table of the warehouse that an `insert` is about to list the columns of: `into TABLE` or `into TABLE as
    /// ALIAS`.
    private static func insertedTable(_ tokens: [String]) -> String? {
        let last = tokens.suffix(tokens.dropLast().last == "as" ? 4 : 2).prefix(2)
        guard last.first == "into", let table = last.last, isTable(table) else { return nil }
        return table
    }

    private static func isTable(_ name: String) -> Bool {
        ["t.", "inflow.", "wfm.", "setting.", "report."].contains { name.hasPrefix($0) }
    }

    private static func faults(in tokens: [String]) -> [String] {
        if tokens.suffix(3) == ["with", "no", "data"] { return [] }
        var faults: [String] = []
        for (place, token) in tokens.enumerated() where place > 0 && isTable(token) {
            guard ["from", "join", "using", "update"].contains(tokens[place - 1]),
                place < 2 || tokens[place - 2] != "distinct"
            else { continue }
            var next = tokens[(place + 1)...].first ?? ""
            if next == "as" { next = tokens[(place + 2)...].first ?? "" }
            let alias = next.isEmpty || keywords.contains(next) || "(),=;".contains(next) ? nil : next
            let column = token == "inflow.connection" ? "id" : "connection_id"
            let names = alias.map { ["\($0).\(column)"] } ?? [column, "\(token).\(column)"]
            let isCompared = tokens.indices.contains { index in
                names.contains(tokens[index])
                    && (tokens[(index + 1)...].first == "=" || (index > 0 && tokens[index - 1] == "="))
            }
            if !isCompared { faults.append("\(token) \(alias ?? "") is not taken by its connection") }
        }
        return faults
    }
}
