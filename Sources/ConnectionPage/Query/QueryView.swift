internal import Foundation
internal import Inflow

/// A query and its answer as their template sees them.
struct QueryView {
    private let queryAddress: String
    private let tablesAddress: String
    private let sql: String
    private let seconds: Int
    private let words: String?
    private let refusal: Refusal?
    private let running: Running?
    private let answer: Answer?
    private let saving: Saving
    private let saved: [Saved]
    private let hasSaved: Bool

    private struct Refusal {
        let words: String
        let place: String?
        let line: String
        let pointer: String
    }

    private struct Running {
        let cancelAddress: String
        let answerAddress: String
        let elapsed: String
    }

    private struct Answer {
        let columns: [Heading]
        let rows: String
        let extent: String
        let zone: String
        let isEmpty: Bool
    }

    private struct Heading {
        let name: String
        let isNumber: Bool
    }

    /// What the form says of saving.
    struct Saving {
        var name = ""
        /// Whether it is to take the place of the query of that name.
        var replaces = false
    }

    private struct Saved {
        let name: String
        let said: String
        let openAddress: String
        let address: String
    }

    init(
        sql: String, seconds: Int, answer: QueryAnswer?, refusal: QueryRefusal?, running: QueryDesk.Job?,
        words: String?, saving: Saving, saved: SavedQueryList, connection: String
    ) {
        let address = Address.connection(connection) + "/query"
        queryAddress = address
        tablesAddress = Address.connection(connection) + "/tables"
        (self.sql, self.seconds, self.words, self.saving) = (sql, seconds, words, saving)
        self.refusal = refusal.map { QueryView.refusal($0, sql) }
        self.running = running.map {
            Running(
                cancelAddress: "\(address)/\($0.id)/cancel", answerAddress: "\(address)/\($0.id)",
                elapsed: NumberText.duration(QueryView.seconds($0.beganAt.duration(to: .now))))
        }
        self.answer = answer.map { QueryView.answer($0, TableAddress(connection: connection)) }
        hasSaved = !saved.queries.isEmpty
        self.saved = saved.queries.map {
            Saved(
                name: $0.name, said: "by \($0.savedBy), \($0.savedAt.named(in: saved.zone))",
                openAddress: "\(address)?saved=\($0.number)", address: "\(address)/saved/\($0.number)")
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func answer(_ answer: QueryAnswer, _ addresses: TableAddress) -> Answer {
        let columns = answer.columns
        let count = NumberText.grouped(answer.rows.count)
        let extent =
            answer.isCut
            ? "The first \(count) rows of more; CSV has all." : answer.rows.count == 1 ? "1 row." : "\(count) rows."
        return Answer(
            columns: columns.map { Heading(name: $0.name, isNumber: $0.isNumber) },
            rows: DataRows(
                answer.rows.map { row in
                    zip(columns, row).map { ($1, $0.isNumber, addresses.named(by: $0.name, $1)) }
                }
            ).html,
            extent: "\(extent) It took \(took(answer.seconds)).", zone: answer.zone, isEmpty: answer.rows.isEmpty)
    }

    private static func took(_ seconds: Double) -> String {
        seconds < 1 ? "\(max(1, Int((seconds * 1_000).rounded()))) ms" : NumberText.duration(seconds)
    }

    /// The refusal with the line of the select that it is about, and a mark below the place.
    private static func refusal(_ refusal: QueryRefusal, _ sql: String) -> Refusal {
        guard let position = refusal.position, position >= 1, position <= sql.count + 1 else {
            return Refusal(words: refusal.words, place: nil, line: "", pointer: "")
        }
        // PostgreSQL counts characters of Unicode, each line end as one.
        let scalars = Array(sql.unicodeScalars.prefix(position - 1))
        let lineNumber = scalars.count(where: { $0 == "\n" }) + 1
        let column = scalars.count - (scalars.lastIndex(of: "\n").map { $0 + 1 } ?? 0)
        let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lineNumber <= lines.count ? String(lines[lineNumber - 1]) : ""
        // A long line is shown from a little before the place.
        let first = max(0, column - 60)
        let shown = String(String.UnicodeScalarView(line.unicodeScalars.dropFirst(first).prefix(120)))
        return Refusal(
            words: refusal.words, place: "Line \(lineNumber), character \(column + 1):", line: shown,
            pointer: String(repeating: " ", count: column - first) + "^")
    }
}
