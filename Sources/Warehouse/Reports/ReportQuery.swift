public import Inflow
internal import Postgres

/// A select from one report: chosen columns, a span of days, an expression that a person wrote, a number of rows.
public struct ReportQuery: Sendable, Hashable {
    /// Why it cannot be made, in words.
    public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, and what there is instead.
        public let description: String
    }

    /// The report.
    public let relation: ShownRelation
    /// The columns to select, in order; all where there are none.
    public var columns: [String] = []
    /// The first and the last day, both included; `nil` is open.
    public var from, to: LocalDate?
    /// A condition in SQL as a person wrote it; only a reader's session may run it.
    public var condition: String?
    /// The most rows to select; `nil` selects all.
    public var limit: Int?
    /// The day at whose end the report is asked for, where it was made by ``ReaderSession/asOf(_:_:)``.
    var asOf: LocalDate?

    /// A select of all of a report.
    public init(_ relation: ShownRelation) { self.relation = relation }

    /// Finds the report, or another relation, that a name means among those there are: without its schema, or with it.
    ///
    /// Case, blanks, hyphens and underscores do not matter. Records go before reports, and those before views of own
    /// fields. `kind` says what all of them are.
    /// - Throws: a refusal with names that are spelt like it.
    public static func find(
        _ name: String, among relations: [ShownRelation], kind: String = "report"
    ) throws(Refusal) -> ShownRelation {
        let plain = Spelling.plain(name)
        let found = relations.filter { Spelling.plain($0.name) == plain || Spelling.plain($0.fullName) == plain }
        let least = found.map(rank).min()
        let nearest = found.filter { rank($0) == least }
        if let first = nearest.first {
            guard nearest.count > 1 else { return first }
            let names = nearest.map(\.fullName).joined(separator: ", ")
            throw Refusal(description: "\"\(name)\" means several: \(names). Nothing was read. Name one of them.")
        }
        throw Refusal(
            description: unknown(kind, name, relations.map(\.name) + relations.map(\.fullName))
                + " Nothing was read. \"inflow report list\" lists the reports.")
    }

    /// What the name of a report's form as of a day ends with.
    static let asOfSuffix = "_as_of"

    private static func rank(_ relation: ShownRelation) -> Int {
        ["wfm", "report"].firstIndex(of: relation.schema) ?? 2
    }

    /// The day that the span acts on.
    ///
    /// - Throws: a refusal that names the report's days where none of them is the one that its question is about.
    public func dateColumn() throws(Refusal) -> String {
        if let column = relation.dateColumn { return column }
        let days = relation.dateColumns
        throw Refusal(
            description: "\(relation.fullName) has no day that --from and --to could act on. Nothing was read. "
                + (days.isEmpty
                    ? "It has no column that is a day."
                    : "Its days are \(days.joined(separator: ", ")): use --where \"\(days[0]) >= '2026-01-01'\"."))
    }

    /// The statement, with the values of its parameters.
    ///
    /// Rows are in the order of the primary key, or else of the day that the report is about and of the columns, so that
    /// the same rows come in the same order.
    /// - Throws: a refusal for an unknown column or a span that is none.
    public func statement() throws(Refusal) -> (sql: String, parameters: [String]) {
        let columns = try selected()
        var (conditions, parameters) = ([String](), [asOf?.description].compactMap(\.self))
        if from != nil || to != nil {
            let name = try dateColumn()
            if let from, let to, from > to {
                throw Refusal(description: "The first day, \(from), is after the last, \(to). Nothing was read.")
            }
            // A month counts where any of its days does.
            let first = name == "month_on" ? from?.startOfMonth : from
            for (day, sign) in [(first, ">="), (to, "<=")] {
                guard let day else { continue }
                parameters.append(day.description)
                conditions.append("\(PostgresConnection.quoted(name)) \(sign) $\(parameters.count)::date")
            }
        }
        // Lines of their own, so that a comment at its end does not hide the bracket.
        if let condition { conditions.append("(\n\(condition)\n)") }
        var sql =
            "select \(columns.map { PostgresConnection.quoted($0.name) }.joined(separator: ", ")) from \(quotedName)"
        if !conditions.isEmpty { sql += " where " + conditions.joined(separator: " and ") }
        let order =
            !relation.key.isEmpty
            ? relation.key
            : [relation.dateColumn].compactMap(\.self)
                + columns.filter { $0.name != relation.dateColumn && ReportQuery.isOrdered($0.type) }.map(\.name)
        if !order.isEmpty { sql += " order by " + order.map { PostgresConnection.quoted($0) }.joined(separator: ", ") }
        if let limit { sql += " limit \(limit)" }
        return (sql, parameters)
    }

    private var quotedName: String {
        let name = asOf == nil ? relation.name : relation.name + ReportQuery.asOfSuffix
        return "\(PostgresConnection.quoted(relation.schema)).\(PostgresConnection.quoted(name))"
            + (asOf == nil ? "" : "($1::date)")
    }

    private func selected() throws(Refusal) -> [ShownRelation.Column] {
        guard !columns.isEmpty else { return relation.columns }
        var found: [ShownRelation.Column] = []
        for name in columns {
            guard let column = relation.columns.first(where: { Spelling.plain($0.name) == Spelling.plain(name) }) else {
                let known = relation.columns.map(\.name)
                throw Refusal(
                    description: ReportQuery.unknown("column", name, known)
                        + " Nothing was read. \(relation.fullName) has \(known.joined(separator: ", ")).")
            }
            if !found.contains(column) { found.append(column) }
        }
        return found
    }

    /// Whether PostgreSQL orders values of a type; `json` and `xml` have no order.
    private static func isOrdered(_ type: String) -> Bool { !["json", "xml"].contains(type) }

    private static func unknown(_ kind: String, _ name: String, _ known: [String]) -> String {
        let near = Spelling.nearest(to: name, among: known)
        return "There is no \(kind) \"\(name)\"."
            + (near.isEmpty ? "" : " Did you mean \(near.joined(separator: " or "))?")
    }
}
