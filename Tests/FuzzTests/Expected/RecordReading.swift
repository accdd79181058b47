import Inflow

/// Derives the rows of one record from its tree and the paths that the definition gives, by walking the tree alone.
struct RecordReading {
    let entity: EntityDefinition
    let carries: Endpoint.Carries
    /// The key that the answer was asked for, of an entity whose records hang on others.
    let parentKey: String?
    /// The record's place in its answer, from 1.
    let place: Int
    let root: Element
    private(set) var record = ExpectedRecord()
    /// Elements that fill a column, or that no row has to keep.
    private var consumed: Set<Element.Place> = []
    private let places: [Element.Place]
    /// The places by their path, in small letters.
    private let byPath: [String: [Element.Place]]

    init(_ root: Element, of entity: EntityDefinition, carries: Endpoint.Carries, parentKey: String?, place: Int) {
        (self.root, self.entity, self.carries) = (root, entity, carries)
        (self.parentKey, self.place) = (parentKey, place)
        places = root.places
        byPath = Dictionary(grouping: places) { RecordReading.path(of: $0, in: root) }
        read()
    }

    private struct Opened {
        let table: Int
        let place: Element.Place
        var row: ExpectedRow
        let position: Int
        /// Whether a value is missing that no line can be without: the record is loaded without it.
        var isLeftOut = false
    }

    private var tables: [(name: String, columns: [Column], key: [String])] {
        [(entity.table, entity.columns, entity.key)] + entity.children.map { ($0.table, $0.columns, $0.key) }
    }

    private mutating func read() {
        var opened = [Opened(table: 0, place: [], row: ExpectedRow(table: entity.table), position: place)]
        var ignored: [Element.Place] = []
        for (index, child) in entity.children.enumerated() {
            let places = child.paths.flatMap { reached($0, from: []) }.sorted { $0.lexicographicallyPrecedes($1) }
            guard carries.includes(child: child.table) else {
                ignored += places
                continue
            }
            for (position, place) in places.enumerated() {
                let row = ExpectedRow(table: child.table)
                opened.append(Opened(table: index + 1, place: place, row: row, position: position + 1))
            }
        }
        for index in opened.indices {
            for column in tables[opened[index].table].columns {
                let isCarried = opened[index].table > 0 || carries.includes(column: column.name)
                opened[index].row.columns[column.name] = isCarried ? read(column, of: opened[index]) : .any
                if opened[index].table > 0, column.isRequired, opened[index].row.columns[column.name] == .exactly(nil) {
                    opened[index].isLeftOut = true
                    record.mayBeRejected("a line of \(opened[index].row.table) has no \(column.name)")
                }
            }
        }
        markCopied()
        keep(in: &opened, ignored)
        settle(&opened)
    }

    // MARK: paths

    private static func path(of place: Element.Place, in root: Element) -> String {
        place.indices.map { root[Array(place.prefix($0 + 1))].name.lowercased() }.joined(separator: "/")
    }

    /// Places that are reached from another by the names of a path.
    private func reached(_ path: String, from start: Element.Place) -> [Element.Place] {
        let from = start.isEmpty ? "" : RecordReading.path(of: start, in: root) + "/"
        return (byPath[from + path.lowercased()] ?? []).filter { $0.starts(with: start) }
    }

    /// The text that an element has of its own; white space around elements is none.
    private func ownText(_ place: Element.Place) -> String {
        let one = root[place]
        return !one.isLeaf && one.text.trimmingWhiteSpace.isEmpty ? "" : one.text
    }

    /// Elements with text at a column's path.
    private func candidates(_ path: String, from start: Element.Place) -> [Element.Place] {
        reached(path, from: start).filter { !ownText($0).isEmpty }
    }

    // MARK: columns

    private mutating func read(_ column: Column, of row: Opened) -> Allowed {
        switch column.kind {
        case .parent: return .any
        case .position: return .exactly("\(row.position)")
        case .outer: return required(outer(column, of: row), column, of: row)
        case .identifierOrPosition: return identifier(column, of: row)
        case .text, .code, .identifier, .decimal, .money, .integer, .minutes, .boolean, .date, .moment, .instant,
            .clock:
            break
        }
        var value: Allowed?
        // After an element that cannot be read the next one of its name may fill the column.
        var isUnfit = false
        for path in column.paths {
            for place in candidates(path, from: row.place) {
                let reading = ReadValue(ownText(place), as: column.kind)
                if value == nil || isUnfit || reading == .unfit || reading == .null { consumed.insert(place) }
                if reading == .unfit, value == nil { isUnfit = true }
                switch reading {
                case .unfit:
                    if column.isRequired, row.table == 0, value == nil, column.paths.count == 1 {
                        record.isRejected("\(column.name): \(ownText(place).prefix(60))")
                    } else {
                        record.mayBeRejected("\(column.name): \(ownText(place).prefix(60))")
                    }
                    value = value ?? .any
                case .open:
                    record.mayBeRejected("\(column.name) is open: \(ownText(place).prefix(60))")
                    value = value ?? .any
                case .value(let text): value = value ?? .exactly(text)
                // The first element with text counts where there are several paths, though it says nothing.
                case .null:
                    if column.paths.count > 1 { value = value ?? .any }
                    if column.isRequired { record.mayBeRejected("\(column.name) names nothing") }
                }
            }
        }
        return required(value ?? .exactly(nil), column, of: row)
    }

    private mutating func required(_ value: Allowed, _ column: Column, of row: Opened) -> Allowed {
        if column.isRequired, row.table == 0, value == .exactly(nil) { record.isRejected("\(column.name) is missing") }
        // Some columns are indexed, and an entry of an index holds 8 KB, compressed.
        if case .exactly(let text?) = value, text.utf8.count > 100_000 {
            record.mayBeRejected("\(column.name) is long")
        }
        if case .exactly(let text?) = value, column.isRequired {
            if text.utf8.count > 1_000 { record.mayBeRejected("\(column.name) is long") }
            if text.contains("\u{FFFD}") { record.mayBeRejected("\(column.name) lost characters") }
        }
        return value
    }

    private mutating func outer(_ column: Column, of row: Opened) -> Allowed {
        guard column.paths.count > 1 else { return .any }
        let names = [column.paths[0]] + column.paths.dropFirst(2)
        for name in names {
            for depth in stride(from: row.place.count - 1, through: 0, by: -1) {
                let outer = Array(row.place.prefix(depth))
                guard root[outer].isNamed(name) else { continue }
                let found = candidates(column.paths[1], from: outer).first
                if let found { consumed.insert(found) }
                guard let found, case .value(let text) = ReadValue(ownText(found), as: column.reading) else {
                    return .exactly(nil)
                }
                return .exactly(text)
            }
        }
        return .exactly(nil)
    }

    private mutating func identifier(_ column: Column, of row: Opened) -> Allowed {
        for place in column.paths.flatMap({ candidates($0, from: row.place) }) {
            consumed.insert(place)
            let text = ownText(place)
            if text.utf8.count > 1_000 { record.mayBeRejected("\(column.name) is long") }
            if case .value(let text) = ReadValue(text, as: .identifier) { return .exactly(text) }
        }
        return .exactly("#\(row.position)")
    }

    /// Elements that lines copy from the element around them need not be kept, where there is no line.
    private mutating func markCopied() {
        for child in entity.children {
            for column in child.columns where column.kind == .outer && column.paths.count > 1 {
                let names = [column.paths[0]] + column.paths.dropFirst(2)
                for place in places where root[place].isNamed(column.paths[1]) {
                    let outer = root[Array(place.dropLast())]
                    if names.contains(where: outer.isNamed) { consumed.insert(place) }
                }
            }
        }
    }

    // MARK: what fills no column

    private mutating func keep(in opened: inout [Opened], _ ignored: [Element.Place]) {
        for place in [[]] + places {
            guard !ignored.contains(where: { place.starts(with: $0) }) else { continue }
            let holder = opened.indices.filter { place.starts(with: opened[$0].place) }
                .max { opened[$0].place.count < opened[$1].place.count }
            guard let holder else { continue }
            let text = ownText(place)
            if !consumed.contains(place), !text.trimmingWhiteSpace.isEmpty { opened[holder].row.kept.append(text) }
            let values = root[place].attributes.map(\.value).filter { !$0.trimmingWhiteSpace.isEmpty }
            opened[holder].row.kept += values
        }
    }

    // MARK: lines that share an identifier

    private mutating func settle(_ opened: inout [Opened]) {
        var dropped = Set(opened.indices.filter { opened[$0].isLeftOut })
        for table in Set(dropped.map { opened[$0].table }) {
            // The places of the lines that are left count from one.
            let left = opened.indices.filter { opened[$0].table == table && !opened[$0].isLeftOut }
            for (place, index) in left.enumerated() {
                let old = opened[index].position
                for (name, value) in opened[index].row.columns {
                    if name == "position" { opened[index].row.columns[name] = .exactly("\(place + 1)") }
                    if value == .exactly("#\(old)") { opened[index].row.columns[name] = .exactly("#\(place + 1)") }
                }
            }
        }
        for (table, child) in entity.children.enumerated() {
            let rows = opened.indices.filter { opened[$0].table == table + 1 && !opened[$0].isLeftOut }
            let own = child.columns.filter { child.key.contains($0.name) && $0.kind != .parent }
            guard !own.contains(where: { $0.kind == .position }) else { continue }
            let groups = Dictionary(grouping: rows) { index in own.map { key(opened[index].row.columns[$0.name]) } }
            for group in groups.values where group.count > 1 {
                if let place = own.first(where: { $0.kind == .identifierOrPosition }) {
                    for index in group {
                        opened[index].row.columns[place.name] = .exactly("#\(opened[index].position)")
                    }
                } else {
                    dropped.formUnion(group.dropFirst())
                    let first = opened[group[0]].row
                    let others = group.dropFirst().map { opened[$0].row }
                    if !others.allSatisfy({ isSame($0, first) }) {
                        record.mayBeRejected("two lines of \(child.table) have one key")
                    }
                }
            }
        }
        record.rows = opened.indices.filter { !dropped.contains($0) }.map { opened[$0].row }
        record.key = entity.key.map { name in
            if entity.columns.contains(where: { $0.name == name && $0.kind == .parent }) {
                return parentKey?.folded ?? ""
            }
            return key(opened[0].row.columns[name])
        }
    }

    private func key(_ value: Allowed?) -> String {
        if case .exactly(let text?) = value { text.folded } else { "" }
    }

    private func isSame(_ one: ExpectedRow, _ other: ExpectedRow) -> Bool {
        one.kept == other.kept
            && one.columns.allSatisfy { $0.key == "position" || other.columns[$0.key] == $0.value }
    }
}
