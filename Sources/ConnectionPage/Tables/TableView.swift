internal import Foundation

/// A page of a table as its template sees it.
struct TableView {
    private let relation: String
    private let tableAddress: String
    private let listAddress: String
    private let comment: String
    private let completeness: [CompletenessView]
    private let columns: [Heading]
    private let rows: String
    private let filters: [FilterRow]
    private let sorts: [Choice]
    private let isDescending: Bool
    private let hasFilters: Bool
    private let csvAddress: String
    private let nextAddress: String?
    private let previousAddress: String?
    private let firstAddress: String?
    private let extent: String
    private let isView: Bool
    private let isEmpty: Bool
    private let zone: String

    private struct Heading {
        let name: String
        let type: String
        let comment: String
        let isNumber: Bool
        let sortAddress: String?
        let ariaSort: String?
        let mark: String
    }

    struct Choice {
        let value: String
        let words: String
        let isChosen: Bool
    }

    private struct FilterRow {
        let place: Int
        let columns: [Choice]
        let comparisons: [Choice]
        let value: String
    }

    init(_ sight: TableSight, _ question: TableQuestion, connection: String) {
        let addresses = TableAddress(connection: connection)
        relation = sight.table.fullName
        tableAddress = addresses.table(TableQuestion(sight.table.fullName))
        listAddress = Address.connection(connection) + "/tables"
        comment = sight.table.comment
        completeness = CompletenessLine.views(sight.completeness)
        columns = sight.columns.map { TableView.heading($0, question, addresses) }
        rows = DataRows(sight.rows.map { row in TableView.cells(row, sight, addresses) }).html
        filters = TableView.filters(question, sight.columns)
        sorts =
            [Choice(value: "", words: sight.isPagedByKey ? "the key" : "its own order", isChosen: question.sort == nil)]
            + sight.columns.filter(\.isOrdered).map {
                Choice(value: $0.name, words: $0.name, isChosen: $0.name == question.sort)
            }
        isDescending = question.isDescending
        hasFilters = !question.filters.isEmpty || question.sort != nil
        var all = question
        (all.after, all.before, all.skipped) = (nil, nil, 0)
        csvAddress = addresses.table(all, csv: true)
        let skipped = TableView.skipped(sight, question)
        let isFirst = question.skipped == 0 && question.after == nil && question.before == nil
        firstAddress = isFirst ? nil : addresses.table(all)
        previousAddress = TableView.previous(sight, question).map { addresses.table($0) }
        var next = question
        (next.after, next.before) = (sight.next, nil)
        next.skipped = skipped + sight.rows.count
        let mayGoOn = sight.hasMore && next.skipped <= TableAddress.mostSkipped
        nextAddress = mayGoOn ? addresses.table(next) : nil
        extent = TableView.extent(sight, question)
        isView = !sight.isPagedByKey
        isEmpty = sight.rows.isEmpty
        zone = sight.zone
    }

    /// How many rows come before the page, by count of the pages that led to it.
    private static func skipped(_ sight: TableSight, _ question: TableQuestion) -> Int {
        guard question.before != nil else { return question.skipped }
        return sight.previous == nil ? 0 : max(0, question.skipped - sight.rows.count)
    }

    private static func previous(_ sight: TableSight, _ question: TableQuestion) -> TableQuestion? {
        var previous = question
        previous.after = nil
        if sight.isPagedByKey {
            guard let place = sight.previous else { return nil }
            (previous.before, previous.skipped) = (place, skipped(sight, question))
        } else {
            guard question.skipped > 0 else { return nil }
            previous.skipped = max(0, question.skipped - sight.pageSize)
        }
        return previous
    }

    private static func extent(_ sight: TableSight, _ question: TableQuestion) -> String {
        guard !sight.rows.isEmpty else { return question.skipped > 0 ? "No further row." : "No row." }
        let skipped = skipped(sight, question)
        let first = NumberText.grouped(skipped + 1)
        let last = NumberText.grouped(skipped + sight.rows.count)
        guard let count = sight.count else { return "Rows \(first) to \(last)\(sight.hasMore ? " of more" : "")." }
        return "Rows \(first) to \(last) of \(sight.isCountCut ? "more than " : "")\(NumberText.grouped(count))."
    }

    private static func heading(
        _ column: TableSight.Column, _ question: TableQuestion, _ addresses: TableAddress
    ) -> Heading {
        let isSorted = question.sort == column.name
        var other = question
        (other.after, other.before, other.skipped, other.sort) = (nil, nil, 0, column.name)
        other.isDescending = isSorted && !question.isDescending
        return Heading(
            name: column.name, type: column.type, comment: column.comment, isNumber: column.isNumber,
            sortAddress: column.isOrdered ? addresses.table(other) : nil,
            ariaSort: isSorted ? (question.isDescending ? "descending" : "ascending") : nil,
            mark: isSorted ? (question.isDescending ? " ↓" : " ↑") : "")
    }

    private static func cells(
        _ row: [String?], _ sight: TableSight, _ addresses: TableAddress
    ) -> [DataRows.Cell] {
        func value(_ name: String) -> String? {
            sight.columns.firstIndex { $0.name == name }.flatMap { row[$0] }
        }
        var own: String?
        if let entity = sight.entity {
            let parts = sight.key.compactMap(value)
            if parts.count == sight.key.count { own = addresses.record(entity, parts.joined(separator: "/")) }
        }
        return zip(sight.columns, row).map { column, text in
            let isOwn = own != nil && sight.key.last == column.name
            return (column.words(text), column.isNumber, isOwn ? own : addresses.named(by: column.name, text))
        }
    }

    private static func filters(_ question: TableQuestion, _ columns: [TableSight.Column]) -> [FilterRow] {
        var shown = question.filters.map { Optional($0) }
        if shown.count < TableAddress.mostFilters { shown.append(nil) }
        return shown.enumerated().map { place, filter in
            FilterRow(
                place: place + 1,
                columns: columns.map {
                    Choice(value: $0.name, words: $0.name, isChosen: $0.name == filter?.column)
                },
                comparisons: TableComparison.allCases.map {
                    Choice(value: $0.rawValue, words: $0.words, isChosen: $0 == (filter?.comparison ?? .contains))
                },
                value: filter?.value ?? "")
        }
    }
}

extension TableSight.Column {
    /// A value as a person reads it.
    func words(_ value: String?) -> String? {
        guard type == "boolean", let value else { return value }
        return value == "t" ? "yes" : "no"
    }
}
