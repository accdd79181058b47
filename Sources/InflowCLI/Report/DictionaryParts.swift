import ConnectionPage
import Warehouse

/// What the dictionary's formats share.
enum DictionaryParts {
    /// The relations by schema, in the order: records, reports, the rest by name.
    static func schemas(_ relations: [ShownRelation]) -> [(name: String, relations: [ShownRelation])] {
        let first = ["wfm", "report"]
        let names = first + Set(relations.map(\.schema)).subtracting(first).sorted()
        return names.map { name in (name, relations.filter { $0.schema == name }) }.filter { !$0.relations.isEmpty }
    }

    /// The relations as entries, in the same order.
    static func entries(_ relations: [ShownRelation]) -> [DictionaryEntry] {
        schemas(relations).flatMap(\.relations).map { relation in
            DictionaryEntry(
                table: TableSummary(
                    schema: relation.schema, name: relation.name, isView: relation.isView,
                    comment: relation.comment ?? ""),
                key: relation.key,
                parts: (relation.header?.parts ?? []).map { .init(name: $0.name, text: $0.text) },
                columns: relation.columns.map { .init(name: $0.name, type: type($0), comment: $0.comment ?? "") })
        }
    }

    /// A column's type, and whether it is never null.
    static func type(_ column: ShownRelation.Column) -> String {
        column.isRequired ? "\(column.type), never null" : column.type
    }
}
