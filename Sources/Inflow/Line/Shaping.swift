internal import Foundation

/// The work on one batch.
struct Shaping {
    /// A value that cannot be read.
    struct Fault {
        let table: Int
        let column: String
        let raw: String
        let reason: Rejection.Reason
    }

    /// An element being walked through.
    struct Open {
        let element: Int
        let node: Int
        let end: Int
        /// Index into `rows` of the row this element's values belong to.
        let row: Int
        let isOwnRow: Bool
    }

    /// A row being filled.
    struct OpenRow {
        let table: Int
        let base: Int
        let element: Int
        /// Depth in `stack` of the row's element.
        let depth: Int
        var extras: [(path: String, element: Int)] = []
        /// For columns with alternative paths: the rank that filled it, the element, and whether that fills no other.
        var holders: [(column: Int, rank: Int, element: Int, isAlone: Bool)] = []
    }

    let plan: ShapePlan
    /// The organisation's zone, by whose calendar a moment falls on a day.
    let zone: TimeZone
    var batch: Batch
    var result = ShapedBatch()
    var arena: [UInt8]
    var stack: [Open] = []
    var rows: [OpenRow] = []
    /// Rows in each block before the current record.
    var marks: [Int] = []
    var failure: Fault?
    /// Values of the record in hand that cannot be read and that it can be without.
    var faults: [Fault] = []
    var seenDrift: Set<String> = []
    /// The batch's parent, once it stands in the arena.
    var parentText: Value?

    init(plan: ShapePlan, zone: TimeZone, batch: consuming Batch) {
        (self.plan, self.zone) = (plan, zone)
        arena = []
        swap(&arena, &batch.text)
        self.batch = batch
        result.blocks = plan.tables.map { RowBlock(width: $0.columns.count + 1) }
        result.blocks[0].values.reserveCapacity(self.batch.records.count * (plan.tables[0].columns.count + 1))
    }

    consuming func finish() -> ShapedBatch {
        result.arena = arena
        return result
    }

    // MARK: one record

    mutating func shapeRecord(_ index: Int) {
        let ordinal = batch.ordinals[index]
        marks = result.blocks.map(\.count)
        failure = nil
        faults.removeAll(keepingCapacity: true)
        let root = Int(batch.records[index])
        let end = Int(batch.elements[root].end)
        openRow(table: 0, element: root, ordinal: ordinal)
        takeParent()
        stack.append(Open(element: root, node: 0, end: end, row: 0, isOwnRow: true))
        takeText(of: root, node: 0, row: 0)
        walk(from: root + 1, to: end, ordinal: ordinal)
        settleRepeats()
        copyParentKeys()
        refuseLostKey()
        if let failure {
            reject(failure)
            for (table, mark) in marks.enumerated() {
                let count = result.blocks[table].count
                result.blocks[table].values.removeLast((count - mark) * result.blocks[table].width)
                result.blocks[table].ordinals.removeLast(count - mark)
            }
        } else {
            for fault in faults { reject(fault, isOfValue: true) }
        }
    }

    private mutating func reject(_ fault: Fault, isOfValue: Bool = false) {
        result.rejections.append(
            Rejection(
                key: hasLostKey ? "" : keyText(base: marks[0] * result.blocks[0].width),
                table: plan.tables[fault.table].name, column: fault.column, raw: fault.raw, reason: fault.reason,
                datedOn: day, isOfValue: isOfValue, label: label))
    }

    /// Refuses a record whose key lost characters: as it came, it would be another record beside the one that is held.
    private mutating func refuseLostKey() {
        guard hasLostKey, let column = plan.tables[0].ownKeyColumns.first else { return }
        fail(
            0, plan.tables[0].columns[column].name, raw: keyText(base: marks[0] * result.blocks[0].width),
            .lostCharacters)
    }

    /// Whether a text of the record's key holds U+FFFD, the mark of a lost character.
    private var hasLostKey: Bool {
        plan.tables[0].ownKeyColumns.contains { column in
            let value = result.blocks[0].values[marks[0] * result.blocks[0].width + column]
            guard case .text(let start, let length) = value else { return false }
            let bytes = arena[Int(start)..<Int(start + length)]
            // Its first byte in UTF-8; nearly no key holds one.
            return bytes.contains(0xEF) && String(decoding: bytes, as: UTF8.self).contains("\u{FFFD}")
        }
    }

    mutating func walk(from first: Int, to end: Int, ordinal: Int32) {
        let width = plan.vocabulary.count
        var element = first
        while element < end {
            closeElements(before: element)
            let top = stack[stack.count - 1]
            let one = batch.elements[element]
            let name = Int(one.name)
            let next = name < width ? Int(plan.next[top.node * width + name]) : -1
            guard next >= 0 else {
                keepAside(element, row: top.row)
                element = Int(one.end)
                continue
            }
            if plan.nodes[next].isIgnored {
                element = Int(one.end)
                continue
            }
            var row = top.row
            if let table = plan.nodes[next].opens {
                row = openRow(table: table, element: element, ordinal: ordinal)
            }
            if one.end > Int32(element + 1) || row != top.row {
                stack.append(
                    Open(element: element, node: next, end: Int(one.end), row: row, isOwnRow: row != top.row))
            }
            takeText(of: element, node: next, row: row)
            element += 1
        }
        closeElements(before: Int.max)
    }

    /// Leaves all elements that end before the given one.
    mutating func closeElements(before element: Int) {
        while let top = stack.last, top.end <= element {
            if top.isOwnRow { closeRow(top.row) }
            stack.removeLast()
        }
    }

    // MARK: parts

    func text(of one: Batch.Element) -> String {
        String(decoding: arena[Int(one.textStart)..<Int(one.textStart + one.textLength)], as: UTF8.self)
    }

    /// Appends bytes to the arena: a text value of them.
    mutating func append(_ bytes: [UInt8]) -> Value {
        let start = Int32(arena.count)
        arena.append(contentsOf: bytes)
        return .text(start: start, length: Int32(bytes.count))
    }

    mutating func fail(_ table: Int, _ column: String, raw: String, _ reason: Rejection.Reason) {
        if failure == nil {
            failure = Fault(table: table, column: column, raw: String(raw.prefix(1000)), reason: reason)
        }
    }

    /// The date of the record in hand; `nil` where it has none that can be read.
    private var day: LocalDate? {
        guard let column = plan.dateColumn,
            case .date(let days) = result.blocks[0].values[marks[0] * result.blocks[0].width + column]
        else { return nil }
        return LocalDate(daysSinceEpoch: Int(days))
    }

    /// What people call the record in hand; `nil` where nothing that names it can be read.
    private var label: String? {
        let base = marks[0] * result.blocks[0].width
        return Labelling.label(plan.labelColumns.map { plainText(base + $0) })
    }

    func keyText(base: Int) -> String {
        plan.tables[0].keyColumns.map { plainText(base + $0) }.joined(separator: "/")
    }

    /// A text or a whole number of a record's row; empty for anything else.
    private func plainText(_ place: Int) -> String {
        let value = result.blocks[0].values[place]
        if case .integer(let number) = value { return String(number) }
        guard case .text(let start, let length) = value else { return "" }
        return String(decoding: arena[Int(start)..<Int(start + length)], as: UTF8.self)
    }
}
