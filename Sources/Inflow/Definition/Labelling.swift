/// The columns by which people know a record, in place of its key.
public enum Labelling {
    /// Their names, in the order in which a label has them.
    private static let names = [
        "number", "name", "title", "job_number", "client_name", "supplier_name", "staff_name", "description",
    ]

    /// The first of these columns that a table has, three at most.
    public static func columns(of columns: [Column]) -> [Column] {
        Array(names.compactMap { name in columns.first { $0.name == name } }.prefix(3))
    }

    /// A label of the texts of such columns: each on one line and cut at 40 characters, empty ones left out; `nil`
    /// without any.
    ///
    /// SQL makes the same of the columns of a row.
    public static func label(_ texts: [String]) -> String? {
        let parts = texts.map { text in
            String(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(40))
        }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
