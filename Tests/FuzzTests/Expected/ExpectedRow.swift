/// What a column may hold.
enum Allowed: Hashable {
    /// This value, or `nil` for null.
    case exactly(String?)
    /// Anything: the definition leaves it open.
    case any

    /// Whether a value that the table holds is allowed; identifiers may stand there in another spelling.
    func allows(_ held: String?) -> Bool {
        guard case .exactly(let wanted) = self, wanted != held else { return true }
        guard let wanted, let held else { return false }
        return wanted.folded.isGUID && wanted.folded == held.folded
    }
}

/// A row that a record must become.
struct ExpectedRow {
    /// The table, with schema.
    let table: String
    /// The columns by name.
    var columns: [String: Allowed] = [:]
    /// Texts of the row's elements that fill no column, and so must stand in `extra`.
    var kept: [String] = []
}

/// A record that an answer holds, and the rows that it must become.
struct ExpectedRecord {
    /// How sure it is that its rows are loaded.
    enum Fate { case loads, mayBeRejected, isRejected }

    /// The values of the key, folded as identifiers are compared.
    var key: [String] = []
    var fate = Fate.loads
    /// Why it is not sure to be loaded.
    var reasons: [String] = []
    /// Its own row first, then those of its lines, in document order.
    var rows: [ExpectedRow] = []

    mutating func mayBeRejected(_ reason: String) {
        if fate == .loads { fate = .mayBeRejected }
        reasons.append(reason)
    }

    mutating func isRejected(_ reason: String) {
        fate = .isRejected
        reasons.append(reason)
    }
}

extension String {
    /// Whether it is a GUID, in either case.
    var isGUID: Bool { wholeMatch(of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) != nil }

    /// An identifier in the form in which identifiers are compared: without white space around it, a GUID in small
    /// letters.
    var folded: String {
        let trimmed = trimmingWhiteSpace
        return trimmed.isGUID ? trimmed.lowercased() : trimmed
    }

    /// Without white space of XML at both ends.
    var trimmingWhiteSpace: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, " \t\n\r".unicodeScalars.contains(first) { scalars.removeFirst() }
        while let last = scalars.last, " \t\n\r".unicodeScalars.contains(last) { scalars.removeLast() }
        return String(scalars)
    }
}
