/// Names as people spell them: without regard to case, blanks, hyphens and underscores, and with a typing error or two.
public enum Spelling {
    /// A name without case, blanks, hyphens and underscores.
    public static func plain(_ name: String) -> String {
        name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }
    }

    /// The names nearest to one that is unknown, in their order; none where no name is near.
    ///
    /// A name is near that differs in at most a third of its letters.
    public static func nearest(to name: String, among known: [String]) -> [String] {
        let plain = plain(name)
        let distances = known.map { (name: $0, distance: distance(plain, Spelling.plain($0))) }
            .filter { $0.distance <= max(1, Spelling.plain($0.name).count / 3) }
        guard let least = distances.map(\.distance).min() else { return [] }
        return distances.filter { $0.distance == least }.map(\.name)
    }

    /// How many letters must be added, removed, changed or swapped with their neighbour to make one word of the other.
    public static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one), Array(other))
        var rows = [Array(0...other.count)]
        for place in 1..<(one.count + 1) {
            var row = [place]
            for column in 1..<(other.count + 1) {
                let same = one[place - 1] == other[column - 1] ? 0 : 1
                var least = min(rows[place - 1][column] + 1, row[column - 1] + 1, rows[place - 1][column - 1] + same)
                if place > 1, column > 1, one[place - 1] == other[column - 2], one[place - 2] == other[column - 1] {
                    least = min(least, rows[place - 2][column - 2] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
