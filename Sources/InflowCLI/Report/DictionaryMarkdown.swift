import Warehouse

/// The data dictionary as Markdown.
struct DictionaryMarkdown {
    private let relations: [ShownRelation]

    init(_ relations: [ShownRelation]) { self.relations = relations }

    /// The whole text.
    var text: String {
        "# Data dictionary\n"
            + DictionaryParts.schemas(relations).map { schema in
                "\n## Schema \(schema.name)\n" + schema.relations.map(section).joined()
            }.joined()
    }

    private func section(_ relation: ShownRelation) -> String {
        let escaped = MarkdownRows.escaped
        var text = "\n### \(relation.fullName)\n\n"
        text += "\(relation.isView ? "View" : "Table"). \(escaped(relation.comment ?? ""))\n\n"
        let key = relation.key.map { "`\($0)`" }.joined(separator: ", ")
        if !key.isEmpty { text += "Primary key: \(key).\n\n" }
        for part in relation.header?.parts ?? [] { text += "- **\(part.name)**: \(escaped(part.text))\n" }
        if relation.header != nil { text += "\n" }
        text += "| column | type | meaning |\n| --- | --- | --- |\n"
        for column in relation.columns {
            let name = column.name.replacing("|", with: "\\|")
            text += "| `\(name)` | \(escaped(DictionaryParts.type(column))) | \(escaped(column.comment ?? "")) |\n"
        }
        return text
    }
}
