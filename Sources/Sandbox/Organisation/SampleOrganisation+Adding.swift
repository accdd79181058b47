/// New rows, made as copies of others with all that hangs on them.
extension SampleOrganisation {
    /// Appends a copy of a row, with lines of its own, a number or name of its own, filed under a day.
    ///
    /// nil for kinds that have no list of their own.
    mutating func append(_ kind: RowKind, like index: Int, on day: Int) -> Int? {
        switch kind {
        case .job: appendJob(index, day)
        case .time: appendTime(index, day)
        case .invoice: appendInvoice(index, day)
        case .quote: appendQuote(index, day)
        case .purchaseOrder: appendOrder(index, day)
        case .lead: appendLead(index, day)
        case .client:
            clients.append(clients[index])
            clients[clients.count - 1].contacts = SampleOrganisation.copy(clients[index].contacts, in: &contactLinks)
            return SampleOrganisation.named(&clients, \.name)
        case .supplier:
            suppliers.append(suppliers[index])
            suppliers[suppliers.count - 1].contacts = SampleOrganisation.copy(
                suppliers[index].contacts, in: &supplierContacts)
            return SampleOrganisation.named(&suppliers, \.name)
        case .group:
            groups.append(groups[index])
            groups[groups.count - 1].members = SampleOrganisation.copy(groups[index].members, in: &groupMembers)
            return SampleOrganisation.named(&groups, \.name)
        case .staff:
            staff.append(staff[index])
            return SampleOrganisation.named(&staff, \.name)
        case .task:
            tasks.append(tasks[index])
            return SampleOrganisation.named(&tasks, \.name)
        case .cost:
            costs.append(costs[index])
            return SampleOrganisation.named(&costs, \.description)
        case .customField:
            customFields.append(customFields[index])
            return SampleOrganisation.named(&customFields, \.name)
        case .category:
            categories.append(categories[index])
            return SampleOrganisation.named(&categories, \.self)
        default: return nil
        }
        return lastIndex(of: kind)
    }

    private func lastIndex(of kind: RowKind) -> Int {
        switch kind {
        case .job: jobs.count - 1
        case .time: times.count - 1
        case .invoice: invoices.count - 1
        case .quote: quotes.count - 1
        case .purchaseOrder: orders.count - 1
        default: leads.count - 1
        }
    }

    private static func named<Row>(_ rows: inout [Row], _ name: WritableKeyPath<Row, String>) -> Int {
        rows[rows.count - 1][keyPath: name] += " \(rows.count)"
        return rows.count - 1
    }

    private static func copy<Row>(
        _ span: Span, in table: inout [Row], _ change: (inout Row) -> Void = { _ in }
    ) -> Span {
        let start = table.count
        for index in span.indices {
            table.append(table[index])
            change(&table[table.count - 1])
        }
        return Span(from: start, in: table)
    }

    private mutating func appendJob(_ index: Int, _ day: Int) {
        var row = jobs[index]
        let place = Int32(jobs.count)
        let shift = Int32(day) - row.created
        (row.number, row.name) = (place + 1, row.name + " \(place + 1)")
        (row.created, row.start, row.due) = (row.created + shift, row.start + shift, row.due + shift)
        if row.completed >= 0 { row.completed += shift }
        (row.modified, row.quote) = (-1, -1)
        row.staff = SampleOrganisation.copy(row.staff, in: &jobStaff)
        let first = jobTasks.count
        for task in row.tasks.indices {
            var copy = jobTasks[task]
            (copy.job, copy.actual) = (place, 0)
            copy.staff = SampleOrganisation.copy(copy.staff, in: &taskStaff)
            jobTasks.append(copy)
        }
        row.tasks = Span(from: first, in: jobTasks)
        row.milestones = SampleOrganisation.copy(row.milestones, in: &milestones)
        let firstNote = notes.count
        for note in row.notes.indices {
            var copy = notes[note]
            copy.comments = SampleOrganisation.copy(copy.comments, in: &comments)
            notes.append(copy)
        }
        row.notes = Span(from: firstNote, in: notes)
        row.costs = SampleOrganisation.copy(row.costs, in: &jobCosts)
        jobs.append(row)
    }

    private mutating func appendTime(_ index: Int, _ day: Int) {
        var row = times[index]
        (row.day, row.invoiceTask) = (Int32(day), -1)
        times.append(row)
    }

    private mutating func appendInvoice(_ index: Int, _ day: Int) {
        var row = invoices[index]
        let number = invoices.filter { $0.isCredit == row.isCredit }.map(\.number).max() ?? 0
        (row.number, row.date, row.due) = (number + 1, Int32(day), row.due - row.date + Int32(day))
        let first = invoiceJobs.count
        for part in row.jobs.indices {
            var copy = invoiceJobs[part]
            copy.tasks = SampleOrganisation.copy(copy.tasks, in: &invoiceTasks)
            copy.costs = SampleOrganisation.copy(copy.costs, in: &invoiceCosts)
            invoiceJobs.append(copy)
        }
        row.jobs = Span(from: first, in: invoiceJobs)
        row.tasks = SampleOrganisation.copy(row.tasks, in: &invoiceTasks)
        row.costs = SampleOrganisation.copy(row.costs, in: &invoiceCosts)
        invoices.append(row)
    }

    private mutating func appendQuote(_ index: Int, _ day: Int) {
        var row = quotes[index]
        (row.number, row.revision) = ((quotes.map(\.number).max() ?? 0) + 1, 0)
        (row.date, row.valid, row.job) = (Int32(day), row.valid - row.date + Int32(day), -1)
        row.tasks = SampleOrganisation.copy(row.tasks, in: &quoteTasks)
        row.costs = SampleOrganisation.copy(row.costs, in: &quoteCosts)
        row.options = SampleOrganisation.copy(row.options, in: &quoteOptions)
        quotes.append(row)
    }

    private mutating func appendOrder(_ index: Int, _ day: Int) {
        var row = orders[index]
        (row.number, row.date) = (Int32(orders.count + 1), Int32(day))
        row.costs = SampleOrganisation.copy(row.costs, in: &orderCosts)
        orders.append(row)
    }

    private mutating func appendLead(_ index: Int, _ day: Int) {
        var row = leads[index]
        if row.closed >= 0 { row.closed += Int32(day) - row.date }
        (row.date, row.name) = (Int32(day), row.name + " \(leads.count + 1)")
        row.activities = SampleOrganisation.copy(row.activities, in: &activities)
        row.history = SampleOrganisation.copy(row.history, in: &history)
        leads.append(row)
    }
}
