/// Turns a batch of records into typed rows of an entity's tables.
///
/// Pure. A record is shaped whole or rejected whole; an element that the definition does not name lands in `extra` of the
/// row it stands in, as `"path": text` (or an object, or an array when repeated), and is noted as drift.
public struct RowShaper: Sendable {
    private let plan: ShapePlan

    /// A shaper of an entity's records as an endpoint's answer carries them.
    public init(_ entity: EntityDefinition, carries: Endpoint.Carries = .everything) {
        plan = ShapePlan(entity, carries: carries)
    }

    /// Element names the parser must number as this shaper knows them, in lower case.
    public var vocabulary: [String] { plan.vocabulary }

    /// The rows, rejections and drift of a batch.
    ///
    /// The batch must come from a parser that was given ``vocabulary``.
    public func shape(_ batch: consuming Batch) -> ShapedBatch {
        var work = Shaping(plan: plan, batch: batch)
        for index in 0..<work.batch.records.count { work.shapeRecord(index) }
        for one in work.batch.unreadable {
            work.result.rejections.append(
                Rejection(
                    key: "", table: plan.tables[0].name, column: one.path, raw: one.raw, reason: one.reason))
        }
        return work.finish()
    }
}

/// The work on one batch.
private struct Shaping {
    /// An element being walked through.
    private struct Open {
        let element: Int
        let node: Int
        let end: Int
        /// Index into `rows` of the row this element's values belong to.
        let row: Int
        let isOwnRow: Bool
    }

    /// A row being filled.
    private struct OpenRow {
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
    var batch: Batch
    var result = ShapedBatch()
    private var arena: [UInt8]
    private var stack: [Open] = []
    private var rows: [OpenRow] = []
    /// Rows in each block before the record in hand.
    private var marks: [Int] = []
    private var failure: (table: Int, column: String, raw: String, reason: Rejection.Reason)?
    private var seenDrift: Set<String> = []
    /// The batch's parent, once it stands in the arena.
    private var parentText: Value?

    init(plan: ShapePlan, batch: consuming Batch) {
        self.plan = plan
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
        let root = Int(batch.records[index])
        let end = Int(batch.elements[root].end)
        openRow(table: 0, element: root, ordinal: ordinal)
        takeParent()
        stack.append(Open(element: root, node: 0, end: end, row: 0, isOwnRow: true))
        takeText(of: root, node: 0, row: 0)
        walk(from: root + 1, to: end, ordinal: ordinal)
        copyParentKeys()
        if let failure {
            result.rejections.append(
                Rejection(
                    key: keyText(base: marks[0] * result.blocks[0].width), table: plan.tables[failure.table].name,
                    column: failure.column, raw: failure.raw, reason: failure.reason))
            for (table, mark) in marks.enumerated() {
                let count = result.blocks[table].count
                result.blocks[table].values.removeLast((count - mark) * result.blocks[table].width)
                result.blocks[table].ordinals.removeLast(count - mark)
            }
        }
    }

    private mutating func walk(from first: Int, to end: Int, ordinal: Int32) {
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
    private mutating func closeElements(before element: Int) {
        while let top = stack.last, top.end <= element {
            if top.isOwnRow { closeRow(top.row) }
            stack.removeLast()
        }
    }

    // MARK: rows

    @discardableResult
    private mutating func openRow(table: Int, element: Int, ordinal: Int32) -> Int {
        let width = result.blocks[table].width
        let base = result.blocks[table].values.count
        for _ in 0..<width { result.blocks[table].values.append(.null) }
        result.blocks[table].ordinals.append(ordinal)
        rows.append(OpenRow(table: table, base: base, element: element, depth: stack.count))
        return rows.count - 1
    }

    private mutating func closeRow(_ index: Int) {
        let row = rows.removeLast()
        for special in plan.tables[row.table].specials {
            let place = row.base + special.column
            switch special.kind {
            case .outer:
                result.blocks[row.table].values[place] = outer(special, of: row)
            case .position:
                result.blocks[row.table].values[place] = .integer(Int64(position(of: row)))
            default:
                if result.blocks[row.table].values[place] == .null {
                    result.blocks[row.table].values[place] = append(Array("#\(position(of: row))".utf8))
                }
            }
        }
        for column in plan.tables[row.table].required
        where result.blocks[row.table].values[row.base + column] == .null {
            fail(row.table, plan.tables[row.table].columns[column].name, raw: "", .missing)
        }
        if !row.extras.isEmpty { closeExtras(of: row) }
    }

    /// The key an answer was asked for by, in the columns of a record that is a line of another entity's.
    private mutating func takeParent() {
        guard let parent = batch.parent else { return }
        for (column, kind) in plan.tables[0].kinds.enumerated() where kind == .parent {
            let place = marks[0] * result.blocks[0].width + column
            let value = parentText ?? append(Array(parent.utf8))
            parentText = value
            result.blocks[0].values[place] = value
        }
    }

    /// 1-based place of a row among the rows of its table that came from the same record; of a record, in its answer.
    private func position(of row: OpenRow) -> Int {
        guard row.table != 0 else { return Int(result.blocks[0].ordinals.last ?? 0) - batch.answerOrdinal + 1 }
        return row.base / result.blocks[row.table].width - marks[row.table] + 1
    }

    /// The text of a direct child of the nearest enclosing element of the first name that one bears.
    private func outer(_ special: ShapePlan.Special, of row: OpenRow) -> Value {
        for name in special.ancestors {
            var depth = row.depth - 1
            while depth >= 0, batch.elements[stack[depth].element].name != name { depth -= 1 }
            guard depth >= 0 else { continue }
            let parent = stack[depth].element
            let end = Int(batch.elements[parent].end)
            var child = parent + 1
            while child < end {
                let one = batch.elements[child]
                if one.textLength > 0, one.name == special.child {
                    return .text(start: one.textStart, length: one.textLength)
                }
                child = Int(one.end)
            }
            return .null
        }
        return .null
    }

    private mutating func copyParentKeys() {
        for table in 1..<max(1, plan.tables.count) {
            let width = result.blocks[table].width
            for (column, source) in plan.tables[table].parents {
                let key = result.blocks[0].values[marks[0] * result.blocks[0].width + source]
                for row in marks[table]..<max(marks[table], result.blocks[table].count) {
                    result.blocks[table].values[row * width + column] = key
                }
            }
        }
    }

    // MARK: values

    private mutating func takeText(of element: Int, node: Int, row: Int) {
        let one = batch.elements[element]
        guard one.textLength > 0 else { return }
        let targets = plan.nodes[node].targets
        guard !targets.isEmpty else {
            if !plan.knownOuter.contains(node) { keepAside(element, row: row, ownTextOnly: true) }
            return
        }
        var isTaken = false
        let table = rows[row].table
        for index in targets {
            let target = plan.targets[index]
            let place = rows[row].base + target.column
            if plan.tables[table].hasAlternatives[target.column] {
                if let held = rows[row].holders.firstIndex(where: { $0.column == target.column }) {
                    let holder = rows[row].holders[held]
                    guard target.rank < holder.rank else { continue }
                    if holder.isAlone { keepAside(holder.element, row: row, isPast: true) }
                    rows[row].holders.remove(at: held)
                }
                rows[row].holders.append((target.column, target.rank, element, targets.count == 1))
            } else if result.blocks[table].values[place] != .null {
                continue
            }
            isTaken = true
            switch read(one, as: plan.tables[table].kinds[target.column]) {
            case .success(let value): result.blocks[table].values[place] = value
            case .failure(let reason):
                fail(table, plan.tables[table].columns[target.column].name, raw: text(of: one), reason.code)
            }
        }
        if !isTaken { keepAside(element, row: row, ownTextOnly: batch.elements[element].end > Int32(element + 1)) }
    }

    private struct Unfit: Error {
        let code: Rejection.Reason
    }

    private mutating func read(_ one: Batch.Element, as kind: Column.Kind) -> Result<Value, Unfit> {
        if kind == .text || kind == .identifierOrPosition {
            return .success(.text(start: one.textStart, length: one.textLength))
        }
        let start = Int(one.textStart)
        let range = start..<start + Int(one.textLength)
        let isBlank = arena[range].allSatisfy { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        if isBlank { return .success(.null) }
        if kind == .decimal { return readDecimal(range) }
        return arena.withUnsafeBufferPointer { whole in
            Shaping.readFixed(TextReading.Bytes(rebasing: whole[range]), as: kind)
        }
    }

    private mutating func readDecimal(_ range: Range<Int>) -> Result<Value, Unfit> {
        let found = arena.withUnsafeBufferPointer { TextReading.decimal(TextReading.Bytes(rebasing: $0[range])) }
        guard let found else { return .failure(Unfit(code: .notANumber)) }
        if let part = found.range {
            return .success(.decimal(start: Int32(range.lowerBound + part.lowerBound), length: Int32(part.count)))
        }
        guard case .text(let start, let length) = append(found.rewritten) else { return .success(.null) }
        return .success(.decimal(start: start, length: length))
    }

    private static func readFixed(_ bytes: TextReading.Bytes, as kind: Column.Kind) -> Result<Value, Unfit> {
        switch kind {
        case .integer, .minutes:
            guard let number = TextReading.integer(bytes) else { return .failure(Unfit(code: .notANumber)) }
            guard Int32(exactly: number) != nil else { return .failure(Unfit(code: .outOfRange)) }
            return .success(.integer(number))
        case .boolean:
            guard let flag = TextReading.boolean(bytes) else { return .failure(Unfit(code: .notABoolean)) }
            return .success(.boolean(flag))
        case .date:
            guard let days = TextReading.date(bytes) else { return .failure(Unfit(code: .notADate)) }
            return .success(isUnset(days) ? .null : .date(days))
        case .moment, .instant:
            guard let (microseconds, offset) = TextReading.moment(bytes) else {
                return .failure(Unfit(code: .notADate))
            }
            if isUnset(Int32(clamping: microseconds / 86_400_000_000)) { return .success(.null) }
            guard kind == .instant else { return .success(.moment(microseconds)) }
            return .success(.instant(microseconds - Int64(offset ?? 0) * 1_000_000))
        case .clock:
            guard let seconds = TextReading.clock(bytes) else { return .failure(Unfit(code: .notATimeOfDay)) }
            return .success(.clock(seconds))
        case .text, .identifierOrPosition, .decimal, .parent, .outer, .position:
            return .success(.null)
        }
    }

    /// The dates other systems write for "no date": 0001-01-01 and 1900-01-01 (reference §2.4: guard anyway).
    private static func isUnset(_ days: Int32) -> Bool {
        days <= -719_162 || days == -25_567
    }

    // MARK: what the definition does not name

    /// Keeps an element for `extra`; a past one is not the element in hand, so that what encloses it may be closed.
    private mutating func keepAside(_ element: Int, row: Int, ownTextOnly: Bool = false, isPast: Bool = false) {
        let one = batch.elements[element]
        if ownTextOnly ? one.textLength == 0 : isEmpty(element) { return }
        let enclosing =
            isPast
            ? ancestors(of: element, from: rows[row].element)
            : stack.map(\.element).filter {
                $0 > rows[row].element && $0 < element && batch.elements[$0].end > Int32(element)
            }
        let path = (enclosing + [element]).map { spelling(of: $0) }.joined(separator: "/")
        rows[row].extras.append((ownTextOnly && one.end > Int32(element + 1) ? path + "/#text" : path, element))
    }

    /// The elements between a row's own and one inside it, from outside in.
    private func ancestors(of element: Int, from root: Int) -> [Int] {
        var found: [Int] = []
        var next = root + 1
        while next < element {
            let end = Int(batch.elements[next].end)
            if end > element { found.append(next) }
            next = end > element ? next + 1 : end
        }
        return found
    }

    /// Whether an element holds no text at any depth.
    private func isEmpty(_ element: Int) -> Bool {
        (element..<Int(batch.elements[element].end)).allSatisfy { batch.elements[$0].textLength == 0 }
    }

    private mutating func closeExtras(of row: OpenRow) {
        var values: [String: [String]] = [:]
        for (path, element) in row.extras {
            let json =
                path.hasSuffix("/#text")
                ? CanonicalJSON.string(text(of: batch.elements[element])) : self.json(of: element)
            values[path, default: []].append(json)
            let table = plan.tables[row.table].name
            if seenDrift.insert(table + " " + path).inserted {
                result.drift.append(Drift(table: table, path: path, example: String(json.prefix(200))))
            }
        }
        guard case .text(let start, let length) = append(Array(CanonicalJSON.object(values).utf8)) else { return }
        let width = result.blocks[row.table].width
        result.blocks[row.table].values[row.base + width - 1] = .json(start: start, length: length)
    }

    private func json(of element: Int) -> String {
        let one = batch.elements[element]
        if one.end == Int32(element + 1) { return CanonicalJSON.string(text(of: one)) }
        var values: [String: [String]] = [:]
        if one.textLength > 0 { values["#text"] = [CanonicalJSON.string(text(of: one))] }
        var child = element + 1
        while child < Int(one.end) {
            values[spelling(of: child), default: []].append(json(of: child))
            child = Int(batch.elements[child].end)
        }
        return CanonicalJSON.object(values)
    }

    private func spelling(of element: Int) -> String {
        let name = Int(batch.elements[element].name)
        return name < plan.spellings.count ? plan.spellings[name] : batch.names[name]
    }

    // MARK: parts

    private func text(of one: Batch.Element) -> String {
        String(decoding: arena[Int(one.textStart)..<Int(one.textStart + one.textLength)], as: UTF8.self)
    }

    /// Appends bytes to the arena: a text value of them.
    private mutating func append(_ bytes: [UInt8]) -> Value {
        let start = Int32(arena.count)
        arena.append(contentsOf: bytes)
        return .text(start: start, length: Int32(bytes.count))
    }

    private mutating func fail(_ table: Int, _ column: String, raw: String, _ reason: Rejection.Reason) {
        if failure == nil { failure = (table, column, String(raw.prefix(1000)), reason) }
    }

    private func keyText(base: Int) -> String {
        plan.tables[0].keyColumns.map { column in
            let value = result.blocks[0].values[base + column]
            if case .integer(let number) = value { return String(number) }
            guard case .text(let start, let length) = value else { return "" }
            return String(decoding: arena[Int(start)..<Int(start + length)], as: UTF8.self)
        }
        .joined(separator: "/")
    }
}
