/// Works an edit into the XML of one row.
struct RowEditor {
    private var row: [UInt8]

    /// The row with every value of the edit in its place.
    static func edited(_ row: [UInt8], by edit: RowEdit) -> [UInt8] {
        var editor = RowEditor(row: row)
        for path in edit.set.keys.sorted(by: >) {
            if let value = edit.set[path] { editor.set(path.split(separator: "/").map(String.init), value) }
        }
        return editor.row
    }

    /// Where an element lies, with and without its tags; both in bytes.
    private struct Place {
        var outer: Range<Int>
        var inner: Range<Int>
    }

    private mutating func set(_ path: [String], _ value: String?) {
        guard let root = elements(in: 0..<row.count).first, let last = path.last else { return }
        var parent = root.place
        for step in path.dropLast() {
            guard let next = child(step, of: parent) else { return }
            parent = next
        }
        let replacement = value.map { RowEditor.element(RowEditor.split(last).name, $0) } ?? []
        if let found = child(last, of: parent) {
            row.replaceSubrange(found.outer, with: replacement)
        } else if parent.inner.lowerBound < parent.outer.upperBound {
            row.insert(contentsOf: replacement, at: parent.inner.upperBound)
        }
    }

    private static func element(_ name: String, _ text: String) -> [UInt8] {
        var writer = XMLWriter(spelling: SandboxSpelling())
        writer.escape(text)
        return Array("<\(name)>".utf8) + writer.bytes + Array("</\(name)>".utf8)
    }

    /// A step of a path: the name and which of that name, from 0.
    private static func split(_ step: String) -> (name: String, position: Int) {
        let parts = step.split(whereSeparator: { $0 == "[" || $0 == "]" })
        let position = parts.count > 1 ? (Int(parts[1]) ?? 1) - 1 : 0
        return (parts.first.map(String.init) ?? "", max(0, position))
    }

    private func child(_ step: String, of parent: Place) -> Place? {
        let (name, position) = RowEditor.split(step)
        return elements(in: parent.inner).filter { $0.name == name }.dropFirst(position).first?.place
    }

    /// The elements lying directly in a range.
    private func elements(in range: Range<Int>) -> [(name: String, place: Place)] {
        var found: [(name: String, place: Place)] = []
        var (depth, start, inner, name) = (0, 0, 0, "")
        var position = range.lowerBound
        while position < range.upperBound {
            guard row[position] == 60, let end = row[position..<range.upperBound].firstIndex(of: 62) else {
                position += 1
                continue
            }
            let isEnd = row[position + 1] == 47
            let isEmpty = row[end - 1] == 47
            if !isEnd, depth == 0 {
                (start, inner) = (position, end + 1)
                name = String(decoding: row[position + 1..<(isEmpty ? end - 1 : end)], as: UTF8.self)
            }
            if !isEmpty { depth += isEnd ? -1 : 1 }
            if depth == 0, isEnd || isEmpty {
                let content = isEmpty ? end + 1..<end + 1 : inner..<position
                found.append((name, Place(outer: start..<end + 1, inner: content)))
            }
            position = end + 1
        }
        return found
    }
}
