import ConnectionPage
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Tables and views as pages, from the reader's catalogue.
struct PageTables: TableService {
    let readers: PageReaders

    private static let rows = 100
    /// A table is counted up to here; a view not at all, since to count it is to make all of it.
    private static let mostCounted = 100_000

    func relations(of name: String) async throws -> [TableSummary] {
        try await readers.reading(name) { session, _ in
            try await session.relations().map { TableSummary($0) }
        }
    }

    func dictionary(of name: String) async throws -> [DictionaryEntry] {
        try await readers.reading(name) { session, _ in DictionaryParts.entries(try await session.relations()) }
    }

    func page(_ wanted: TableQuestion, of name: String) async throws -> TableSight {
        try await readers.reading(name) { session, connection in
            let relation = try await Self.relation(wanted.relation, session)
            let query = try Self.query(wanted, relation)
            return try await Self.sight(query, session, connection, rows: Self.rows)
        }
    }

    func csv(_ wanted: TableQuestion, of name: String) async throws -> TextStream {
        try await readers.csv(name) { session, _ in
            let relation = try await Self.relation(wanted.relation, session)
            let statement = try Self.query(wanted, relation).statement(limit: nil)
            return try await session.rows(statement.sql, statement.parameters)
        }
    }

    /// The relation of a name, as the catalogue spells it.
    static func relation(_ name: String, _ session: ReaderSession) async throws -> ShownRelation {
        guard let relation = try await session.relation(name) else {
            throw PageProblem(
                .notFound, "There is no table \"\(name)\"",
                "The list has all tables and views that the connection's reader may read.")
        }
        return relation
    }

    /// A page of rows, with what is known of their completeness.
    static func sight(
        _ query: TableQuery, _ session: ReaderSession, _ connection: Connection, rows most: Int, isCounted: Bool = true
    ) async throws -> TableSight {
        let statement = try query.statement(limit: most + 1)
        let answer = try await session.answer(statement.sql, statement.parameters)
        let relation = query.relation
        // Shown are the columns that say something to a person; CSV has all.
        let shown = relation.columns.indices.filter {
            relation.columns[$0].name != "connection_id" && relation.columns[$0].type != "bytea"
        }
        // A page that ends before a place comes from its end.
        let isBackward = query.before != nil
        let isCut = answer.rows.count > most
        let kept = answer.rows.prefix(most)
        let rows = isBackward ? Array(kept.reversed()) : Array(kept)
        var sight = TableSight(
            table: TableSummary(relation), columns: shown.map { TableSight.Column(relation.columns[$0]) },
            rows: rows.map { row in shown.map { row[$0] } })
        sight.hasMore = isBackward || isCut
        sight.pageSize = most
        sight.isPagedByKey = query.isPagedByKey
        sight.zone = connection.settings.timeZone.identifier
        if isBackward ? isCut : query.after != nil, let first = rows.first {
            sight.previous = try query.place(of: first).map { try place($0) }
        }
        if sight.hasMore, let last = rows.last { sight.next = try query.place(of: last).map { try place($0) } }
        if let entity = WorkflowMax.entities.first(where: { $0.table == relation.fullName }) {
            (sight.entity, sight.key) = (entity.name, entity.key)
            sight.completeness = try await session.completeness(of: [entity.name], connection, from: nil)
                .filter { $0.from != nil || $0.to != nil || $0.rejected > 0 || $0.held > 0 }.map {
                    CompletenessLine($0)
                }
        }
        if isCounted, query.isPagedByKey {
            let count = try query.count(most: mostCounted + 1)
            let counted = try await session.answer(count.sql, count.parameters).rows.first?.first.flatMap { $0 }
            sight.count = counted.flatMap { Int($0) }.map { min($0, mostCounted) }
            sight.isCountCut = counted.flatMap { Int($0) } ?? 0 > mostCounted
        }
        return sight
    }

    private static func query(_ wanted: TableQuestion, _ relation: ShownRelation) throws -> TableQuery {
        var query = TableQuery(relation)
        query.conditions = wanted.filters.map(TableQuery.Condition.init)
        (query.sort, query.isDescending, query.skipped) = (wanted.sort, wanted.isDescending, wanted.skipped)
        (query.after, query.before) = (try wanted.after.map(place), try wanted.before.map(place))
        return query
    }

    private static func place(_ text: String) throws -> [String?] {
        guard let place = try? JSONDecoder().decode([String?].self, from: Data(text.utf8)) else {
            throw PageProblem(.invalid, "The place in the address is none", "Inflow read nothing.")
        }
        return place
    }

    private static func place(_ values: [String?]) throws -> String {
        String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    }
}

extension TableSummary {
    init(_ relation: ShownRelation) {
        self.init(
            schema: relation.schema, name: relation.name, isView: relation.isView,
            comment: relation.comment ?? relation.question)
    }
}

extension TableSight.Column {
    init(_ column: ShownRelation.Column) {
        let numbers = ["smallint", "integer", "bigint", "numeric", "real", "double precision"]
        self.init(
            name: column.name, type: column.type, comment: column.comment ?? "",
            isNumber: numbers.contains { column.type.hasPrefix($0) } && !column.type.hasSuffix("[]"),
            isOrdered: !["json", "xml"].contains(column.type))
    }
}

extension TableQuery.Condition {
    init(_ filter: TableFilter) {
        let comparison: TableQuery.Comparison =
            switch filter.comparison {
            case .equal: .equal
            case .different: .different
            case .contains: .contains
            case .begins: .begins
            case .less: .less
            case .atMost: .atMost
            case .more: .more
            case .atLeast: .atLeast
            case .empty: .empty
            case .filled: .filled
            }
        self.init(filter.column, comparison, filter.value)
    }
}

extension CompletenessLine {
    init(_ completeness: EntityCompleteness) {
        self.init(
            entity: completeness.entity, from: completeness.from, to: completeness.to,
            rejected: completeness.rejected, held: completeness.held)
    }
}
