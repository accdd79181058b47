internal import Foundation
internal import Hummingbird
internal import Inflow

/// The list of all tables and views, and a page of each.
struct TablesPage: Sendable {
    let tables: any TableService
    let log: any ReadingLog
    let pages: Pages

    private struct ListContent {
        let groups: [Group]
        let dictionaryAddress: String
    }

    private struct DictionaryContent {
        let listAddress: String
        let contents: String
        let sections: String
    }

    private struct Group {
        let words: String
        let hint: String
        let tables: [Entry]
    }

    private struct Entry {
        let name: String
        let address: String
        let comment: String
        let kind: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/tables") { asked in
            let name = try asked.named()
            let content = ListContent(
                groups: groups(try await tables.relations(of: name), name),
                dictionaryAddress: Address.connection(name) + "/dictionary")
            return try pages.page("tables", title: "Tables", content, for: asked, tab: .tables)
        }
        routes.get("connections/:connection/dictionary") { asked in
            let name = try asked.named()
            let addresses = TableAddress(connection: name)
            let html = DictionaryHTML(try await tables.dictionary(of: name)) {
                addresses.table(TableQuestion($0.table.fullName))
            }
            let content = DictionaryContent(
                listAddress: Address.connection(name) + "/tables", contents: html.contents, sections: html.sections)
            return try pages.page("dictionary", title: "Data dictionary", content, for: asked, tab: .tables)
        }
        routes.get("connections/:connection/tables/:relation") { asked in
            let name = try asked.named()
            let question = TableAddress.question(try asked.part("relation"), asked.question)
            let sight = try await tables.page(question, of: name)
            let view = TableView(sight, question, connection: name)
            return try pages.page("table", title: sight.table.fullName, view, for: asked, tab: .tables)
        }
        routes.get("connections/:connection/tables/:relation/csv") { asked in
            let name = try asked.named()
            let question = TableAddress.question(try asked.part("relation"), asked.question)
            let rows = try await log.noted(
                try await tables.csv(question, of: name), .file(of: question.relation, asked), asked)
            return .csv(rows, named: "\(name)-\(question.relation)")
        }
    }

    private func groups(_ relations: [TableSummary], _ connection: String) -> [Group] {
        let addresses = TableAddress(connection: connection)
        let kinds: [(words: String, hint: String, belongs: (String) -> Bool)] = [
            ("Records", "What WorkflowMax sent, a table each.", { $0 == "wfm" }),
            ("Reports", "Views that answer one question each.", { $0 == "report" }),
            ("Own fields", "Records with the organisation's own fields as columns.", { $0.hasPrefix("custom_") }),
            ("For BI tools", "One key for each person, job, client and task.", { $0 == "bi" }),
            ("Settings of reports", "What was set for reports.", { $0 == "setting" }),
        ]
        return kinds.compactMap { kind in
            let members = relations.filter { kind.belongs($0.schema) }
            guard !members.isEmpty else { return nil }
            return Group(
                words: kind.words, hint: kind.hint,
                tables: members.map {
                    Entry(
                        name: $0.fullName, address: addresses.table(TableQuestion($0.fullName)), comment: $0.comment,
                        kind: $0.isView ? "view" : "table")
                })
        }
    }
}
