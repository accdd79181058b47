import Inflow

/// What an answer says of itself, judged from its tree alone: whether its records may be believed.
struct EnvelopeVerdict {
    /// Why no record of the answer may be loaded; empty where nothing speaks against it.
    private(set) var faults: [String] = []
    /// The elements that are records, in document order.
    let records: [Element]

    init(_ root: Element, of template: Template) {
        records = template.recordPlaces(in: root).map { root[$0] }
        let roots = Set(["response"] + template.endpoint.items.map { $0.split(separator: "/")[0].lowercased() })
        guard roots.contains(root.name.lowercased()) else {
            faults.append("the root is \(root.name)")
            return
        }
        judgeStatus(root)
        judgeCounters(root, template)
        judgeEmpty(root, template)
    }

    private func fields(_ root: Element, _ name: String) -> [String] {
        root.children.filter { $0.isNamed(name) && $0.children.isEmpty }.map { $0.text.trimmingWhiteSpace }
    }

    private mutating func judgeStatus(_ root: Element) {
        for status in fields(root, "Status") where !["", "ok"].contains(status.lowercased()) {
            faults.append("Status \(status.prefix(40))")
        }
        if fields(root, "ErrorDescription").contains(where: { !$0.isEmpty }) { faults.append("ErrorDescription") }
    }

    private mutating func judgeCounters(_ root: Element, _ template: Template) {
        func counter(_ name: String) -> Int? {
            let texts = fields(root, name)
            if texts.contains(where: { $0.wholeMatch(of: /\+?[0-9]+/) == nil || Int($0) == nil }) {
                faults.append("\(name) is no count")
            }
            return texts.last.flatMap { Int($0) }
        }
        _ = counter("Page")
        _ = counter("PageSize")
        if let held = counter("Records"), held != records.count, !template.isByKey {
            faults.append("Records \(held) of \(records.count)")
        }
        if let total = counter("TotalRecords"), total > records.count, template.endpoint.paging == .none {
            faults.append("TotalRecords \(total) of \(records.count)")
        }
        if template.isByKey, records.count > 1 { faults.append("\(records.count) records by one key") }
    }

    private mutating func judgeEmpty(_ root: Element, _ template: Template) {
        guard records.isEmpty else { return }
        let containers = Set(
            template.endpoint.items.flatMap { item -> [String] in
                let steps = item.lowercased().split(separator: "/")
                return steps.count > 2 ? [String(steps[1])] : []
            })
        let saysOK = fields(root, "Status").contains { $0.lowercased() == "ok" }
        let holdsContainer =
            containers.contains(root.name.lowercased())
            || root.children.contains { containers.contains($0.name.lowercased()) }
        if !saysOK, !holdsContainer { faults.append("empty without proof") }
        let known = containers.union([
            "status", "page", "pagesize", "totalrecords", "records", "errordescription", "id",
        ])
        if let unknown = root.children.first(where: { !known.contains($0.name.lowercased()) && !$0.isLeafWithoutText })
        {
            faults.append("no records, but \(unknown.name)")
        }
    }
}

extension Element {
    /// Whether nothing at all stands in it.
    fileprivate var isLeafWithoutText: Bool { children.isEmpty && text.trimmingWhiteSpace.isEmpty }
}
