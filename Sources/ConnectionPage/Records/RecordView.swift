internal import Foundation
internal import Inflow

/// One record as its template sees it.
struct RecordView {
    private let entityWords: String
    private let entityAddress: String
    private let rawAddress: String
    private let key: String
    private let deletedAt: String?
    private let fields: [Field]
    private let bookkeeping: [Field]
    private let emptyFields: String?
    private let lines: [Lines]
    private let mentions: [Mention]
    private let hasMentions: Bool
    private let steps: [Step]
    private let zone: String

    private struct Field {
        let name: String
        let comment: String
        let value: String
        let link: String?
    }

    private struct Lines {
        let name: String
        let comment: String
        let extent: String
        let moreAddress: String
        let columns: [Heading]
        let rows: String
    }

    private struct Heading {
        let name: String
        let isNumber: Bool
    }

    private struct Mention {
        let words: String
        let column: String
        let count: String
        let tableAddress: String
    }

    private struct Step {
        let at: String
        let run: String
        let runAddress: String
        let what: String
        let changes: [Change]
        let isUnchanged: Bool
    }

    private struct Change {
        let name: String
        let old: String
        let new: String
    }

    private static let mostCharacters = 2_000

    init(_ record: RecordSight, connection: String) {
        let addresses = TableAddress(connection: connection)
        entityWords = EntityWords.plural(record.entity)
        entityAddress = addresses.table(TableQuestion("wfm." + record.entity))
        rawAddress = addresses.record(record.entity, record.key) + "/raw"
        key = record.key
        deletedAt = record.deletedAt
        func view(_ field: RecordSight.Field) -> Field {
            Field(
                name: field.name, comment: field.comment, value: RecordView.cut(field.value ?? ""),
                link: addresses.named(by: field.name, field.value))
        }
        fields = record.fields.filter { !$0.isBookkeeping && $0.value != nil }.map(view)
        bookkeeping = record.fields.filter { $0.isBookkeeping && $0.value != nil }.map(view)
        let empty = record.fields.filter { !$0.isBookkeeping && $0.value == nil }.map(\.name)
        emptyFields = empty.isEmpty ? nil : empty.joined(separator: ", ")
        lines = record.lines.map { RecordView.lines($0, addresses) }
        mentions = record.mentions.map {
            Mention(
                words: $0.relation, column: $0.column, count: NumberText.grouped($0.count),
                tableAddress: addresses.table($0.relation, $0.filters))
        }
        hasMentions = !record.mentions.isEmpty
        steps = zip(record.history.steps, record.historyTimes).map { RecordView.step($0, at: $1, connection) }
        zone = record.zone
    }

    private static func lines(_ lines: RecordSight.Lines, _ addresses: TableAddress) -> Lines {
        let sight = lines.sight
        // What all lines have in common, the record's key, is left out.
        let common = Set(lines.filters.map(\.column))
        let places = sight.columns.indices.filter { !common.contains(sight.columns[$0].name) }
        let count = NumberText.grouped(sight.rows.count)
        return Lines(
            name: sight.table.fullName, comment: sight.table.comment,
            extent: sight.hasMore ? "The first \(count)." : sight.rows.count == 1 ? "1 line." : "\(count) lines.",
            moreAddress: addresses.table(sight.table.fullName, lines.filters),
            columns: places.map { Heading(name: sight.columns[$0].name, isNumber: sight.columns[$0].isNumber) },
            rows: DataRows(
                sight.rows.map { row in
                    places.map { place in
                        let column = sight.columns[place]
                        return (
                            column.words(row[place]), column.isNumber, addresses.named(by: column.name, row[place])
                        )
                    }
                }
            ).html)
    }

    private static func step(_ step: RecordDiff.Step, at: String, _ connection: String) -> Step {
        let own = step.fields.map { Change(name: $0.name, old: cut($0.old ?? "–"), new: cut($0.new ?? "–")) }
        let lines = step.lines.flatMap { line in
            line.fields.map {
                Change(
                    name: "\(line.table) \(line.key), \(line.what): \($0.name)", old: cut($0.old ?? "–"),
                    new: cut($0.new ?? "–"))
            }
        }
        return Step(
            at: at, run: String(step.run), runAddress: "\(Address.connection(connection))/runs/\(step.run)",
            what: step.change.words, changes: own + lines,
            isUnchanged: own.isEmpty && lines.isEmpty)
    }

    private static func cut(_ text: String) -> String {
        text.count > mostCharacters ? text.prefix(mostCharacters) + "…" : text
    }
}
