/// What a loader must find: counts, exact sums and keys of the rows a list holds.
///
/// Edits of a row's own values are heeded; edits of what lies deeper (lines, contacts) are not.
///
/// The totals are counted from the rows and not from what a client was sent, so no fault changes them. `ExpectedRow`
/// gives single rows with everything that was edited in them, lines included; it reads the XML that a read by key
/// gives.
///
/// Sums are decimals with four places as the rows hold them. An amount that was edited to a text that is no number adds
/// nothing, as it does in a warehouse that keeps the record without the value.
struct ExpectedTotals: Sendable, Encodable {
    /// The entity asked for.
    var entity: String
    var count = 0
    /// Rows of each child table, by `parent_child`.
    var children: [String: Int] = [:]
    /// Exact sums by `table.column`: decimals with four places, whole numbers for minutes.
    var sums: [String: String] = [:]
    /// SHA-256 in hexadecimal of the keys, sorted by their bytes and joined with line feeds.
    var keysDigest = ""
    /// The keys, sorted by their bytes, when asked for.
    var keys: [String]?
    /// Row by row, when asked for.
    var rows: [ExpectedRow]?
}

/// Counts and adds up for one entity.
struct ExpectedTotalsCounter {
    let selection: Selection
    let kind: RowKind
    private(set) var children: [String: Int] = [:]
    private var amounts: [String: Money] = [:]
    private var numbers: [String: Int] = [:]

    private var sample: SampleOrganisation {
        _read { yield selection.renderer.sample }
    }

    private init(_ kind: RowKind, _ selection: Selection) {
        self.kind = kind
        self.selection = selection
    }

    /// Whether expected totals leave drafts out, include them, or count them only.
    enum Drafts: String, Sendable { case without, with, only }

    static let kinds: [String: RowKind] = [
        "quote": .quote, "job": .job, "purchase_order": .purchaseOrder, "invoice": .invoice, "timesheet": .time,
        "job_category": .category, "job_status": .jobState, "task": .task, "cost": .cost, "lead": .lead,
        "client": .client, "client_group": .group, "supplier": .supplier, "staff": .staff,
        "custom_field": .customField, "job_cost": .jobCost, "invoice_payment": .invoice,
    ]

    /// The truth about an entity, of the rows filed under a day of the span; nil for an unknown entity.
    static func truth(
        of entity: String, in span: DaySpan?, drafts: Drafts, withKeys: Bool, withRows: Bool = false,
        selection: Selection
    ) -> ExpectedTotals? {
        if let owner = FieldOwner(entity: entity) {
            return owner.truth(drafts: drafts, withKeys: withKeys, withRows: withRows, selection)
        }
        guard let kind = kinds[entity] else { return nil }
        var truth = ExpectedTotals(entity: entity)
        var keys: [String]
        if kind == .jobState {
            keys = states(in: span, selection)
            truth.count = keys.count
        } else {
            var teller = ExpectedTotalsCounter(kind, selection)
            let source: RowKind = kind == .jobCost ? .job : kind
            let rows = selection.rows(source, in: span) { index in
                drafts == .with || selection.isDraft(source, index) == (drafts == .only)
            }
            keys = []
            if withRows { truth.rows = rows.compactMap { ExpectedRow(source, Int($0), selection) } }
            for row in rows {
                if entity == "invoice_payment" {
                    truth.count += teller.payments(Int(row))
                } else if kind == .jobCost {
                    keys += teller.jobCosts(Int(row))
                } else {
                    teller.count(Int(row))
                    keys.append(teller.key(Int(row)))
                }
            }
            if entity != "invoice_payment" { truth.count = keys.count }
            truth.children = teller.children
            truth.sums = teller.sums
        }
        keys.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        truth.keysDigest = Hashing.hex(Hashing.sha256(keys.joined(separator: "\n").utf8))
        truth.keys = withKeys ? keys : nil
        return truth
    }

    private static func states(in span: DaySpan?, _ selection: Selection) -> [String] {
        let rows = selection.rows(.job, in: span)
        return Array(
            Set(
                rows.map { row in
                    let index = Int(row)
                    let own = selection.renderer.sample.states[Int(selection.renderer.sample.jobs[index].state)]
                    return selection.edited(.job, index, "State") ?? own
                }))
    }

    private var sums: [String: String] {
        amounts.mapValues(\.text).merging(numbers.mapValues(String.init)) { text, _ in text }
    }

    private func key(_ index: Int) -> String {
        selection.key(kind, index)
    }

    // MARK: adding up

    private mutating func add(_ name: String, _ amount: Money) {
        amounts[name, default: .zero] += amount
    }

    private mutating func add(_ table: String, field: String, _ column: String, _ index: Int, _ own: Money) {
        // An amount that was taken out, or cannot be read, adds nothing.
        if let edited = selection.renderer.edits.edit(kind, index)?.set[field] {
            return add("\(table).\(column)", edited.flatMap { Money($0) } ?? .zero)
        }
        add("\(table).\(column)", own)
    }

    private mutating func header(_ table: String, _ index: Int, _ row: some Totalled) {
        add(table, field: "Amount", "amount", index, row.amount)
        add(table, field: "AmountTax", "amount_tax", index, row.tax)
        add(table, field: "AmountIncludingTax", "amount_including_tax", index, row.amount + row.tax)
    }

    private mutating func lines(_ table: String, _ rows: ArraySlice<some Totalled>) {
        children[table, default: 0] += rows.count
        for row in rows {
            add("\(table).amount", row.amount)
            add("\(table).amount_tax", row.tax)
            add("\(table).amount_including_tax", row.amount + row.tax)
        }
    }

    private mutating func count(_ index: Int) {
        switch kind {
        case .job: job(index)
        case .invoice: invoice(index)
        case .quote: quote(index)
        case .purchaseOrder:
            header("purchase_order", index, sample.orders[index])
            lines("purchase_order_cost", sample.orderCosts[sample.orders[index].costs.indices])
        case .time:
            let edited = selection.edited(.time, index, "Minutes").flatMap { Int($0) }
            numbers["timesheet.minutes", default: 0] += edited ?? Int(sample.times[index].minutes)
        case .lead:
            add("lead", field: "EstimatedValue", "estimated_value", index, sample.leads[index].value)
            children["lead_activity", default: 0] += Int(sample.leads[index].activities.count)
            children["lead_history", default: 0] += Int(sample.leads[index].history.count)
        case .client:
            children["client_contact", default: 0] += Int(sample.clients[index].contacts.count)
            children["client_note", default: 0] += sample.clients[index].notes
        case .group:
            children["client_group_member", default: 0] += selection.renderer.members(of: index).count
        case .supplier:
            children["supplier_contact", default: 0] += Int(sample.suppliers[index].contacts.count)
            children["supplier_note", default: 0] += sample.suppliers[index].notes
        case .cost:
            add("cost", field: "UnitCost", "unit_cost", index, sample.costs[index].unitCost)
            add("cost", field: "UnitPrice", "unit_price", index, sample.costs[index].unitPrice)
        default: break
        }
    }

    private mutating func job(_ index: Int) {
        let row = sample.jobs[index]
        if let budget = row.budget { add("job", field: "Budget", "budget", index, budget) }
        children["job_task", default: 0] += Int(row.tasks.count)
        children["job_assignee", default: 0] += Int(row.staff.count)
        children["job_milestone", default: 0] += Int(row.milestones.count)
        children["job_note", default: 0] += Int(row.notes.count)
        for task in sample.jobTasks[row.tasks.indices] {
            children["job_task_assignee", default: 0] += Int(task.staff.count)
            numbers["job_task.estimated_minutes", default: 0] += Int(task.estimated)
            numbers["job_task.actual_minutes", default: 0] += Int(task.actual)
        }
        for note in sample.notes[row.notes.indices] {
            children["job_note_comment", default: 0] += Int(note.comments.count)
        }
    }

    private mutating func invoice(_ index: Int) {
        let row = sample.invoices[index]
        header("invoice", index, row)
        add("invoice", field: "AmountPaid", "amount_paid", index, row.paid)
        add("invoice", field: "AmountOutstanding", "amount_outstanding", index, row.outstanding)
        for part in sample.invoiceJobs[row.jobs.indices] + [InvoiceJob(job: -1, tasks: row.tasks, costs: row.costs)] {
            lines("invoice_task", sample.invoiceTasks[part.tasks.indices])
            lines("invoice_cost", sample.invoiceCosts[part.costs.indices])
            for line in sample.invoiceTasks[part.tasks.indices] {
                numbers["invoice_task.minutes", default: 0] += Int(line.minutes)
            }
        }
    }

    private mutating func quote(_ index: Int) {
        let row = sample.quotes[index]
        header("quote", index, row)
        add("quote", field: "EstimatedCost", "estimated_cost", index, row.estimatedCost)
        lines("quote_task", sample.quoteTasks[row.tasks.indices])
        lines("quote_cost", sample.quoteCosts[row.costs.indices])
        lines("quote_option", sample.quoteOptions[row.options.indices])
        for line in sample.quoteTasks[row.tasks.indices] {
            numbers["quote_task.estimated_minutes", default: 0] += Int(line.minutes)
        }
    }

    private mutating func payments(_ index: Int) -> Int {
        let amounts = selection.renderer.payments(of: index)
        for amount in amounts { add("invoice_payment.amount", amount) }
        return amounts.count
    }

    private mutating func jobCosts(_ job: Int) -> [String] {
        let costs = sample.jobs[job].costs.indices.filter { !selection.isDeleted(.jobCost, $0) }
        for row in costs.map({ sample.jobCosts[$0] }) {
            add("job_cost.quantity", row.quantity)
            add("job_cost.unit_cost", row.unitCost)
            add("job_cost.unit_price", row.unitPrice)
        }
        return costs.map { sample.id(.jobCost, $0).text }
    }
}
