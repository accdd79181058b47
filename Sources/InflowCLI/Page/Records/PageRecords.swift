import ConnectionPage
import Foundation
import Inflow
import Warehouse
import WorkflowMax

/// Single records: their rows as the reader sees them, their history and their bytes of this connection.
struct PageRecords: RecordService {
    let readers: PageReaders

    private static let lines = 100
    private static let bookkeeping: Set<String> = [
        "connection_id", "first_run_id", "changed_run_id", "changed_at", "asked_at", "deleted_at", "content_hash",
        "children_hash", "extra",
    ]

    func record(_ entity: String, _ key: String, of name: String) async throws -> RecordFinding {
        let (definition, connection) = try await found(entity, name)
        let history = RecordHistory(readers.wiring.warehouse, connection)
        let keys = try await forPage { try await history.keys(of: definition, called: key) }
        guard let own = keys.first else { throw Self.noRecord(definition, key) }
        guard keys.count == 1 else { return .several(keys) }
        let versions = try await forPage { try await history.versions(of: definition, key: own) }
        let labels = try await forPage {
            try await RecordLabels(readers.wiring.warehouse, connection).of(definition, keys: [own])
        }
        let diff = RecordDiff(of: definition, key: own, versions)
        let zone = connection.settings.timeZone
        return try await readers.reading(name) { session, connection in
            var record = RecordSight(
                entity: definition.name, key: own, label: labels[own], zone: zone.identifier, history: diff)
            record.historyTimes = diff.steps.map { $0.at.text(in: zone) }
            let relations = try await session.relations()
            guard let values = try await Self.values(definition, own, relations, session) else {
                throw Self.noRecord(definition, own)
            }
            record.fields = values.fields
            record.deletedAt = values.deletedAt
            record.lines = try await Self.lines(definition, values, relations, session, connection)
            record.mentions = try await Self.mentions(definition, values, relations, session)
            return .one(record)
        }
    }

    func raw(_ entity: String, _ key: String, of name: String) async throws -> RawRecord? {
        let (definition, connection) = try await found(entity, name)
        return try await forPage {
            let keys = try await RecordHistory(readers.wiring.warehouse, connection).keys(of: definition, called: key)
            let own = keys.first ?? key
            let asked = try await readers.reading(name) { session, _ in
                try await Self.askedAt(definition, own, session)
            }
            let archive = ArchiveStore(readers.wiring.warehouse, connection)
            do {
                let raw = try await Self.raw(own, askedAt: asked, in: archive, definition, connection)
                await archive.close()
                return raw
            } catch {
                await archive.close()
                throw error
            }
        }
    }

    private func found(_ entity: String, _ name: String) async throws -> (EntityDefinition, Connection) {
        guard let definition = WorkflowMax.entities.first(where: { $0.name == entity }) else {
            throw PageProblem(.notFound, "There are no records called \"\(entity)\"", "Nothing was read.")
        }
        return (definition, try await forPage { try await readers.connection(name) })
    }

    private static func raw(
        _ key: String, askedAt asked: Instant?, in archive: ArchiveStore, _ entity: EntityDefinition,
        _ connection: Connection
    ) async throws -> RawRecord? {
        let records = ArchivedRecords(entity, reader: archive)
        // Most likely in the answer that the row in the table is of, so that not all of them are searched.
        var answers = try await archive.newest(entity.name)
        if let asked {
            answers.sort { abs($0.askedAt.timeIntervalSince(asked)) < abs($1.askedAt.timeIntervalSince(asked)) }
        }
        for answer in answers {
            guard let record = try await records.record(key, in: answer) else { continue }
            return RawRecord(
                text: String(decoding: record, as: UTF8.self), run: answer.run, askedAt: answer.askedAt,
                asked: answer.request.asked, zone: connection.settings.timeZone.identifier)
        }
        return nil
    }

    /// When the answer was asked for that a record's row is of; `nil` where there is no row.
    private static func askedAt(
        _ entity: EntityDefinition, _ key: String, _ session: ReaderSession
    ) async throws -> Instant? {
        guard let relation = try await session.relation(entity.table),
            let query = try recordQuery(entity, key, relation)
        else { return nil }
        let statement = try query.statement(limit: 1)
        let answer = try await session.answer(
            "select extract(epoch from r.asked_at) as asked from (\(statement.sql)) r", statement.parameters)
        return answer.rows.first?.first.flatMap { $0 }.flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0) }
    }

    /// The select of one record's row; `nil` where the key has too few parts.
    private static func recordQuery(
        _ entity: EntityDefinition, _ key: String, _ relation: ShownRelation
    ) throws -> TableQuery? {
        // The parts of a key cannot be told apart where they hold a slash, so the last takes the rest.
        let parts = key.split(separator: "/", maxSplits: entity.key.count - 1, omittingEmptySubsequences: false)
        guard parts.count == entity.key.count else { return nil }
        var query = TableQuery(relation)
        query.conditions = zip(entity.key, parts).map { TableQuery.Condition($0, .equal, String($1)) }
        return query
    }

    private static func noRecord(_ entity: EntityDefinition, _ key: String) -> PageProblem {
        PageProblem(
            .notFound, "There is no such record",
            "No \(entity.name.replacing("_", with: " ")) with the key or number \"\(key)\" is loaded. It may not have been "
                + "read yet, or it may have been rejected.")
    }

    // MARK: parts of a record

    /// The row of a record.
    private struct Values: Sendable {
        var fields: [RecordSight.Field]
        var deletedAt: String?
        /// All its values by column.
        var byName: [String: String]
    }

    private static func values(
        _ entity: EntityDefinition, _ key: String, _ relations: [ShownRelation], _ session: ReaderSession
    ) async throws -> Values? {
        guard let relation = relations.first(where: { $0.fullName == entity.table }) else { return nil }
        guard let query = try recordQuery(entity, key, relation) else { return nil }
        let statement = try query.statement(limit: 1)
        let answer = try await session.answer(statement.sql, statement.parameters)
        guard let row = answer.rows.first else { return nil }
        var values = Values(fields: [], deletedAt: nil, byName: [:])
        for (column, value) in zip(relation.columns, row) where column.type != "bytea" {
            if let value { values.byName[column.name] = value }
            guard column.name != "connection_id" else { continue }
            values.fields.append(
                RecordSight.Field(
                    name: column.name, value: column.type == "boolean" ? value.map { $0 == "t" ? "yes" : "no" } : value,
                    comment: column.comment ?? "",
                    isBookkeeping: bookkeeping.contains(column.name)))
        }
        values.deletedAt = values.byName["deleted_at"]
        return values
    }

    private static func lines(
        _ entity: EntityDefinition, _ values: Values, _ relations: [ShownRelation], _ session: ReaderSession,
        _ connection: Connection
    ) async throws -> [RecordSight.Lines] {
        var all: [RecordSight.Lines] = []
        for child in entity.children {
            guard let relation = relations.first(where: { $0.fullName == child.table }) else { continue }
            let filters = child.columns.filter { $0.kind == .parent }.compactMap { column in
                column.paths.first.flatMap { values.byName[$0] }.map { TableFilter(column.name, .equal, $0) }
            }
            guard !filters.isEmpty else { continue }
            var query = TableQuery(relation)
            query.conditions = filters.map(TableQuery.Condition.init)
            if relation.columns.contains(where: { $0.name == "position" }) { query.sort = "position" }
            let sight = try await PageTables.sight(query, session, connection, rows: lines, isCounted: false)
            if !sight.rows.isEmpty { all.append(RecordSight.Lines(sight, filters: filters)) }
        }
        return all
    }

    /// The rows of other tables that name the record, counted in one statement.
    private static func mentions(
        _ entity: EntityDefinition, _ values: Values, _ relations: [ShownRelation], _ session: ReaderSession
    ) async throws -> [RecordSight.Mention] {
        let own = Set(entity.children.map(\.table))
        var found: [(relation: ShownRelation, filters: [TableFilter], column: String)] = []
        for relation in relations where relation.schema == "wfm" && !own.contains(relation.fullName) {
            for column in relation.columns where RecordReferences.entity(of: column.name) == entity.name {
                let name = RecordReferences.isByNumber(column.name) ? "number" : entity.key.last ?? "uuid"
                guard let value = values.byName[name] else { continue }
                var filters = [TableFilter(column.name, .equal, value)]
                if relation.columns.contains(where: { $0.name == "deleted_at" }) {
                    filters.append(TableFilter("deleted_at", .empty, ""))
                }
                found.append((relation, filters, column.name))
            }
        }
        guard !found.isEmpty else { return [] }
        var (parts, parameters) = ([String](), [String?]())
        for one in found {
            var query = TableQuery(one.relation)
            query.conditions = one.filters.map(TableQuery.Condition.init)
            let statement = try query.count(startingAt: parameters.count)
            parts.append("(\(statement.sql))")
            parameters += statement.parameters
        }
        let answer = try await session.answer("select " + parts.joined(separator: ", "), parameters)
        let counts = (answer.rows.first ?? []).map { $0.flatMap { Int($0) } ?? 0 }
        return zip(found, counts).filter { $1 > 0 }.sorted { $0.1 > $1.1 }.map { one, count in
            RecordSight.Mention(
                relation: one.relation.fullName, column: one.column, filters: one.filters, count: count)
        }
    }
}
