/// Reads the line and the column out of the context the server gives with a failed COPY.
///
/// The context is translated, so the line is taken by its place: `COPY <table>, <word> <number>`. The column's name is
/// known only in English. A context of several lines (a trigger's, say) is searched for the one that begins with COPY.
struct CopyContext {
    let line: Int
    let column: String?

    init?(_ context: String) {
        for text in context.split(separator: "\n") {
            guard let match = text.prefixMatch(of: /COPY .*?, \p{L}+ ([0-9]+)(?:, column ("(?:[^"]|"")*"|[^:]+))?/),
                let line = Int(match.1)
            else { continue }
            self.line = line
            self.column = match.2.map { String($0) }
            return
        }
        return nil
    }
}
