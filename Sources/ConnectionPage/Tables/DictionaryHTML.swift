/// The data dictionary as HTML without its frame: a list of what there is, and a section for each.
///
/// Made here and not by a template, as ``DataRows`` is, since it has thousands of cells. It escapes every text of the
/// catalogue itself.
public struct DictionaryHTML {
    /// Entries by schema, in their order.
    private let schemas: [(name: String, entries: [DictionaryEntry])]
    private let link: (DictionaryEntry) -> String?

    /// The entries, those of one schema together; `link` is the address that the name of an entry leads to.
    public init(_ entries: [DictionaryEntry], link: @escaping (DictionaryEntry) -> String? = { _ in nil }) {
        var schemas: [(name: String, entries: [DictionaryEntry])] = []
        for entry in entries {
            if schemas.last?.name != entry.table.schema { schemas.append((entry.table.schema, [])) }
            schemas[schemas.count - 1].entries.append(entry)
        }
        self.schemas = schemas
        self.link = link
    }

    /// The list of all tables and views, each leading to its section.
    public var contents: String {
        schemas.map { schema in
            let links = schema.entries.map { entry in
                "<a href=\"#\(escaped(entry.table.fullName))\">\(escaped(entry.table.name))</a>"
            }
            return "<p><b>\(escaped(schema.name))</b>: \(links.joined(separator: ", "))</p>\n"
        }.joined()
    }

    /// The sections of all tables and views.
    public var sections: String {
        var html = ""
        for schema in schemas {
            html += "<h2>Schema \(escaped(schema.name))</h2>\n"
            for entry in schema.entries { append(entry, to: &html) }
        }
        return html
    }

    private func append(_ entry: DictionaryEntry, to html: inout String) {
        let name = escaped(entry.table.fullName)
        let title = link(entry).map { "<a href=\"\(escaped($0))\">\(name)</a>" } ?? name
        html += "<h3 id=\"\(name)\">\(title)</h3>\n"
        html += "<p>\(entry.table.isView ? "View" : "Table"). \(escaped(entry.table.comment))</p>\n"
        let key = entry.key.map { "<code>\(escaped($0))</code>" }.joined(separator: ", ")
        if !key.isEmpty { html += "<p>Primary key: \(key).</p>\n" }
        if !entry.parts.isEmpty {
            html += "<dl class=\"facts\">"
            for part in entry.parts { html += "<dt>\(escaped(part.name))</dt><dd>\(escaped(part.text))</dd>" }
            html += "</dl>\n"
        }
        html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Columns of \(name)\"><table>"
        html += "<thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th>"
        html += "</tr></thead>\n<tbody>"
        for column in entry.columns {
            html += "<tr><td><code>\(escaped(column.name))</code></td><td>\(escaped(column.type))</td>"
            html += "<td class=\"text\">\(escaped(column.comment))</td></tr>\n"
        }
        html += "</tbody></table></div>\n"
    }

    private func escaped(_ text: String) -> String { DataRows.escaped(text[...]) }
}
