/// Rows: opened where an element begins one, closed where it ends, with the columns that the row's place fills.
extension Shaping {
    @discardableResult
    mutating func openRow(table: Int, element: Int, ordinal: Int32) -> Int {
        let width = result.blocks[table].width
        let base = result.blocks[table].values.count
        for _ in 0..<width { result.blocks[table].values.append(.null) }
        result.blocks[table].ordinals.append(ordinal)
        rows.append(OpenRow(table: table, base: base, element: element, depth: stack.count))
        return rows.count - 1
    }

    mutating func closeRow(_ index: Int) {
        let row = rows.removeLast()
        for special in plan.tables[row.table].specials {
            let place = row.base + special.column
            switch special.filling {
            case .outer:
                result.blocks[row.table].values[place] = outer(special, of: row)
            case .position:
                result.blocks[row.table].values[place] = .integer(Int64(position(of: row)))
            case .positionUnlessFilled:
                if result.blocks[row.table].values[place] == .null {
                    result.blocks[row.table].values[place] = append(Array("#\(position(of: row))".utf8))
                }
            }
        }
        for column in plan.tables[row.table].required
        where result.blocks[row.table].values[row.base + column] == .null {
            let name = plan.tables[row.table].columns[column].name
            guard row.table > 0 else {
                fail(row.table, name, raw: "", .missing)
                continue
            }
            // The record stays without the line, which nothing could name.
            faults.append(Fault(table: row.table, column: name, raw: "", reason: .missing))
            result.blocks[row.table].values.removeLast(result.blocks[row.table].width)
            result.blocks[row.table].ordinals.removeLast()
            return
        }
        if !row.extras.isEmpty { closeExtras(of: row) }
    }

    /// The key of an answer's request, in the columns of a record that is a line of another entity's.
    mutating func takeParent() {
        guard let parent = batch.answer.parent else { return }
        for (column, kind) in plan.tables[0].kinds.enumerated() where kind == .parent {
            let place = marks[0] * result.blocks[0].width + column
            let value = parentText ?? append(Array(parent.utf8))
            parentText = value
            result.blocks[0].values[place] = value
        }
    }

    /// 1-based place of a row among the rows of its table that came from the same record; of a record, in its answer.
    func position(of row: OpenRow) -> Int {
        guard row.table != 0 else { return Int(result.blocks[0].ordinals.last ?? 0) - batch.answer.firstOrdinal + 1 }
        return row.base / result.blocks[row.table].width - marks[row.table] + 1
    }

    /// The text of a direct child of the nearest enclosing element of the first name that one bears.
    mutating func outer(_ special: ShapePlan.Special, of row: OpenRow) -> Value {
        for name in special.ancestors {
            var depth = row.depth - 1
            while depth >= 0, batch.elements[stack[depth].element].name != name { depth -= 1 }
            guard depth >= 0 else { continue }
            let parent = stack[depth].element
            let end = Int(batch.elements[parent].end)
            var child = parent + 1
            while child < end {
                let one = batch.elements[child]
                if one.textLength > 0, one.name == special.child { return readText(one, as: special.reading) }
                child = Int(one.end)
            }
            return .null
        }
        return .null
    }

    mutating func copyParentKeys() {
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
}
