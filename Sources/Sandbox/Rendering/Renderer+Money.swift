/// Invoices, quotes and purchase orders (reference 5.3 to 5.5).
extension Renderer {
    private static let invoiceTypes: [StaticString] = ["Progress Invoice", "Final Invoice", "Miscellaneous"]
    private static let statuses: [StaticString] = ["Draft", "Approved", "Paid", "Cancelled"]
    private static let quoteStates: [StaticString] = ["Draft", "Issued", "Accepted", "Declined", "Archived"]
    private static let orderStates: [StaticString] = ["Draft", "Issued", "Received", "Cancelled"]

    /// An invoice or credit note; lines only when detailed.
    func invoice(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.invoices[index]
        w.openRow("Invoice", edit: edits.edit(.invoice, index))
        number(&w, "ID", .invoice, index)
        w.id(spelling.internalInvoiceUUID ? "InternalUUID" : "UUID", sample.id(.invoice, index))
        w.plain("Type", Renderer.invoiceTypes[Int(row.type)])
        w.plain("Status", Renderer.statuses[Int(row.status.rawValue)])
        let numbers = sample.invoiceJobs[row.jobs.indices].map { jobNumber(Int($0.job)) }
        w.text("JobText", numbers.joined(separator: ", "))
        stock(&w, "Description", SampleText.lineNotes, row.text)
        w.date("Date", row.date)
        w.date("DueDate", row.due)
        amounts(&w, row.amount, row.tax)
        w.money("AmountPaid", row.paid)
        w.money("AmountOutstanding", row.outstanding)
        client(&w, "Client", row.client)
        contact(&w, row.contact)
        if detailed, row.jobs.count > 0 {
            w.open("Jobs")
            for part in row.jobs.indices { invoiceJob(&w, sample.invoiceJobs[part]) }
            w.close("Jobs")
        } else if detailed {
            invoiceLines(&w, tasks: row.tasks, costs: row.costs)
        }
        w.close("Invoice")
    }

    private func invoiceJob(_ w: inout XMLWriter, _ part: InvoiceJob) {
        w.open("Job")
        number(&w, "ID", .job, Int(part.job))
        w.text("Name", sample.jobs[Int(part.job)].name)
        w.empty("Description")
        w.empty("ClientOrderNumber")
        invoiceLines(&w, tasks: part.tasks, costs: part.costs)
        w.close("Job")
    }

    private func invoiceLines(_ w: inout XMLWriter, tasks: Span, costs: Span) {
        if tasks.count > 0 {
            w.open("Tasks")
            for line in tasks.indices { taskLine(&w, sample.invoiceTasks[line], id: sample.id(.invoiceTask, line)) }
            w.close("Tasks")
        } else {
            w.emptyContainer("Tasks")
        }
        costLines(&w, "Costs", "Cost", sample.invoiceCosts, costs, billable: true)
    }

    private func taskLine(_ w: inout XMLWriter, _ line: TaskLine, id: RowID?) {
        w.open("Task")
        if let id { w.id("UUID", id) }
        w.text("Name", sample.tasks[Int(line.name)].name)
        stock(&w, "Description", SampleText.lineNotes, line.note)
        w.integer(id == nil ? "EstimatedMinutes" : "Minutes", Int(line.minutes))
        w.money("BillableRate", orEmpty: line.rate)
        w.yesNo("Billable", line.isBillable)
        amounts(&w, line.amount, line.tax)
        w.close("Task")
    }

    private func costLines(
        _ w: inout XMLWriter, _ container: StaticString, _ element: StaticString, _ table: [CostLine], _ span: Span,
        billable: Bool
    ) {
        guard span.count > 0 else { return w.emptyContainer(container) }
        w.open(container)
        for index in span.indices {
            let line = table[index]
            w.open(element)
            w.text("Description", sample.costs[Int(line.item)].description)
            stock(&w, "Note", SampleText.lineNotes, line.note)
            w.text("Code", sample.costs[Int(line.item)].code)
            if billable { w.yesNo("Billable", line.isBillable) }
            w.money("Quantity", line.quantity)
            w.money("UnitCost", line.unitCost)
            w.money("UnitPrice", line.unitPrice)
            amounts(&w, line.amount, line.tax)
            w.close(element)
        }
        w.close(container)
    }

    /// The amounts of an invoice's payments: none, one, or two halves.
    func payments(of index: Int) -> [Money] {
        let edited = edits.edit(.invoice, index)?.set["AmountPaid"].flatMap { $0 }.flatMap { Money($0) }
        let paid = edited ?? sample.invoices[index].paid
        guard paid.units != 0 else { return [] }
        let half = paid.percent(50, cents: true)
        return index % 5 == 0 && half.units != 0 ? [half, paid - half] : [paid]
    }

    func payments(_ w: inout XMLWriter, _ index: Int) {
        let amounts = payments(of: index)
        guard !amounts.isEmpty else { return w.emptyContainer("Payments") }
        w.open("Payments")
        for (part, amount) in amounts.enumerated() {
            w.open("Payment")
            w.date("Date", sample.invoices[index].due + Int32(part * 14 - 3))
            w.money("Amount", amount)
            w.text("Reference", index % 3 == 0 ? "" : "Bank transfer \(10_000 + index)")
            w.close("Payment")
        }
        w.close("Payments")
    }

    /// A quote or estimate; lines only when detailed.
    func quote(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.quotes[index]
        w.openRow("Quote", edit: edits.edit(.quote, index))
        number(&w, "ID", .quote, index)
        if !spelling.quotesWithoutUUID { w.id("UUID", sample.id(.quote, index)) }
        w.plain("Type", row.isEstimate ? "Estimate" : "Quote")
        w.plain("State", Renderer.quoteStates[Int(row.state.rawValue)])
        w.text("Name", row.name)
        w.text("Description", SampleText.descriptions[index % SampleText.descriptions.count])
        w.money("Budget", orEmpty: row.budget)
        if index % 4 > 0 {
            w.text("OptionExplanation", row.options.count > 0 ? "Choose one of the options below." : "")
        }
        w.date("Date", row.date)
        w.date("ValidDate", row.valid)
        if row.lead >= 0 {
            w.id("LeadUUID", sample.id(.lead, Int(row.lead)))
        } else if index % 3 == 0 {
            w.empty("LeadUUID")
        }
        w.money("EstimatedCost", row.estimatedCost)
        w.money("EstimatedCostTax", row.estimatedTax)
        w.money("EstimatedCostIncludingTax", row.estimatedCost + row.estimatedTax)
        amounts(&w, row.amount, row.tax)
        client(&w, "Client", row.client)
        if detailed { quoteLines(&w, row) }
        w.close("Quote")
    }

    private func quoteLines(_ w: inout XMLWriter, _ row: QuoteRow) {
        w.open("Tasks")
        for line in row.tasks.indices { taskLine(&w, sample.quoteTasks[line], id: nil) }
        w.close("Tasks")
        costLines(&w, "Costs", "Cost", sample.quoteCosts, row.costs, billable: true)
        costLines(&w, "Options", "Option", sample.quoteOptions, row.options, billable: false)
    }

    /// A purchase order; lines only when detailed.
    func order(_ w: inout XMLWriter, _ index: Int, detailed: Bool) {
        let row = sample.orders[index]
        w.openRow("PurchaseOrder", edit: edits.edit(.purchaseOrder, index))
        number(&w, "ID", .purchaseOrder, index)
        w.plain("State", Renderer.orderStates[Int(row.state.rawValue)])
        w.date("Date", row.date)
        stock(&w, "Description", SampleText.lineNotes, row.text)
        w.text("DeliveryAddress", index % 3 == 0 ? "Site office\n12 Quay Street\nPorthaven" : "")
        amounts(&w, row.amount, row.tax)
        supplier(&w, row.supplier)
        w.open("Job")
        number(&w, "ID", .job, Int(row.job))
        w.text("Name", sample.jobs[Int(row.job)].name)
        w.close("Job")
        if detailed {
            w.open("Costs")
            for line in row.costs.indices { orderCost(&w, sample.orderCosts[line], line) }
            w.close("Costs")
        }
        w.close("PurchaseOrder")
    }

    private func orderCost(_ w: inout XMLWriter, _ line: CostLine, _ index: Int) {
        w.open("Cost")
        w.text("Description", sample.costs[Int(line.item)].description)
        w.text("Code", sample.costs[Int(line.item)].code)
        w.money("Quantity", line.quantity)
        w.money("UnitCost", line.unitCost)
        amounts(&w, line.amount, line.tax)
        stock(&w, "Note", SampleText.lineNotes, line.note)
        w.close("Cost")
    }
}
