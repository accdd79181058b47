/// Anything with an amount and the tax on it.
protocol Totalled {
    var amount: Money { get set }
    var tax: Money { get set }
}

extension Totalled {
    /// Adds a line's amounts to this row's.
    mutating func add(_ line: some Totalled) {
        amount += line.amount
        tax += line.tax
    }
}

struct TaskLine: Sendable, Totalled {
    var name: Int16
    var note: Int16 = -1
    var isBillable = true
    var minutes: Int32
    /// nil writes an empty element.
    var rate: Money?
    var amount: Money
    var tax: Money
}

struct CostLine: Sendable, Totalled {
    var item: Int16
    var note: Int16 = -1
    var isBillable = true
    var supplier: Int16 = -1
    var day: Int32 = 0
    var quantity: Money
    var unitCost: Money
    var unitPrice: Money
    var amount: Money
    var tax: Money
}

extension CostLine {
    /// The line as an invoice has it: one that is not billed amounts to nothing, and of a few the amount was typed over,
    /// so that it is not the quantity times the price (51 of 433 in the recordings of one organisation).
    var invoiced: CostLine {
        var line = self
        if !isBillable {
            (line.amount, line.tax) = (.zero, .zero)
        } else if (quantity.units / 100 + Int64(item)) % 8 == 0 {
            line.amount = amount.percent(90, cents: true)
            line.tax = tax.percent(90, cents: true)
        }
        return line
    }
}

struct InvoiceRow: Sendable, Totalled {
    enum Status: Int8, Sendable { case draft, approved, paid, cancelled }

    var number: Int32
    var isCredit = false
    var type: Int8
    var status: Status
    var date: Int32
    var due: Int32
    var client: Int32
    var contact: Int32 = -1
    var jobs = Span()
    var tasks = Span()
    var costs = Span()
    var amount = Money.zero
    var tax = Money.zero
    var paid = Money.zero
    var outstanding = Money.zero
    var text: Int16 = -1
}

struct InvoiceJob: Sendable {
    var job: Int32
    var tasks = Span()
    var costs = Span()
}

struct QuoteRow: Sendable, Totalled {
    enum State: Int8, Sendable { case draft, issued, accepted, declined, archived }

    var number: Int32
    var revision: Int8
    var isEstimate: Bool
    var state: State
    var client: Int32
    var job: Int32 = -1
    var lead: Int32 = -1
    var name: String
    var date: Int32
    var valid: Int32
    /// nil writes an empty element.
    var budget: Money?
    var tasks = Span()
    var costs = Span()
    var options = Span()
    var estimatedCost = Money.zero
    var estimatedTax = Money.zero
    var amount = Money.zero
    var tax = Money.zero
}

struct OrderRow: Sendable, Totalled {
    enum State: Int8, Sendable { case draft, issued, received, cancelled }

    var number: Int32
    var state: State
    var date: Int32
    var supplier: Int16
    var job: Int32
    var text: Int16
    var costs = Span()
    var amount = Money.zero
    var tax = Money.zero
}

struct LeadRow: Sendable {
    enum State: Int8, Sendable { case current, won, lost }

    var name: String
    var state: State
    var value: Money
    var date: Int32
    var closed: Int32 = -1
    var category: Int16
    var client: Int32 = -1
    var contact: Int32 = -1
    var owner: Int16 = -1
    var activities = Span()
    var history = Span()
}

struct Activity: Sendable {
    var day: Int32
    var subject: Int16
    var isCompleted: Bool
    var responsible: Int16
}

struct HistoryItem: Sendable {
    var day: Int32
    var second: Int32
    var staff: Int16
    var type: Int16
    var detail: Int16
}
