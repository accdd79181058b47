internal import Foundation
internal import Inflow
internal import Postgres

/// A select of rows of one relation as a person looks through them: filtered, sorted, page after page.
///
/// Names come from the catalogue, values are bound. A table is paged by its key: the next page begins after the last
/// row of this one, so that it costs the same wherever it is. A view has no key and is paged by counting rows.
public struct TableQuery: Sendable, Hashable {
    /// How a column's value is compared.
    public enum Comparison: Sendable, Hashable {
        /// Equal, or not equal; null is not equal to anything.
        case equal
        case different
        /// The text holds this, whatever the case of letters, or begins with it.
        case contains
        case begins
        /// Smaller or greater, or the same.
        case less, atMost, more, atLeast
        /// Null or an empty text, or neither.
        case empty, filled
    }

    /// A condition on one column.
    public struct Condition: Sendable, Hashable {
        /// The column's name.
        public let column: String
        /// How its value is compared.
        public let comparison: Comparison
        /// With what, as a person wrote it.
        public let value: String

        /// A condition; the column must be one of the relation's when the statement is made.
        public init(_ column: String, _ comparison: Comparison, _ value: String) {
            (self.column, self.comparison, self.value) = (column, comparison, value)
        }
    }

    /// The relation.
    public let relation: ShownRelation
    /// Conditions, all of which hold.
    public var conditions: [Condition] = []
    /// The column to sort by; `nil` sorts by key, or a view by its columns.
    public var sort: String?
    /// Whether the greatest value comes first; nulls come last in any case.
    public var isDescending = false
    /// The place after which the page begins, as ``place(of:)`` gave it; `nil` for the first page.
    public var after: [String?]?
    /// The place before which the page ends; `nil` where it begins at ``after``.
    ///
    /// Rows then come in the opposite order, those next to the place first.
    public var before: [String?]?
    /// How many rows of a view come before the page.
    public var skipped = 0

    /// A look at all of a relation.
    public init(_ relation: ShownRelation) { self.relation = relation }

    /// Whether pages follow one another by key.
    public var isPagedByKey: Bool { !relation.key.isEmpty }

    /// The select of all rows that fit, or of at most `limit` from the page's place on.
    ///
    /// - Throws: a refusal for an unknown column, a place that is none, or a comparison that the column has not.
    public func statement(limit: Int?) throws(ReportQuery.Refusal) -> (sql: String, parameters: [String?]) {
        var (clauses, parameters) = try conditionClauses()
        let order = try order()
        if limit != nil, let place = before ?? after {
            guard isPagedByKey, place.count == order.count else {
                throw ReportQuery.Refusal(description: "The place in the address is none. Nothing was read.")
            }
            clauses.append(
                before == nil
                    ? Self.beginning(after: place, order, isDescending: isDescending, &parameters)
                    : Self.ending(before: place, order, isDescending: isDescending, &parameters))
        }
        let columns = relation.columns.map { PostgresConnection.quoted($0.name) }.joined(separator: ", ")
        var sql = "select \(columns) from \(quotedName)"
        sql += Self.filter(clauses)
        if !order.isEmpty {
            let directions = order.enumerated().map { place, column in
                let name = PostgresConnection.quoted(column.name)
                let isDown = place == 0 && sort != nil && isDescending
                guard limit != nil, before != nil else { return isDown ? "\(name) desc nulls last" : name }
                return isDown ? "\(name) nulls first" : "\(name) desc nulls first"
            }
            sql += " order by " + directions.joined(separator: ", ")
        }
        if let limit { sql += " limit \(limit)" }
        if limit != nil, !isPagedByKey, skipped > 0 { sql += " offset \(skipped)" }
        return (sql, parameters)
    }

    /// A select of how many rows fit, counted up to a number.
    public func count(most: Int) throws(ReportQuery.Refusal) -> (sql: String, parameters: [String?]) {
        let (clauses, parameters) = try conditionClauses()
        return (
            "select count(*) from (select from \(quotedName)\(Self.filter(clauses)) limit \(most)) counted", parameters
        )
    }

    /// A select of how many rows fit, as a part of a statement that has `first` parameters of its own before.
    public func count(startingAt first: Int) throws(ReportQuery.Refusal) -> (sql: String, parameters: [String?]) {
        let (clauses, parameters) = try conditionClauses(startingAt: first)
        return ("select count(*) from \(quotedName)\(Self.filter(clauses))", parameters)
    }

    private static func filter(_ clauses: [String]) -> String {
        clauses.isEmpty ? "" : " where " + clauses.joined(separator: " and ")
    }

    /// The place of a row, after which the next page begins; `nil` where pages do not go by key.
    public func place(of row: [String?]) throws(ReportQuery.Refusal) -> [String?]? {
        guard isPagedByKey else { return nil }
        return try order().map { column in
            relation.columns.firstIndex { $0.name == column.name }.flatMap { row[$0] }
        }
    }

    // MARK: parts

    private var quotedName: String {
        "\(PostgresConnection.quoted(relation.schema)).\(PostgresConnection.quoted(relation.name))"
    }

    private func column(_ name: String) throws(ReportQuery.Refusal) -> ShownRelation.Column {
        guard let column = relation.columns.first(where: { $0.name == name }) else {
            throw ReportQuery.Refusal(
                description: "\(relation.fullName) has no column \"\(name)\". Nothing was read.")
        }
        return column
    }

    /// What rows are sorted by: the wanted column, then the key, or of a view all columns that have an order.
    private func order() throws(ReportQuery.Refusal) -> [ShownRelation.Column] {
        var order: [ShownRelation.Column] = []
        if let sort {
            let column = try column(sort)
            guard Self.isOrdered(column.type) else {
                throw ReportQuery.Refusal(description: "Values of \"\(sort)\" have no order. Nothing was read.")
            }
            order.append(column)
        }
        let rest: [ShownRelation.Column]
        if isPagedByKey {
            rest = relation.key.compactMap { name in relation.columns.first { $0.name == name } }
        } else {
            let day = sort == nil ? relation.dateColumn : nil
            rest =
                relation.columns.filter { $0.name == day }
                + relation.columns.filter { $0.name != day && Self.isOrdered($0.type) }
        }
        return order + rest.filter { $0.name != sort }
    }

    /// The condition that a row comes after a place: the sorted column with nulls at the end, then the rest.
    private static func beginning(
        after place: [String?], _ order: [ShownRelation.Column], isDescending: Bool, _ parameters: inout [String?]
    ) -> String {
        var alternatives: [String] = []
        var equal: [String] = []
        for (column, value) in zip(order, place) {
            let name = PostgresConnection.quoted(column.name)
            let isFirst = equal.isEmpty
            let isRequired = column.isRequired || column.keyPlace != nil
            guard let value else {
                // Nulls come last: nothing comes after them in this column.
                equal.append("\(name) is null")
                continue
            }
            parameters.append(value)
            let bound = "$\(parameters.count)::\(baseType(column.type))"
            let beyond = "\(name) \(isFirst && isDescending ? "<" : ">") \(bound)"
            let beyondOrNull = isRequired ? beyond : "(\(beyond) or \(name) is null)"
            alternatives.append((equal + [beyondOrNull]).joined(separator: " and "))
            equal.append("\(name) = \(bound)")
        }
        return alternatives.isEmpty ? "false" : "(" + alternatives.map { "(\($0))" }.joined(separator: " or ") + ")"
    }

    /// The condition that a row comes before a place: the mirror of ``beginning(after:_:isDescending:_:)``.
    private static func ending(
        before place: [String?], _ order: [ShownRelation.Column], isDescending: Bool, _ parameters: inout [String?]
    ) -> String {
        var alternatives: [String] = []
        var equal: [String] = []
        for (column, value) in zip(order, place) {
            let name = PostgresConnection.quoted(column.name)
            guard let value else {
                // Nulls come last: every other value comes before them.
                alternatives.append((equal + ["\(name) is not null"]).joined(separator: " and "))
                equal.append("\(name) is null")
                continue
            }
            parameters.append(value)
            let bound = "$\(parameters.count)::\(baseType(column.type))"
            let sign = equal.isEmpty && isDescending ? ">" : "<"
            alternatives.append((equal + ["\(name) \(sign) \(bound)"]).joined(separator: " and "))
            equal.append("\(name) = \(bound)")
        }
        return "(" + alternatives.map { "(\($0))" }.joined(separator: " or ") + ")"
    }

    private func conditionClauses(
        startingAt first: Int = 0
    ) throws(ReportQuery.Refusal) -> (clauses: [String], parameters: [String?]) {
        var (clauses, parameters) = ([String](), [String?]())
        for condition in conditions {
            let column = try column(condition.column)
            let name = PostgresConnection.quoted(column.name)
            let isText = ["text", "character varying", "character"].contains(Self.baseType(column.type))
            let empty = isText ? "coalesce(\(name), '') = ''" : "\(name) is null"
            switch condition.comparison {
            case .empty: clauses.append(empty)
            case .filled: clauses.append("not (\(empty))")
            case .contains, .begins:
                parameters.append(condition.value)
                let sign = condition.comparison == .contains ? "> 0" : "= 1"
                clauses.append("position(lower($\(first + parameters.count)::text) in lower(\(name)::text)) \(sign)")
            case .equal, .different, .less, .atMost, .more, .atLeast:
                guard Self.isOrdered(column.type) else {
                    throw ReportQuery.Refusal(
                        description: "Values of \"\(column.name)\" have no order: use \"contains\". Nothing was read.")
                }
                parameters.append(condition.value)
                let bound = "$\(first + parameters.count)::\(Self.baseType(column.type))"
                clauses.append("\(name) \(Self.sign(condition.comparison)) \(bound)")
            }
        }
        return (clauses, parameters)
    }

    private static func sign(_ comparison: Comparison) -> String {
        switch comparison {
        case .different: "is distinct from"
        case .less: "<"
        case .atMost: "<="
        case .more: ">"
        case .atLeast: ">="
        case .equal, .contains, .begins, .empty, .filled: "="
        }
    }

    /// A type without its precision, so that a value is compared as it was written and not rounded before.
    private static func baseType(_ type: String) -> String {
        guard let open = type.firstIndex(of: "("), let close = type.firstIndex(of: ")") else { return type }
        return String(type[..<open] + type[type.index(after: close)...])
    }

    /// Whether PostgreSQL orders values of a type; `json` and `xml` have no order.
    private static func isOrdered(_ type: String) -> Bool { !["json", "xml"].contains(type) }
}
