import ConnectionPage
import Warehouse

/// The data dictionary as one page of HTML that needs nothing else.
struct DictionaryDocument {
    private let relations: [ShownRelation]

    init(_ relations: [ShownRelation]) { self.relations = relations }

    /// The whole page; every name and text of the catalogue is escaped.
    var text: String {
        let html = DictionaryHTML(DictionaryParts.entries(relations))
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
            \(html.contents)\(html.sections)</body></html>

            """
    }
}
