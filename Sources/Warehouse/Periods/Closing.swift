public import Foundation
public import Inflow

/// A month that a person signed off, with its totals of that moment and what has changed since.
public struct Closing: Sendable, Hashable {
    /// The number of the closing, `closing_id` in the reports.
    public let id: Int64
    /// The first day of the calendar month.
    public let month: LocalDate
    /// The moment that the signed-off figures are of.
    public let closedAt: Instant
    /// Who closed the month.
    public let closedBy: String
    /// What that person noted.
    public let note: String?
    /// What was missing of the month's records, in words; `nil` where they were complete.
    public let missing: String?
    /// When the oldest of the answers was asked for that the figures are from; `nil` where one kind of records had none.
    public let dataAsOf: Instant?
    /// The reopening; `nil` while the month is closed.
    public let reopening: Reopening?
    /// What was signed off.
    public let totals: MonthTotals
    /// What counts otherwise by now; nothing of a month that was reopened.
    public let lateChanges: LateChanges

    /// That a closed month is open again.
    public struct Reopening: Sendable, Hashable {
        /// When it was reopened.
        public let reopenedAt: Instant
        /// Who reopened it.
        public let reopenedBy: String
        /// What that person noted.
        public let note: String?
    }

    /// How many records of a closed month count otherwise, and by how much.
    public struct LateChanges: Sendable, Hashable, Encodable {
        /// Records of which `report.late_changes` has a row.
        public let records: Int
        /// Hours worked now less those signed off.
        public let hours: Decimal
        /// What is invoiced now less what was signed off, excluding tax.
        public let amount: Decimal
        /// What job costs come to now less what was signed off.
        public let jobCosts: Decimal
        /// Whether a record has an amount that is not known, so that `amount` and `jobCosts` are not all.
        public let hasUnknownAmount: Bool

        /// Creates it from its parts.
        public init(records: Int, hours: Decimal, amount: Decimal, jobCosts: Decimal, hasUnknownAmount: Bool) {
            (self.records, self.hours, self.amount) = (records, hours, amount)
            (self.jobCosts, self.hasUnknownAmount) = (jobCosts, hasUnknownAmount)
        }
    }
}

/// What a month comes to: the figures that people sign off.
public struct MonthTotals: Sendable, Hashable {
    /// Time entries.
    public let entries: Int
    /// Hours worked, and the billable part of them.
    public let hours, billableHours: Decimal
    /// Approved and paid invoices, and credit notes, which are not among them.
    public let invoices, creditNotes: Int
    /// Amount of both excluding tax, and the part of it that comes from credit notes; `nil` where not known.
    public let amount, creditAmount: Decimal?
    /// Tax on the amount; `nil` where not known.
    public let amountTax: Decimal?
    /// What the costs booked on jobs cost; `nil` where Inflow does not read them.
    public let jobCosts: Decimal?
}
