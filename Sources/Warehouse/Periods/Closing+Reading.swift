internal import Foundation
internal import Inflow
internal import Postgres
internal import SQLFiles

extension Closing {
    /// Whether the closing holds: the month has not been reopened.
    public var holds: Bool { reopening == nil }

    /// The closings of a month or of all, the newest month and closing first.
    static func of(
        _ month: LocalDate?, lookingForLateChanges isLooking: Bool, _ connection: Int64,
        _ session: isolated PostgresConnection
    ) throws(PostgresError) -> [Closing] {
        try session.query(
            Statements.periodList,
            [.int64(connection), month.map { .text($0.description) } ?? .null, .bool(isLooking)]
        ).read { row throws(PostgresError) in try Closing(row) }
    }

    private init(_ row: PostgresResult.Row) throws(PostgresError) {
        id = try row.int64("id")
        month = try row.require("month_on") { $0.string.flatMap { LocalDate($0) } }
        closedAt = try row.date("closed_at")
        closedBy = try row.text("closed_by")
        note = try row.optionalText("note")
        missing = try row.optionalText("missing")
        dataAsOf = try row.optionalDate("data_as_of")
        let (at, by) = (try row.optionalDate("reopened_at"), try row.optionalText("reopened_by"))
        if let at, let by {
            reopening = Reopening(reopenedAt: at, reopenedBy: by, note: try row.optionalText("reopening_note"))
        } else {
            reopening = nil
        }
        totals = try MonthTotals(row)
        lateChanges = LateChanges(
            records: try row.int("late_changes"), hours: try row.decimal("late_hours"),
            amount: try row.decimal("late_amount"), jobCosts: try row.decimal("late_job_costs"),
            hasUnknownAmount: try row.bool("has_unknown"))
    }
}

extension MonthTotals {
    /// The totals of a row that has them by the names of `inflow.closing`, as text.
    init(_ row: PostgresResult.Row) throws(PostgresError) {
        entries = try row.int("entries")
        (hours, billableHours) = (try row.decimal("hours"), try row.decimal("billable_hours"))
        (invoices, creditNotes) = (try row.int("invoices"), try row.int("credit_notes"))
        (amount, creditAmount) = (try row.optionalDecimal("amount"), try row.optionalDecimal("credit_amount"))
        (amountTax, jobCosts) = (try row.optionalDecimal("amount_tax"), try row.optionalDecimal("job_costs"))
    }
}

extension PostgresResult.Row {
    fileprivate func decimal(_ name: String) throws(PostgresError) -> Decimal {
        try require(name) { $0.string.flatMap { Decimal(string: $0) } }
    }

    fileprivate func optionalDecimal(_ name: String) throws(PostgresError) -> Decimal? {
        try read(name) { $0.string.flatMap { Decimal(string: $0) } }
    }
}
