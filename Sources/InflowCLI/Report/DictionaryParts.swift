import Warehouse

/// What the dictionary's formats share.
enum DictionaryParts {
    /// The relations by schema, in the order: records, reports, the rest by name.
    static func schemas(_ relations: [ShownRelation]) -> [(name: String, relations: [ShownRelation])] {
        let first = ["wfm", "report"]
        let names = first + Set(relations.map(\.schema)).subtracting(first).sorted()
        return names.map { name in (name, relations.filter { $0.schema == name }) }.filter { !$0.relations.isEmpty }
    }

    /// A column's type, and whether it is never null.
    static func type(_ column: ShownRelation.Column) -> String {
        column.isRequired ? "\(column.type), never null" : column.type
    }
}
