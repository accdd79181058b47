import Warehouse

/// The data dictionary as one page of HTML that needs nothing else.
struct DictionaryHTML {
    private let relations: [ShownRelation]

    init(_ relations: [ShownRelation]) { self.relations = relations }

    /// The whole page; every name and text of the catalogue is escaped.
    var text: String {
        let schemas = DictionaryParts.schemas(relations)
        let contents = schemas.map { schema in
            let links = schema.relations.map { "<a href=\"#\(id($0))\">\(escaped($0.name))</a>" }
            return "<p><b>\(escaped(schema.name))</b>: \(links.joined(separator: ", "))</p>\n"
        }
        let sections = schemas.map { schema in
            "<h2>Schema \(escaped(schema.name))</h2>\n" + schema.relations.map(section).joined()
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Data dictionary</title>
            <style>
            body { font: 15px/1.45 sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
            table { border-collapse: collapse; width: 100%; }
            th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; padding: .25em .6em; }
            dt { font-weight: bold; }
            code { font-size: 95%; }
            </style></head><body>
            <h1>Data dictionary</h1>
            \(contents.joined())\(sections.joined())</body></html>

            """
    }

    private func section(_ relation: ShownRelation) -> String {
        var text = "<h3 id=\"\(id(relation))\">\(escaped(relation.fullName))</h3>\n"
        text += "<p>\(relation.isView ? "View" : "Table"). \(escaped(relation.comment ?? ""))</p>\n"
        let key = relation.key.map { "<code>\(escaped($0))</code>" }.joined(separator: ", ")
        if !key.isEmpty { text += "<p>Primary key: \(key).</p>\n" }
        if let parts = relation.header?.parts, !parts.isEmpty {
            text += "<dl>"
            for part in parts { text += "<dt>\(escaped(part.name))</dt><dd>\(escaped(part.text))</dd>" }
            text += "</dl>\n"
        }
        text += "<table><tr><th>Column</th><th>Type</th><th>Meaning</th></tr>\n"
        for column in relation.columns {
            text += "<tr><td><code>\(escaped(column.name))</code></td><td>\(escaped(DictionaryParts.type(column)))</td>"
            text += "<td>\(escaped(column.comment ?? ""))</td></tr>\n"
        }
        return text + "</table>\n"
    }

    private func id(_ relation: ShownRelation) -> String { escaped(relation.fullName) }

    /// A text that is no markup, also within an attribute in double quotes.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case _: escaped.append(character)
            }
        }
        return escaped
    }
}
