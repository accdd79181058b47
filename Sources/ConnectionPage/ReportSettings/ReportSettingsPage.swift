internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Inflow

/// The tables of schema `setting` of a connection, whose rows are added, changed and removed here, one by one or as a
/// file.
struct ReportSettingsPage: Sendable {
    let settings: any ReportSettingService
    let log: any ReadingLog
    let pages: Pages

    private static let base = "connections/:connection/report-settings"

    private struct Content {
        let address: String
        let mayChange: Bool
        let tables: [ReportSettingView]
        let loading: Loading
    }

    /// What the form for a file holds, and what became of it.
    private struct Loading {
        var text = ""
        var replaces = false
        var said: String?
        var faults: [String] = []
        var hasFaults: Bool = false
        var error: String?
    }

    private struct RowContent {
        let address: String
        let listAddress: String
        let words: String
        let fields: [Field]
        let names: [String]
        let isThere: Bool
        let hasFaults: Bool
        let faults: [String]
    }

    private struct Field {
        let name: String
        let hint: String
        let value: String
        let isKey: Bool
        let isFixed: Bool
        let isDay: Bool
        let hasNames: Bool
    }

    func register(_ routes: PageRoutes) {
        routes.get(.init(Self.base)) { asked in try await list(asked, Loading()) }
        routes.post(.init("\(Self.base)/load"), .operate) { try await load($0, $1) }
        routes.get(.init("\(Self.base)/:table/csv")) { asked in
            let (name, table) = (try asked.named(), try table(asked))
            let relation = "setting.\(table.rawValue)"
            try await log.note(.file(of: relation, question: ""), of: name, by: asked.doer)
            let pieces = Once(try await settings.text(of: table, of: name))
            return .csv(TextStream(next: { await pieces.take() }, close: {}), named: "\(name)-\(relation)")
        }
        routes.get(.init("\(Self.base)/:table/row"), .operate) { asked in
            let table = try table(asked)
            let key = table.columns.filter(\.isKey).map { asked.question[$0.heading] ?? "" }
            guard key.contains(where: { !$0.isEmpty }) else { return try await row(asked, table, values: [:]) }
            let rows = try await settings.rows(of: table, of: try asked.named())
            let found = rows.first { zip(table.columns, $0).filter(\.0.isKey).map { $0.1 ?? "" } == key }
            guard let found else { throw try noRow(asked) }
            let values = Dictionary(
                zip(table.columns.map(\.heading), found.map { $0 ?? "" }), uniquingKeysWith: { $1 })
            return try await row(asked, table, values: values, isThere: true)
        }
        routes.post(.init("\(Self.base)/:table/row"), .operate) { try await save($0, $1) }
        routes.post(.init("\(Self.base)/:table/remove"), .operate) { asked, form in
            let table = try table(asked)
            let key = table.columns.filter(\.isKey).map { form[$0.heading] ?? "" }
            guard try await settings.remove(key, of: table, of: try asked.named(), by: asked.doer) else {
                throw try noRow(asked)
            }
            return .seeOther(try address(asked), .removed)
        }
    }

    private func load(_ asked: PageRequest, _ form: Form) async throws -> Response {
        var loading = Loading()
        loading.replaces = form.isTicked("replace")
        let text: String
        if let file = form.file("file") {
            guard let read = file.text else {
                loading.error = "The file \"\(file.name)\" is not UTF-8. Save it as \"CSV UTF-8\". Nothing was changed."
                return try await list(asked, loading)
            }
            text = read
        } else {
            loading.text = form.raw("text") ?? ""
            text = loading.text
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            loading.error = "Choose a file, or paste its text. Nothing was changed."
            return try await list(asked, loading)
        }
        do {
            let file = try SettingFile(text)
            let words = try await settings.load(
                file, replacing: loading.replaces, of: try asked.named(), by: asked.doer)
            loading = Loading()
            loading.said = "\(file.table.title): \(words)"
        } catch let faults as SettingFileFaults {
            loading.error = "The file was not loaded. Nothing was changed."
            loading.faults = faults.lines
        }
        return try await list(asked, loading)
    }

    private func save(_ asked: PageRequest, _ form: Form) async throws -> Response {
        let table = try table(asked)
        let values = table.columns.map { form[$0.heading] ?? "" }
        do {
            let text = CommaSeparatedText.text(of: [table.columns.map(\.heading), values])
            let file = try SettingFile(text)
            guard file.rows.count == 1 else {
                throw SettingFileFaults([SettingFileFault(line: 2, "The row is empty.")])
            }
            try await settings.save(file, of: try asked.named(), by: asked.doer)
        } catch let faults as SettingFileFaults {
            let typed = Dictionary(zip(table.columns.map(\.heading), values), uniquingKeysWith: { $1 })
            return try await row(
                asked, table, values: typed, isThere: form.isTicked("is_there"), faults: faults.faults.map(\.message))
        }
        return .seeOther(try address(asked), .saved)
    }

    // MARK: parts

    private func table(_ asked: PageRequest) throws -> SettingTable {
        guard let table = SettingTable(rawValue: try asked.part("table")) else { throw PageProblem.noSuchPage }
        return table
    }

    private func address(_ asked: PageRequest) throws -> String {
        Address.connection(try asked.named()) + "/report-settings"
    }

    private func noRow(_ asked: PageRequest) throws -> PageProblem {
        PageProblem(
            .notFound, "There is no such row", "Someone removed or changed it meanwhile. Nothing was changed.",
            remedy: .init("Report settings", try address(asked)))
    }

    private func list(_ asked: PageRequest, _ loading: Loading) async throws -> Response {
        let (name, address) = (try asked.named(), try address(asked))
        let mayChange = asked.may(.operate)
        var tables: [ReportSettingView] = []
        for table in SettingTable.allCases {
            tables.append(
                ReportSettingView(
                    table, try await settings.rows(of: table, of: name), address: address, mayChange: mayChange))
        }
        var loading = loading
        loading.hasFaults = !loading.faults.isEmpty
        let content = Content(address: address, mayChange: mayChange, tables: tables, loading: loading)
        return try pages.page(
            "report-settings", title: "\(name): report settings", content, for: asked, tab: .reportSettings,
            status: loading.error == nil ? .ok : .unprocessableContent)
    }

    private func row(
        _ asked: PageRequest, _ table: SettingTable, values: [String: String], isThere: Bool = false,
        faults: [String] = []
    ) async throws -> Response {
        let address = try address(asked)
        let names = isThere ? [] : try await settings.names(for: table, of: try asked.named())
        let fields = table.columns.enumerated().map { place, column in
            Field(
                name: column.heading, hint: column.kind.hint, value: values[column.heading] ?? "", isKey: column.isKey,
                isFixed: isThere && column.isKey, isDay: column.kind == .day, hasNames: place == 0 && !names.isEmpty)
        }
        let content = RowContent(
            address: "\(address)/\(table.rawValue)", listAddress: address, words: table.words, fields: fields,
            names: names, isThere: isThere, hasFaults: !faults.isEmpty, faults: faults)
        return try pages.page(
            "report-setting-row", title: "\(table.title): \(isThere ? "a row" : "a new row")", content, for: asked,
            tab: .reportSettings, status: faults.isEmpty ? .ok : .unprocessableContent)
    }
}

/// One piece of text, taken once.
private actor Once {
    private var text: String?

    init(_ text: String) { self.text = text }

    func take() -> String? {
        defer { text = nil }
        return text
    }
}
