/// Random changes as an organisation's people might make them: the same seed on the same organisation makes the same.
struct Mutator {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// The entities that are changed, those that change often more than once.
    private static let entities = [
        "invoice", "invoice", "invoice", "timesheet", "timesheet", "timesheet", "job", "job", "job", "quote", "quote",
        "purchase_order", "purchase_order", "lead", "lead", "client", "client", "client_group", "supplier", "staff",
        "task", "cost", "job_category", "custom_field",
    ]

    /// The elements that are given another text.
    private static let texts: [RowKind: [String]] = [
        .job: ["Name", "Description"], .quote: ["Name", "Description"], .purchaseOrder: ["Description"],
        .invoice: ["Description", "JobText"], .time: ["Note"], .lead: ["Name", "Description"],
        .client: ["Name", "ExportCode"], .group: ["Name"], .supplier: ["Name"], .staff: ["Name", "Phone"],
        .task: ["Description"], .cost: ["Note"], .category: ["Name"], .customField: ["Options"],
    ]

    /// The elements that are given another amount or number of minutes.
    private static let amounts: [RowKind: [String]] = [
        .job: ["Budget"], .quote: ["Amount", "Tasks/Task[1]/Amount"],
        .purchaseOrder: ["Amount", "Costs/Cost[1]/Amount"],
        .invoice: ["AmountTax", "Jobs/Job[1]/Costs/Cost[1]/Amount"], .time: ["Minutes"], .lead: ["EstimatedValue"],
        .cost: ["UnitCost"],
    ]

    /// The next change; nil in the rare case that none was found.
    mutating func next(_ selection: Selection, today: LocalDay) -> EditRequest? {
        for _ in 0..<50 {
            let entity = random.pick(Mutator.entities)
            guard let kind = ExpectedTotalsCounter.kinds[entity] else { continue }
            if let order = change(entity, kind, selection, today) { return order }
        }
        return nil
    }

    private mutating func change(
        _ entity: String, _ kind: RowKind, _ selection: Selection, _ today: LocalDay
    ) -> EditRequest? {
        let rows = selection.rows(kind)
        guard !rows.isEmpty else { return nil }
        let index = Int(random.pick(rows))
        var order = EditRequest(entity: entity, key: selection.key(kind, index))
        switch random.below(100) {
        case ..<16:
            guard let paths = Mutator.texts[kind] else { return nil }
            order.set = [random.pick(paths): EditRequest.Value("Edited & <kept> \(random.below(10_000))")]
        case ..<30:
            guard let paths = Mutator.amounts[kind] else { return nil }
            let cents = kind == .time ? random.below(48) * 1500 : random.below(2_000_000)
            order.set = [random.pick(paths): EditRequest.Value(amount(cents, isWhole: kind == .time))]
        case ..<48:
            guard let marks = EditRequest.marks[kind] else { return nil }
            order.mark = random.pick(marks)
        case ..<60:
            guard rows.count > 2, rows.count * 2 > selection.count(kind) else { return nil }
            order.delete = true
        case ..<70:
            let deleted = selection.renderer.edits.deleted(kind)
            guard !deleted.isEmpty else { return nil }
            order.key = selection.key(kind, random.pick(deleted))
            order.delete = false
        case ..<80:
            guard ExpectedTotalsCounter.isDated(kind) else { return nil }
            order.date = day(selection, today).description
        case ..<88:
            guard let number = number(kind, selection) else { return nil }
            order.number = number
        default:
            (order.add, order.like, order.key) = (true, order.key, nil)
            order.date = day(selection, today).description
        }
        return order
    }

    private func amount(_ cents: Int, isWhole: Bool) -> String {
        isWhole ? String(cents / 100) : Money(cents: cents).text
    }

    /// A day of the last two months in half of all cases, else any day the organisation has, up to today.
    private mutating func day(_ selection: Selection, _ today: LocalDay) -> LocalDay {
        let first = random.chance(500) ? today.number - 60 : selection.renderer.sample.firstDay.number
        return LocalDay(random.within(min(first, today.number)...today.number))
    }

    /// A number that no row has or had.
    private mutating func number(_ kind: RowKind, _ selection: Selection) -> String? {
        let prefixes: [RowKind: String] = [.job: "J", .quote: "Q", .purchaseOrder: "PO", .invoice: "INV-"]
        guard let prefix = prefixes[kind] else { return nil }
        for _ in 0..<20 {
            let number = prefix + String(800_000 + random.below(90_000))
            if selection.find(kind, number, evenDeleted: true) == nil { return number }
        }
        return nil
    }
}

extension ExpectedTotalsCounter {
    /// Whether rows of the kind are filed under a day.
    static func isDated(_ kind: RowKind) -> Bool {
        [.quote, .job, .purchaseOrder, .invoice, .time, .lead].contains(kind)
    }
}
