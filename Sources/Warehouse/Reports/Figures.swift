internal import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// Figures of one connection over a span of days, as summaries and charts show them.
public enum Figures: Sendable, Hashable, CaseIterable {
    /// Hours and amounts: `key`, `label`, `minutes`, `billable_minutes`, `amount`.
    case byMonth, byClient, byStaff, byJobState
    /// What charts draw; the columns are those of the statement.
    case invoiced, hours, workInProgress, winRate, utilisation

    var statement: String {
        switch self {
        case .byMonth: Statements.figuresByMonth
        case .byClient: Statements.figuresByClient
        case .byStaff: Statements.figuresByStaff
        case .byJobState: Statements.figuresByJobState
        case .invoiced: Statements.chartInvoiced
        case .hours: Statements.chartHours
        case .workInProgress: Statements.chartWorkInProgress
        case .winRate: Statements.chartWinRate
        case .utilisation: Statements.chartUtilisation
        }
    }

    /// The same for a file: hours in place of minutes.
    var exported: String {
        switch self {
        case .byMonth, .byClient, .byStaff, .byJobState:
            """
            select key, label, (minutes / 60.0)::numeric(19, 4) as hours,
                (billable_minutes / 60.0)::numeric(19, 4) as billable_hours, amount as invoiced_amount
            from (
            \(statement)
            ) figure
            """
        case .invoiced, .hours, .workInProgress, .winRate, .utilisation: statement
        }
    }
}

/// An answer that is short enough to be taken as a whole.
public struct ReaderAnswer: Sendable, Hashable {
    /// Its columns in order.
    public let columns: [ReaderColumn]
    /// Its rows, each with a text or `nil` for null for each column.
    public let rows: [[String?]]

    /// The value of a column in a row; `nil` for null, and where there is no such column.
    public func value(_ name: String, in row: [String?]) -> String? {
        columns.firstIndex { $0.name == name }.flatMap { row[$0] }
    }
}

/// How far an entity is complete, and what stands in the way.
public struct EntityCompleteness: Sendable, Hashable {
    /// The entity's name.
    public let entity: String
    /// The day from which it is judged: the one asked for, or the first of the first month that was read.
    public let from: LocalDate?
    /// The last day of the unbroken span of complete days; `nil` where not even the first day is.
    public let to: LocalDate?
    /// Records or values that are not loaded.
    public let rejected: Int
    /// Rows that may be gone at the platform, and wait for a decision.
    public let held: Int
}

extension ReaderSession {
    /// The whole answer to one of Inflow's own selects.
    public func answer(
        _ select: String, _ parameters: [String?] = []
    ) async throws(WarehouseError) -> ReaderAnswer {
        var cursor = try await rows(select, parameters)
        var all: [[String?]] = []
        while let rows = try await cursor.rows() { all += rows }
        return ReaderAnswer(columns: cursor.columns, rows: all)
    }

    /// Figures of a connection over a span of days, both included.
    public func figures(
        _ figures: Figures, of connection: Connection, from: LocalDate, to: LocalDate
    ) async throws(WarehouseError) -> ReaderAnswer {
        try await answer(figures.statement, [String(connection.id), from.description, to.description])
    }

    /// The same as rows for a file.
    public func exported(
        _ figures: Figures, of connection: Connection, from: LocalDate, to: LocalDate
    ) async throws(WarehouseError) -> ReaderCursor {
        try await rows(figures.exported, [String(connection.id), from.description, to.description])
    }

    /// How far entities are complete from a day on, or from the first month that was read.
    public func completeness(
        of entities: [String], _ connection: Connection, from: LocalDate?
    ) async throws(WarehouseError) -> [EntityCompleteness] {
        let answer = try await answer(
            Statements.figuresComplete, [String(connection.id), from?.description, entities.joined(separator: ",")])
        return answer.rows.map { row in
            EntityCompleteness(
                entity: answer.value("entity", in: row) ?? "",
                from: answer.value("complete_from", in: row).flatMap { LocalDate($0) },
                to: answer.value("complete_to", in: row).flatMap { LocalDate($0) },
                rejected: answer.value("rejected", in: row).flatMap { Int($0) } ?? 0,
                held: answer.value("held", in: row).flatMap { Int($0) } ?? 0)
        }
    }
}
