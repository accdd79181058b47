/// Lines of one record that would have the same key: no line takes the place of another unseen.
extension Shaping {
    /// Gives lines whose identifier repeats within the record their place instead, and rejects a record that has two
    /// different lines of one key where there is no such place.
    ///
    /// A line that is sent twice, just so, is one line.
    mutating func settleRepeats() {
        for table in result.blocks.indices.dropFirst() {
            let first = marks[table]
            guard result.blocks[table].count - first > 1, !plan.tables[table].isKeyedByPlace else { continue }
            let repeated = repeatedRows(of: table, from: first)
            guard !repeated.isEmpty else { continue }
            if let place = plan.tables[table].placeColumn {
                for row in repeated {
                    result.blocks[table].values[row * result.blocks[table].width + place] =
                        append(Array("#\(row - first + 1)".utf8))
                }
            } else {
                settleUnplaced(table, repeated)
            }
        }
    }

    /// Rows of a table, from one on, whose key another of these rows has.
    private func repeatedRows(of table: Int, from first: Int) -> [Int] {
        let rows = first..<result.blocks[table].count
        let columns = plan.tables[table].ownKeyColumns
        // Most records have a handful of lines: comparing these costs less than anything that allocates.
        guard rows.count > Self.mostPairs else {
            return rows.filter { row in rows.contains { $0 != row && isSame($0, row, columns, table) } }
        }
        var places: [[UInt8]: Int] = [:]
        var repeated: Set<Int> = []
        for row in rows {
            if let other = places.updateValue(row, forKey: bytes(of: columns, table, row)) {
                repeated.formUnion([other, row])
            }
        }
        return repeated.sorted()
    }

    /// Lines up to which each is compared with each other one.
    private static var mostPairs: Int { 12 }

    private func isSame(_ row: Int, _ other: Int, _ columns: [Int], _ table: Int) -> Bool {
        let width = result.blocks[table].width
        return columns.allSatisfy { column in
            let (one, two) = (
                result.blocks[table].values[row * width + column], result.blocks[table].values[other * width + column]
            )
            guard case .text(let start, let length) = one, case .text(let otherStart, let otherLength) = two else {
                return one == two
            }
            guard length == otherLength else { return false }
            return arena.withUnsafeBufferPointer { bytes in
                (0..<Int(length)).allSatisfy { bytes[Int(start) + $0] == bytes[Int(otherStart) + $0] }
            }
        }
    }

    private mutating func settleUnplaced(_ table: Int, _ repeated: [Int]) {
        let columns = plan.tables[table].kinds.indices.filter { plan.tables[table].kinds[$0] != .position }
        var seen: Set<[UInt8]> = []
        var keys: Set<[UInt8]> = []
        var twice: [Int] = []
        for row in repeated {
            let isNewKey = keys.insert(bytes(of: plan.tables[table].ownKeyColumns, table, row)).inserted
            if !seen.insert(bytes(of: columns + [plan.tables[table].kinds.count], table, row)).inserted {
                twice.append(row)
            } else if !isNewKey {
                let column = plan.tables[table].ownKeyColumns.last ?? 0
                let key = String(decoding: bytes(of: [column], table, row), as: UTF8.self)
                fail(table, plan.tables[table].columns[column].name, raw: key, .repeatedLine)
            }
        }
        for row in twice.reversed() {
            let width = result.blocks[table].width
            result.blocks[table].values.removeSubrange(row * width..<(row + 1) * width)
            result.blocks[table].ordinals.remove(at: row)
        }
    }

    /// The values of some columns of a row, in a form in which equal values and only these are equal.
    private func bytes(of columns: [Int], _ table: Int, _ row: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for column in columns {
            switch result.blocks[table].values[row * result.blocks[table].width + column] {
            case .text(let start, let length), .decimal(let start, let length), .json(let start, let length):
                bytes.append(contentsOf: arena[Int(start)..<Int(start + length)])
            case let other: bytes.append(contentsOf: "\(other)".utf8)
            }
            if columns.count > 1 { bytes.append(0) }
        }
        return bytes
    }
}
