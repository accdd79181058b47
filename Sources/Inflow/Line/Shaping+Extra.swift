/// Elements that the definition does not name, kept in the column `extra` of the row they stand in.
extension Shaping {
    /// Keeps an element for `extra`; a past one is not the current element, so the element around it may be closed.
    mutating func keepAside(_ element: Int, row: Int, ownTextOnly: Bool = false, isPast: Bool = false) {
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
    func ancestors(of element: Int, from root: Int) -> [Int] {
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
    func isEmpty(_ element: Int) -> Bool {
        (element..<Int(batch.elements[element].end)).allSatisfy { batch.elements[$0].textLength == 0 }
    }

    mutating func closeExtras(of row: OpenRow) {
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

    func json(of element: Int) -> String {
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

    func spelling(of element: Int) -> String {
        let name = Int(batch.elements[element].name)
        return name < plan.spellings.count ? plan.spellings[name] : batch.names[name]
    }
}
