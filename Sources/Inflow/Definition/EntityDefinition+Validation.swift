extension EntityDefinition {
    /// What is wrong with the definition, in words; empty when it can be used.
    ///
    /// Checked: names and paths are there and unique, keys are columns and required, lines name columns of their
    /// parent, windows, sweeps and `get` name what exists. Whether the tables agree is `SchemaCheck`'s matter.
    public func faults() -> [String] {
        var faults = EntityDefinition.faults(in: columns, key: key, of: table)
        if !EntityDefinition.isName(name) { faults.append("\"\(name)\" is not a name of lower-case words") }
        for one in key where columns.first(where: { $0.name == one })?.isRequired == false {
            faults.append("key column \"\(one)\" of \(table) is not required")
        }
        if case .perParent = window {
            // Its rows are lines of another entity's records.
        } else {
            for column in columns where [.parent, .outer, .position, .identifierOrPosition].contains(column.kind) {
                faults.append("column \"\(column.name)\" of \(table) is of a kind that only lines have")
            }
        }
        for child in children { faults += self.faults(in: child) }
        let tables = [table] + children.map(\.table)
        faults += EntityDefinition.repeated(tables).map { "table \($0) is filled twice" }
        faults += faultsInReading()
        if after.contains(name) { faults.append("it comes after itself") }
        return faults
    }

    private func faults(in child: Child) -> [String] {
        var faults = EntityDefinition.faults(in: child.columns, key: child.key, of: child.table)
        if child.paths.contains(where: \.isEmpty) { faults.append("\(child.table) has an empty path") }
        let parents = child.columns.filter { $0.kind == .parent }
        for column in parents where !columns.contains(where: { $0.name == column.paths.first }) {
            faults.append("column \"\(column.name)\" of \(child.table) copies a column that \(table) does not have")
        }
        let copied = Set(parents.compactMap(\.paths.first))
        if !copied.isSuperset(of: key) { faults.append("\(child.table) does not copy the whole key of \(table)") }
        for one in child.key where child.columns.first(where: { $0.name == one })?.isRequired == false {
            faults.append("key column \"\(one)\" of \(child.table) is not required")
        }
        return faults
    }

    private func faultsInReading() -> [String] {
        var faults: [String] = []
        for one in endpoints {
            if one.items.isEmpty || one.items.contains(where: \.isEmpty) { faults.append("\(one.path) names no items") }
            if one.path.isEmpty || one.path.hasPrefix("/") {
                faults.append("\"\(one.path)\" is not a path below the base")
            }
            faults += self.faults(inCarriesOf: one)
        }
        for one in sweeps where one.path.contains("{key}") { faults.append("sweep \(one.path) asks for a key") }
        if let get {
            if !get.path.contains("{key}") { faults.append("\(get.path) has no place for a key") }
            let column = get.keyColumn ?? key.first ?? ""
            if !columns.contains(where: { $0.name == column }) {
                faults.append("\(get.path) is asked by \"\(column)\", which is not a column")
            }
        } else if isReadEach {
            faults.append("each record needs a call of its own, but there is no call for one")
        }
        switch window {
        case .span(let span):
            if !columns.contains(where: { $0.name == span.column }) {
                faults.append("the window is on \"\(span.column)\", which is not a column")
            }
        case .whole, .derived:
            if modified?.needsSpan == true { faults.append("the modified filter needs a span, but there is no window") }
        case .perParent:
            if !endpoint.path.contains("{key}") { faults.append("\(endpoint.path) has no place for a key") }
            let parents = columns.filter { $0.kind == .parent }.map(\.name)
            if parents != Array(key.prefix(1)) {
                faults.append("its key does not begin with what its parent is asked by")
            }
            if !children.isEmpty { faults.append("lines cannot have lines") }
        }
        return faults
    }

    private func faults(inCarriesOf endpoint: Endpoint) -> [String] {
        guard case .parts(let names, let tables) = endpoint.carries else { return [] }
        let unknown =
            names.filter { name in !columns.contains { $0.name == name } }
            + tables.filter { table in !children.contains { $0.table == table } }
        let lacking = key.filter { !names.contains($0) }
        return unknown.map { "\(endpoint.path) carries \"\($0)\", which is not there" }
            + lacking.map { "\(endpoint.path) does not carry key column \"\($0)\"" }
    }

    private static func faults(in columns: [Column], key: [String], of table: String) -> [String] {
        var faults: [String] = []
        if table.split(separator: ".").count != 2 { faults.append("table \"\(table)\" has no schema") }
        if key.isEmpty { faults.append("\(table) has no key") }
        faults += repeated(columns.map(\.name)).map { "column \"\($0)\" of \(table) is there twice" }
        faults += repeated(key).map { "key column \"\($0)\" of \(table) is there twice" }
        for column in columns {
            if !isName(column.name) {
                faults.append("\"\(column.name)\" of \(table) is not a name of lower-case words")
            }
            let needsPath = column.kind != .position
            if needsPath && column.paths.isEmpty || column.paths.contains(where: \.isEmpty) {
                faults.append("column \"\(column.name)\" of \(table) has no path")
            }
        }
        for one in key where !columns.contains(where: { $0.name == one }) {
            faults.append("key column \"\(one)\" of \(table) is not a column")
        }
        return faults
    }

    private static func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    /// The definitions so that each comes after those it names in `after`; otherwise in the order given.
    ///
    /// Names that are not among them are passed over. Where definitions wait for each other, they come in the order
    /// given.
    public static func order(_ entities: [EntityDefinition]) -> [EntityDefinition] {
        var waiting = entities
        var ordered: [EntityDefinition] = []
        while !waiting.isEmpty {
            let names = Set(waiting.map(\.name))
            let next = waiting.firstIndex { one in !one.after.contains { names.contains($0) && $0 != one.name } } ?? 0
            ordered.append(waiting.remove(at: next))
        }
        return ordered
    }
}
