/// A table or view in the data dictionary.
public struct DictionaryEntry: Sendable, Hashable {
    /// A column of it.
    public struct Column: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its type in PostgreSQL, and whether it is never null.
        public let type: String
        /// What it means.
        public let comment: String

        /// A column.
        public init(name: String, type: String, comment: String) {
            (self.name, self.type, self.comment) = (name, type, comment)
        }
    }

    /// A paragraph of what a report says of itself: `Grain`, and what it says.
    public struct Part: Sendable, Hashable {
        /// The word before the colon.
        public let name: String
        /// What it says.
        public let text: String

        /// A paragraph.
        public init(name: String, text: String) {
            (self.name, self.text) = (name, text)
        }
    }

    /// Which table or view.
    public let table: TableSummary
    /// The columns of its primary key, in the key's order.
    public let key: [String]
    /// What a report says of itself.
    public let parts: [Part]
    /// Its columns in order.
    public let columns: [Column]

    /// A table or view with its columns.
    public init(table: TableSummary, key: [String], parts: [Part], columns: [Column]) {
        (self.table, self.key, self.parts, self.columns) = (table, key, parts, columns)
    }
}
