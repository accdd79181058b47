internal import Foundation

/// The name of a column for a field that a person named: of small letters, digits and underscores, so that it needs no
/// quotes.
enum CustomColumnName {
    /// A name may be this long, so that an ending still fits into PostgreSQL's 63 bytes.
    private static let longest = 50

    /// A name like the field's that is none of `taken` and no word of SQL.
    ///
    /// A field without a letter of the Latin alphabet is called after its identifier.
    static func make(for field: String, identifier: String, taken: Set<String>, words: Set<String>) -> String {
        var base = plain(field, identifier: identifier)
        if words.contains(base) { base += "_field" }
        guard taken.contains(base) else { return base }
        var number = 2
        while taken.contains("\(base)_\(number)") { number += 1 }
        return "\(base)_\(number)"
    }

    /// The name of a connection's schema that is none of `taken`.
    static func schema(for connection: String, number: Int64, taken: Set<String>) -> String {
        let base = "custom_" + plain(connection, identifier: String(number), isPrefixed: true)
        return taken.contains(base) ? "\(base)_\(number)" : base
    }

    private static func plain(_ text: String, identifier: String, isPrefixed: Bool = false) -> String {
        let folded = text.folding(options: [.diacriticInsensitive, .caseInsensitive, .widthInsensitive], locale: nil)
        let parts = folded.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let name = String(parts.joined(separator: "_").prefix(longest))
        let trimmed = name.hasSuffix("_") ? String(name.dropLast()) : name
        guard let first = trimmed.first else {
            let safe = identifier.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
            return isPrefixed ? safe : "field_\(safe.prefix(8))"
        }
        return first.isNumber && !isPrefixed ? "f_\(trimmed)" : trimmed
    }
}
