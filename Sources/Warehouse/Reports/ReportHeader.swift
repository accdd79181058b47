internal import SQLFiles

/// What the file of a report says before its SQL: the question it answers, its grain, units, dates and caveats.
public struct ReportHeader: Sendable, Hashable {
    /// One paragraph: `Grain`, and what it says.
    public struct Part: Sendable, Hashable {
        /// The word before the colon.
        public let name: String
        /// The text, on one line for each line of a list, else on one.
        public let text: String
    }

    /// The view, `schema.name`.
    public let view: String
    /// The paragraphs in order; the first is mostly `Question`.
    public let parts: [Part]

    /// The question that the report answers, in one sentence.
    public var question: String? { parts.first { $0.name == "Question" }?.text }

    /// The headers of all views of this version, by `schema.name`.
    public static let all: [String: ReportHeader] = {
        var all: [String: ReportHeader] = [:]
        for file in SQLFile.views {
            for header in headers(of: file.text) { all[header.view] = header }
        }
        return all
    }()

    /// The headers that the text of a file gives: the same one for each view it makes.
    static func headers(of text: String) -> [ReportHeader] {
        var parts: [Part] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("--") else { break }
            if let match = line.wholeMatch(of: /-- ([A-Z][A-Za-z ]*): +(.*)/) {
                parts.append(Part(name: String(match.1), text: String(match.2)))
            } else if let last = parts.popLast() {
                let more = line.dropFirst(2).drop { $0 == " " }
                parts.append(Part(name: last.name, text: more.isEmpty ? last.text : "\(last.text) \(more)"))
            }
        }
        return text.matches(of: /create or replace view ([a-z_]+\.[a-z_0-9]+)/).map {
            ReportHeader(view: String($0.output.1), parts: parts)
        }
    }
}

extension ShownRelation {
    /// What its file says of a report of this version; `nil` of tables and of views of own fields.
    public var header: ReportHeader? { ReportHeader.all[fullName] }

    /// The question it answers, or else what the catalogue says it is.
    public var question: String { header?.question ?? comment ?? "" }

    /// The columns that are a day.
    public var dateColumns: [String] { columns.filter { $0.type == "date" }.map(\.name) }

    /// The day that a span of days acts on: the first of a known order, which the question of a report is about.
    public var dateColumn: String? { ShownRelation.leadingDates.first { dateColumns.contains($0) } }

    private static let leadingDates = [
        "month_on", "worked_on", "day_on", "day", "week_on", "issued_on", "changed_on", "incurred_on", "paid_on",
        "start_on",
    ]
}
