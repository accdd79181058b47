public import Foundation
public import Inflow
internal import Postgres
internal import SQLFiles

/// The months of a connection that people sign off: closes and reopens them, and says what has changed since.
///
/// A closing is one transaction that sees one moment of all tables, so that its totals, its rows of reports and its
/// records fit each other while runs go on. It locks nothing that a run writes, and later changes load as ever;
/// `report.late_changes` finds them by comparing records (decision 0026).
public struct PeriodStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The closed months of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// How closing a month ended.
    public enum Outcome: Sendable, Hashable {
        /// The month is closed.
        case closed(Closing)
        /// Nothing was changed: the month ends after today in the connection's zone. The first day after it.
        case notOver(until: LocalDate)
        /// Nothing was changed: the month is closed since then.
        case alreadyClosed(Closing)
        /// Nothing was changed: records of the month may be missing; which, in words.
        case incomplete(String)
    }

    /// Signs off a month, by any of its days, with its totals, its rows of the monthly reports and its records.
    ///
    /// With `evenIncomplete` it does so although records may be missing, and the closing says which.
    public func close(
        _ month: LocalDate, by person: String, note: String?, evenIncomplete: Bool = false, now: Instant
    ) async throws(WarehouseError) -> Outcome {
        let first = month.startOfMonth
        let next = first.adding(months: 1)
        guard LocalDate(now, in: connection.settings.timeZone) >= next else { return .notOver(until: next) }
        let id = connection.id
        do throws(WarehouseError) {
            return try await warehouse.transaction(purpose: "period", doing: "closing \(first)") {
                session throws(PostgresError) in
                try session.execute("set transaction isolation level repeatable read")
                if let open = try Closing.of(first, lookingForLateChanges: true, id, session).first(where: \.holds) {
                    return .alreadyClosed(open)
                }
                let needed = try NeededRecords(of: first, id, session)
                if let missing = needed.missing, !evenIncomplete { return .incomplete(missing) }
                return .closed(try PeriodStore.write(first, needed, by: person, note: note, id, session))
            }
        } catch {
            // Another process closed it in the same moment.
            guard error.cause?.code == .uniqueViolation,
                let open = try await closings(of: first).first(where: \.holds)
            else { throw error }
            return .alreadyClosed(open)
        }
    }

    /// Writes the closing, its records and its rows, all of the transaction's moment.
    private static func write(
        _ month: LocalDate, _ needed: NeededRecords, by person: String, note: String?, _ connection: Int64,
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> Closing {
        func text(_ value: String?) -> PostgresParameter { value.map { .text($0) } ?? .null }
        let place: [PostgresParameter] = [.int64(connection), .text(month.description)]
        let entities = PostgresParameter.textArray(needed.entities)
        let closing = try session.query(
            Statements.periodClose,
            place + [
                .text(person), text(note), text(needed.missing), needed.asOf.map { .timestamp($0) } ?? .null, entities,
            ])[0].int64("id")
        try session.query(Statements.periodCloseRecords, place + [.int64(closing), entities])
        try session.query(Statements.periodCloseRows, place + [.int64(closing)])
        // The newest comes first.
        return try Closing.of(month, lookingForLateChanges: true, connection, session)[0]
    }

    /// Notes that a closed month is open again; what was signed off stays in the record of closings.
    ///
    /// Returns the closing that no longer holds; `nil` where the month is not closed, and then nothing was changed.
    public func reopen(
        _ month: LocalDate, by person: String, note: String?
    ) async throws(WarehouseError) -> Closing? {
        let (id, first) = (connection.id, month.startOfMonth)
        return try await warehouse.transaction(purpose: "period", doing: "reopening \(first)") {
            session throws(PostgresError) in
            let reopened = try session.query(
                Statements.periodReopen,
                [.int64(id), .text(first.description), .text(person), note.map { .text($0) } ?? .null]
            ).read { row throws(PostgresError) in try row.int64("id") }
            return try Closing.of(first, lookingForLateChanges: false, id, session).first { reopened.contains($0.id) }
        }
    }

    /// The closings of a month, by any of its days, or of all months: the newest month and closing first.
    public func closings(of month: LocalDate? = nil) async throws(WarehouseError) -> [Closing] {
        let (id, first) = (connection.id, month?.startOfMonth)
        return try await warehouse.perform(purpose: "period", doing: "reading closed months") {
            session throws(PostgresError) in try Closing.of(first, lookingForLateChanges: true, id, session)
        }
    }

    /// What a month, by any of its days, comes to now.
    public func totals(of month: LocalDate) async throws(WarehouseError) -> MonthTotals {
        let rows = try await warehouse.query(
            Statements.periodTotals, of: connection, [.text(month.startOfMonth.description)], purpose: "period",
            doing: "adding up \(month.startOfMonth)"
        ) { row throws(PostgresError) in try MonthTotals(row) }
        return rows[0]
    }
}

/// What is signed off of a month, and what of it may be missing.
private struct NeededRecords {
    private(set) var entities: [String] = []
    /// When the oldest reading was sent; nil where an entity has none.
    private(set) var asOf: Instant?
    /// In words; nil where everything is complete.
    private(set) var missing: String?

    init(
        of month: LocalDate, _ connection: Int64, _ session: isolated PostgresConnection
    ) throws(PostgresError) {
        let rows = try session.query(Statements.periodMissing, [.int64(connection), .text(month.description)]).read {
            row throws(PostgresError) in
            (
                entity: try row.text("entity"), at: try row.optionalDate("verified_at"),
                reason: try row.optionalText("reason")
            )
        }
        entities = rows.map(\.entity)
        let times = rows.compactMap(\.at)
        asOf = times.count == rows.count ? times.min() : nil
        let faults = rows.compactMap { row in row.reason.map { "\(row.entity): \($0)" } }
        missing = faults.isEmpty ? nil : faults.joined(separator: "; ")
    }
}
