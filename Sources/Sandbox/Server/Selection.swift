/// A span of days with both ends included, as the platform's `from` and `to` are.
struct DaySpan: Sendable, Hashable {
    var from: Int
    var to: Int

    /// Whether the day lies in the span.
    @inline(__always)
    func holds(_ day: Int) -> Bool { day >= from && day <= to }
}

/// Chooses rows: which are there, in which window, in which state.
struct Selection: Sendable {
    let renderer: Renderer
    let jobsByStartDate: Bool

    private var sample: SampleOrganisation {
        _read { yield renderer.sample }
    }

    /// How many rows of the kind the organisation has, deleted ones included.
    func count(_ kind: RowKind) -> Int {
        switch kind {
        case .staff: sample.staff.count
        case .client: sample.clients.count
        case .contact: sample.contacts.count
        case .supplier: sample.suppliers.count
        case .supplierContact: sample.supplierContacts.count
        case .category: sample.categories.count
        case .task: sample.tasks.count
        case .cost: sample.costs.count
        case .group: sample.groups.count
        case .job: sample.jobs.count
        case .jobTask: sample.jobTasks.count
        case .milestone: sample.milestones.count
        case .note: sample.notes.count
        case .comment: sample.comments.count
        case .jobCost: sample.jobCosts.count
        case .time: sample.times.count
        case .invoice: sample.invoices.count
        case .invoiceTask: sample.invoiceTasks.count
        case .quote: sample.quotes.count
        case .purchaseOrder: sample.orders.count
        case .lead: sample.leads.count
        case .leadCategory: sample.leadCategories.count
        case .customField: sample.customFields.count
        case .template: sample.templates.count
        case .jobState: sample.states.count
        case .unknown: 0
        }
    }

    /// The day a row is filed under, by the date its list is filtered on; 0 for kinds without one.
    func day(_ kind: RowKind, _ index: Int) -> Int {
        if let day = renderer.edits.edit(kind, index)?.day { return day }
        switch kind {
        case .job: return Int(jobsByStartDate ? sample.jobs[index].start : sample.jobs[index].created)
        case .time: return Int(sample.times[index].day)
        case .invoice: return Int(sample.invoices[index].date)
        case .quote: return Int(sample.quotes[index].date)
        case .purchaseOrder: return Int(sample.orders[index].date)
        case .lead: return Int(sample.leads[index].date)
        default: return 0
        }
    }

    /// The rows that are there, in the window if one is given, and fit the condition.
    func rows(_ kind: RowKind, in span: DaySpan? = nil, where fits: (Int) -> Bool = { _ in true }) -> [Int32] {
        var found: [Int32] = []
        let isTouched = renderer.edits.touches(kind)
        if kind == .time, !isTouched, let span {
            for (index, row) in sample.times.enumerated() where span.holds(Int(row.day)) && fits(index) {
                found.append(Int32(index))
            }
            return found
        }
        for index in 0..<count(kind) {
            if let span, !span.holds(day(kind, index)) { continue }
            if isTouched, renderer.edits.edit(kind, index)?.isDeleted == true { continue }
            if kind == .staff, !sample.staff[index].isListed { continue }
            if fits(index) { found.append(Int32(index)) }
        }
        return found
    }

    // MARK: states

    /// The edited value of an element, if it has one.
    func edited(_ kind: RowKind, _ index: Int, _ name: String) -> String? {
        renderer.edits.edit(kind, index)?.set[name] ?? nil
    }

    /// Whether the row is a draft, which `list` leaves out.
    func isDraft(_ kind: RowKind, _ index: Int) -> Bool {
        if renderer.edits.touches(kind), let state = edited(kind, index, kind == .invoice ? "Status" : "State") {
            return state == "Draft"
        }
        switch kind {
        case .invoice: return sample.invoices[index].status == .draft
        case .quote: return sample.quotes[index].state == .draft
        case .purchaseOrder: return sample.orders[index].state == .draft
        default: return false
        }
    }

    /// Whether the row is open, which is all `current` holds.
    func isCurrent(_ kind: RowKind, _ index: Int) -> Bool {
        let state = edited(kind, index, kind == .invoice ? "Status" : "State")
        switch kind {
        case .invoice:
            let outstanding = edited(kind, index, "AmountOutstanding").flatMap { Money($0) }
            let isApproved = state.map { $0 == "Approved" } ?? (sample.invoices[index].status == .approved)
            return isApproved && (outstanding ?? sample.invoices[index].outstanding).units != 0
        case .quote: return state.map { $0 == "Issued" } ?? (sample.quotes[index].state == .issued)
        case .purchaseOrder: return state.map { $0 == "Issued" } ?? (sample.orders[index].state == .issued)
        case .lead: return state.map { $0 == "Current" } ?? (sample.leads[index].state == .current)
        case .job:
            if let state { return state != "Completed" && state != "Cancelled" }
            return sample.jobs[index].completed < 0
        default: return true
        }
    }

    /// When the row was last changed, or made, in seconds since 1970.
    func modified(_ kind: RowKind, _ index: Int) -> Int {
        if let modified = renderer.edits.edit(kind, index)?.modified { return modified }
        if kind == .client { return Int(sample.clients[index].modified) * 86_400 }
        let row = sample.jobs[index]
        if row.modified >= 0 { return Int(row.modified) * 86_400 + index * 6271 % 86_400 }
        return Int(row.created) * 86_400 + index * 7919 % 86_400
    }

    // MARK: single rows

    /// The row with the identifier or number, if it is there.
    func find(_ kind: RowKind, _ text: String, evenDeleted: Bool = false) -> Int? {
        let found: Int?
        if let index = renderer.edits.index(kind, identified: text) {
            found = index
        } else if let id = RowID(text) {
            found = (0..<count(kind)).first { sample.id(kind, $0) == id }
        } else {
            found = number(kind, text)
        }
        guard let found else { return nil }
        return evenDeleted || renderer.edits.edit(kind, found)?.isDeleted != true ? found : nil
    }

    /// Whether the row was deleted.
    func isDeleted(_ kind: RowKind, _ index: Int) -> Bool {
        renderer.edits.edit(kind, index)?.isDeleted == true
    }

    private func number(_ kind: RowKind, _ text: String) -> Int? {
        let upper = text.uppercased()
        if let index = renderer.edits.index(kind, numbered: upper) { return index }
        // A row that was renumbered is no longer known by the number it had.
        return original(kind, upper).flatMap { renderer.edits.number(kind, $0) == nil ? $0 : nil }
    }

    private func original(_ kind: RowKind, _ upper: String) -> Int? {
        func digits(after prefix: String) -> Int? {
            upper.hasPrefix(prefix) ? Int(upper.dropFirst(prefix.count)) : nil
        }
        switch kind {
        case .job:
            guard let number = digits(after: "J"), sample.jobs.indices.contains(number - 1) else { return nil }
            return number - 1
        case .purchaseOrder:
            guard let number = digits(after: "PO"), sample.orders.indices.contains(number - 1) else { return nil }
            return number - 1
        case .invoice:
            let isCredit = upper.hasPrefix("CN-")
            guard let number = digits(after: isCredit ? "CN-" : "INV-") else { return nil }
            return sample.invoices.firstIndex { $0.number == number && $0.isCredit == isCredit }
        case .quote:
            let parts = upper.split(separator: "/")
            guard let first = parts.first, first.hasPrefix("Q"), let number = Int(first.dropFirst()) else { return nil }
            let revision = parts.count > 1 ? Int(parts[1]) ?? -1 : 0
            return sample.quotes.firstIndex { $0.number == number && $0.revision == revision }
        default: return nil
        }
    }
}
