import Foundation
import Inflow
import Warehouse

/// A closing, as a JSON document; of one month also what it comes to today.
struct ClosingDocument: Encodable {
    struct Totals: Encodable {
        let entries: Int
        let hours, billableHours: Decimal
        let invoices, creditNotes: Int
        let amount, creditAmount, amountTax, jobCosts: OrNull<Decimal>

        init(_ totals: MonthTotals) {
            (entries, hours, billableHours) = (totals.entries, totals.hours, totals.billableHours)
            (invoices, creditNotes) = (totals.invoices, totals.creditNotes)
            (amount, creditAmount) = (OrNull(totals.amount), OrNull(totals.creditAmount))
            (amountTax, jobCosts) = (OrNull(totals.amountTax), OrNull(totals.jobCosts))
        }
    }

    let closing: Int64
    let month: String
    let isClosed: Bool
    let closedAt: Date
    let closedBy: String
    let note, missing: OrNull<String>
    let dataAsOf, reopenedAt: OrNull<Date>
    let reopenedBy, reopeningNote: OrNull<String>
    let signedOff: Totals
    let lateChanges: Closing.LateChanges
    /// Only where one month was asked for.
    let today: Totals?

    init(_ closing: Closing, today: MonthTotals? = nil) {
        self.closing = closing.id
        (month, isClosed) = (Month.text(closing.month), closing.holds)
        (closedAt, closedBy) = (closing.closedAt, closing.closedBy)
        (note, missing, dataAsOf) = (OrNull(closing.note), OrNull(closing.missing), OrNull(closing.dataAsOf))
        reopenedAt = OrNull(closing.reopening?.reopenedAt)
        reopenedBy = OrNull(closing.reopening?.reopenedBy)
        reopeningNote = OrNull(closing.reopening?.note)
        (signedOff, lateChanges) = (Totals(closing.totals), closing.lateChanges)
        self.today = today.map { Totals($0) }
    }
}
