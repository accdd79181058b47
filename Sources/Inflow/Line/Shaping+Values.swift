internal import Foundation

/// Values: the text of an element, read as the kind of the column it fills.
extension Shaping {
    mutating func takeText(of element: Int, node: Int, row: Int) {
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
                let column = plan.tables[table].columns[target.column]
                if table == 0, column.isRequired {
                    fail(table, column.name, raw: text(of: one), reason.code)
                } else {
                    faults.append(
                        Fault(
                            table: table, column: column.name, raw: String(text(of: one).prefix(1000)),
                            reason: reason.code))
                }
            }
        }
        if !isTaken { keepAside(element, row: row, ownTextOnly: batch.elements[element].end > Int32(element + 1)) }
    }

    struct Unfit: Error {
        let code: Rejection.Reason
    }

    mutating func read(_ one: Batch.Element, as kind: Column.Kind) -> Result<Value, Unfit> {
        switch kind {
        case .text, .identifier, .code, .identifierOrPosition: return .success(readText(one, as: kind))
        case .decimal, .money, .integer, .minutes, .boolean, .date, .moment, .instant, .clock, .parent, .outer,
            .position:
            break
        }
        let start = Int(one.textStart)
        let range = start..<start + Int(one.textLength)
        let isBlank = arena[range].allSatisfy { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        if isBlank { return .success(.null) }
        if kind == .decimal || kind == .money { return readDecimal(range, isMoney: kind == .money) }
        return arena.withUnsafeBufferPointer { whole in
            Shaping.readFixed(TextReading.Bytes(rebasing: whole[range]), as: kind, in: zone)
        }
    }

    mutating func readDecimal(_ range: Range<Int>, isMoney: Bool) -> Result<Value, Unfit> {
        let found = arena.withUnsafeBufferPointer { TextReading.decimal(TextReading.Bytes(rebasing: $0[range])) }
        guard let found else { return .failure(Unfit(code: .notANumber)) }
        if isMoney {
            let isAmount = found.range.map { part in
                TextReading.isAmount(arena[range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound])
            }
            guard isAmount ?? TextReading.isAmount(found.rewritten[...]) else {
                return .failure(Unfit(code: .outOfRange))
            }
        }
        if let part = found.range {
            return .success(.decimal(start: Int32(range.lowerBound + part.lowerBound), length: Int32(part.count)))
        }
        guard case .text(let start, let length) = append(found.rewritten) else { return .success(.null) }
        return .success(.decimal(start: start, length: length))
    }

    static func readFixed(
        _ bytes: TextReading.Bytes, as kind: Column.Kind, in zone: TimeZone
    ) -> Result<Value, Unfit> {
        switch kind {
        case .integer, .minutes:
            guard let number = TextReading.integer(bytes) else { return .failure(Unfit(code: .notANumber)) }
            guard Int32(exactly: number) != nil else { return .failure(Unfit(code: .outOfRange)) }
            return .success(.integer(number))
        case .boolean:
            guard let flag = TextReading.boolean(bytes) else { return .failure(Unfit(code: .notABoolean)) }
            return .success(.boolean(flag))
        case .date:
            guard let (days, moment) = TextReading.date(bytes) else { return .failure(Unfit(code: .notADate)) }
            if isUnset(days) { return .success(.null) }
            guard let moment else { return .success(.date(days)) }
            let instant = Instant(timeIntervalSince1970: Double(moment) / 1_000_000)
            let day = Int32(LocalDate(instant, in: zone).daysSinceEpoch)
            return day <= lastDay ? .success(.date(day)) : .failure(Unfit(code: .notADate))
        case .moment, .instant:
            guard let (microseconds, offset) = TextReading.moment(bytes) else {
                return .failure(Unfit(code: .notADate))
            }
            if isUnset(Int32(clamping: microseconds / 86_400_000_000)) { return .success(.null) }
            guard kind == .instant else { return .success(.moment(microseconds)) }
            let instant = microseconds - Int64(offset ?? 0) * 1_000_000
            guard instant / 86_400_000_000 <= Int64(lastDay) else { return .failure(Unfit(code: .notADate)) }
            return .success(.instant(instant))
        case .clock:
            guard let seconds = TextReading.clock(bytes) else { return .failure(Unfit(code: .notATimeOfDay)) }
            return .success(.clock(seconds))
        case .text, .identifier, .code, .identifierOrPosition, .decimal, .money, .parent, .outer, .position:
            return .success(.null)
        }
    }

    /// 9999-12-31, after which drivers of reporting tools know no day; only an offset from UTC leads beyond it.
    private static let lastDay: Int32 = 2_932_896

    /// The dates other systems write for "no date": 0001-01-01 and 1900-01-01 (reference §2.4: guard anyway).
    static func isUnset(_ days: Int32) -> Bool {
        days <= -719_162 || days == -25_567
    }
}
