/// What one row must be: its own values as the sandbox writes them in the answer to `get`, and its lines counted.
struct ExpectedRow: Sendable, Encodable {
    /// The lines of one child table.
    struct Lines: Sendable, Encodable {
        var count = 0
        /// Exact sums by column, with four places.
        var sums: [String: String] = [:]
    }

    var key: String
    var isDraft: Bool
    /// The day it is filed under; nil for kinds without one.
    var day: String?
    /// Texts by path below the row, such as `Client/UUID`; lines are not among them.
    var fields: [String: String] = [:]
    /// The expected lines, by the name of their child table.
    var lines: [String: Lines] = [:]

    /// A value of a custom field, by the one element that holds it.
    init(key: String, fields: [String: String]) {
        (self.key, self.fields) = (key, fields)
        isDraft = false
    }

    /// Reads a row off what is written of it; nil for kinds that are not written as rows.
    init?(_ kind: RowKind, _ index: Int, _ selection: Selection) {
        var writer = XMLWriter(spelling: selection.renderer.spelling)
        guard selection.renderer.whole(kind, index, &writer) else { return nil }
        key = selection.key(kind, index)
        isDraft = selection.isDraft(kind, index)
        day = ExpectedTotalsCounter.isDated(kind) ? LocalDay(selection.day(kind, index)).description : nil
        let tables = ExpectedRow.tables[kind] ?? [:]
        for table in tables.keys { lines[table] = Lines() }
        let paths = tables.flatMap { table, paths in paths.map { (path: $0, table: table) } }
        var sums: [String: [String: Money]] = [:]
        for element in FlatRow(writer.bytes).elements {
            if let line = paths.first(where: { $0.path == element.path }) { lines[line.table]?.count += 1 }
            guard let text = element.text else { continue }
            let parts = element.path.split(separator: "/")
            let parent = parts.dropLast().joined(separator: "/")
            if let line = paths.first(where: { $0.path == parent }) {
                guard let name = parts.last, let column = ExpectedRow.columns[String(name)], let amount = Money(text)
                else { continue }
                sums[line.table, default: [:]][column, default: .zero] += amount
            } else if !paths.contains(where: { element.path.hasPrefix($0.path + "/") }) {
                if fields[element.path] == nil { fields[element.path] = text }
            }
        }
        for (table, amounts) in sums { lines[table]?.sums = amounts.mapValues(\.text) }
    }

    /// The elements of lines that are added up.
    private static let columns = [
        "Amount": "amount", "AmountTax": "amount_tax", "AmountIncludingTax": "amount_including_tax",
        "Quantity": "quantity", "UnitCost": "unit_cost", "UnitPrice": "unit_price", "BillableRate": "billable_rate",
        "Minutes": "minutes", "EstimatedMinutes": "estimated_minutes", "ActualMinutes": "actual_minutes",
        "AllocatedMinutes": "allocated_minutes",
    ]

    /// The child tables of each kind and where their lines stand.
    private static let tables: [RowKind: [String: [String]]] = [
        .job: [
            "job_task": ["Tasks/Task"], "job_task_assignee": ["Tasks/Task/Assigned/Staff"],
            "job_assignee": ["Assigned/Staff"], "job_milestone": ["Milestones/Milestone"],
            "job_note": ["Notes/Note"], "job_note_comment": ["Notes/Note/Comments/Comment"],
        ],
        .invoice: [
            "invoice_task": ["Jobs/Job/Tasks/Task", "Tasks/Task"],
            "invoice_cost": ["Jobs/Job/Costs/Cost", "Costs/Cost"],
        ],
        .quote: [
            "quote_task": ["Tasks/Task"], "quote_cost": ["Costs/Cost"], "quote_option": ["Options/Option"],
        ],
        .purchaseOrder: ["purchase_order_cost": ["Costs/Cost"]],
        .lead: ["lead_activity": ["Activities/Activity"], "lead_history": ["History/Item"]],
        .client: ["client_contact": ["Contacts/Contact"], "client_note": ["Notes/Note"]],
        .group: ["client_group_member": ["Clients/Client"]],
        .supplier: ["supplier_contact": ["Contacts/Contact"], "supplier_note": ["Notes/Note"]],
    ]
}

/// The XML of one row as a list of its elements with their paths.
struct FlatRow {
    /// An element; the text is nil where it holds elements.
    struct Element {
        var path: String
        var text: String?
    }

    private(set) var elements: [Element] = []

    /// Reads what `XMLWriter` has written, with its changes worked in.
    init(_ row: [UInt8]) {
        var open: [(name: String, place: Int, hasChildren: Bool)] = []
        var (position, text) = (0, 0)
        while let start = row[position...].firstIndex(of: 60), let end = row[start...].firstIndex(of: 62) {
            position = end + 1
            if row[start + 1] == 47 {
                guard let last = open.popLast() else { return }
                if !last.hasChildren { elements[last.place].text = FlatRow.plain(row[text..<start]) }
                continue
            }
            let isEmpty = row[end - 1] == 47
            let name = String(decoding: row[start + 1..<(isEmpty ? end - 1 : end)], as: UTF8.self)
            if !open.isEmpty { open[open.count - 1].hasChildren = true }
            let path = (open.dropFirst().map(\.name) + [name]).joined(separator: "/")
            elements.append(Element(path: open.isEmpty ? "" : path, text: isEmpty ? "" : nil))
            if !isEmpty { open.append((name, elements.count - 1, false)) }
            text = position
        }
    }

    private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&#xD;", "\r"), ("&amp;", "&")] {
            text = text.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
        }
        return text
    }
}

extension Renderer {
    /// Writes a row with everything that hangs on it; false for kinds that are not written as rows.
    func whole(_ kind: RowKind, _ index: Int, _ w: inout XMLWriter) -> Bool {
        switch kind {
        case .job: job(&w, index, detailed: true)
        case .time: time(&w, index)
        case .invoice: invoice(&w, index, detailed: true)
        case .quote: quote(&w, index, detailed: true)
        case .purchaseOrder: order(&w, index, detailed: true)
        case .lead: lead(&w, index, detailed: true)
        case .client: client(&w, index, detailed: true)
        case .group: group(&w, index, detailed: true)
        case .supplier: supplier(&w, index, detailed: true)
        case .staff: staffMember(&w, index)
        case .task: task(&w, index)
        case .cost: cost(&w, index)
        case .category: named(&w, "Category", .category, index, sample.categories[index])
        case .customField: definition(&w, index)
        default: return false
        }
        return true
    }
}

extension Selection {
    /// The row's lasting key: its identifier, or the number of a purchase order.
    func key(_ kind: RowKind, _ index: Int) -> String {
        if let given = renderer.edits.identifier(kind, index) { return given }
        guard kind == .purchaseOrder else { return renderer.sample.id(kind, index).text }
        if let given = renderer.edits.number(kind, index) { return given }
        let digits = String(renderer.sample.orders[index].number)
        return "PO" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
