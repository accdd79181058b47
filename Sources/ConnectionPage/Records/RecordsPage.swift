internal import Foundation
internal import Hummingbird
internal import Inflow

/// One record: its values and lines, what names it, how it became so, and how the platform sent it.
struct RecordsPage: Sendable {
    let records: any RecordService
    let pages: Pages

    private struct Choices {
        let words: String
        let choices: [Choice]
    }

    private struct Choice {
        let key: String
        let recordAddress: String
    }

    private struct Raw {
        let recordAddress: String
        let text: String?
        let words: String
    }

    func register(_ routes: PageRoutes) {
        routes.get("connections/:connection/records/:entity/:key") { asked in
            let (name, entity, key) = try place(asked)
            switch try await records.record(entity, key, of: name) {
            case .one(let record):
                return try pages.page(
                    "record", title: title(record), RecordView(record, connection: name), for: asked, tab: .tables)
            case .several(let keys):
                let addresses = TableAddress(connection: name)
                let choices = keys.map { Choice(key: $0, recordAddress: addresses.record(entity, $0)) }
                let words = "\(keys.count) records have the number \"\(key)\". Choose one by its key."
                return try pages.page(
                    "record-choices", title: "\(EntityWords.plural(entity)) \(key)",
                    Choices(words: words, choices: choices), for: asked, tab: .tables)
            }
        }
        routes.get("connections/:connection/records/:entity/:key/raw") { asked in
            let (name, entity, key) = try place(asked)
            let raw = try await records.raw(entity, key, of: name)
            let words =
                raw.map { "Run \($0.run) asked for \($0.asked) at \($0.askedAt.text(in: zone($0.zone))), \($0.zone)." }
                ?? "The archive holds no answer with this record. The setting archive says whether answers are kept, and archive-days for how long."
            let content = Raw(
                recordAddress: TableAddress(connection: name).record(entity, key), text: raw?.text, words: words)
            return try pages.page(
                "record-raw", title: "As WorkflowMax sent it", content, for: asked, tab: .tables)
        }
    }

    private func place(_ asked: PageRequest) throws -> (name: String, entity: String, key: String) {
        (try asked.named(), try asked.part("entity"), try asked.part("key"))
    }

    private func zone(_ name: String) -> TimeZone { TimeZone(identifier: name) ?? .gmt }

    private func title(_ record: RecordSight) -> String {
        let kind = EntityWords.singular(record.entity)
        return "\(kind) \(record.label ?? record.key)"
    }
}
