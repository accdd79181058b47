/// An entity's paths compiled into a state machine over element names: which element of a record fills which column.
///
/// Elements are matched without regard to case. A name the definition does not know leads nowhere, and its element goes
/// to the row's `extra`.
struct ShapePlan: Sendable {
    /// A column that an element fills.
    struct Target: Sendable {
        /// Index of the column in its table.
        let column: Int
        /// Place of the path among the column's paths: the lowest that has text wins.
        let rank: Int
    }

    /// A place in the tree of known elements.
    struct Node: Sendable {
        /// Columns filled by an element standing here: a range of ``ShapePlan/targets``.
        var targets: Range<Int> = 0..<0
        /// The table a row of which begins here, 0 being the entity's own.
        var opens: Int?
        /// Whether the subtree fills child tables only that this answer does not carry.
        var isIgnored = false
    }

    /// A table's columns as the shaper needs them.
    struct Table: Sendable {
        let name: String
        let columns: [Column]
        let keyColumns: [Int]
        /// The columns of the key, without what is copied from the record.
        let ownKeyColumns: [Int]
        /// Whether the key holds the place of a line, which no other line of the record has.
        let isKeyedByPlace: Bool
        /// The column of the key that takes the place of a line without an identifier.
        let placeColumn: Int?
        /// Columns copied from the parent: (own index, parent's index).
        let parents: [(column: Int, source: Int)]
        /// How each column is read.
        let kinds: [Column.Kind]
        /// Whether each column has more than one path.
        let hasAlternatives: [Bool]
        /// Columns that no element fills by itself.
        let specials: [Special]
        /// Columns without which a record is rejected.
        let required: [Int]
    }

    /// A column filled when its row is complete.
    struct Special: Sendable {
        /// What fills the column.
        enum Filling: Sendable {
            /// The text of an enclosing element.
            case outer
            /// The place among the record's rows of the table.
            case position
            /// `#` and that place, where no element gave an identifier.
            case positionUnlessFilled

            /// `nil` for a column that an element fills.
            init?(_ kind: Column.Kind) {
                switch kind {
                case .outer: self = .outer
                case .position: self = .position
                case .identifierOrPosition: self = .positionUnlessFilled
                case .text, .identifier, .code, .decimal, .money, .integer, .minutes, .boolean, .date, .moment,
                    .instant,
                    .clock, .parent:
                    return nil
                }
            }
        }

        let column: Int
        let filling: Filling
        /// Names of enclosing elements one of which holds the text, in order.
        let ancestors: [Int32]
        /// Name of the element with the text, directly inside the enclosing one.
        let child: Int32
        /// How that text is read.
        let reading: Column.Kind
    }

    private(set) var nodes: [Node] = [Node()]
    /// The nodes' targets, one after the other.
    private(set) var targets: [Target] = []
    /// The same while the plan is made.
    private var gathered: [Int: [Target]] = [:]
    /// `next[node * vocabulary.count + name]`: the node an element leads to, or -1.
    private(set) var next: [Int16]
    /// Known element names in lower case, by number.
    let vocabulary: [String]
    /// The same as the definition spells them.
    let spellings: [String]
    let tables: [Table]
    /// Index of the record's column that the platform lists it by, where that column is a local date.
    let dateColumn: Int?
    /// Indices of the record's columns by which people know it.
    let labelColumns: [Int]

    init(_ entity: EntityDefinition, carries: Endpoint.Carries) {
        let names = ElementNames(entity)
        let vocabulary = names.lowercased
        self.vocabulary = vocabulary
        spellings = names.spellings
        next = Array(repeating: -1, count: vocabulary.count)
        dateColumn = entity.columns.firstIndex { column in
            guard case .span(let rule) = entity.window else { return false }
            return column.name == rule.column && column.kind == .date
        }
        labelColumns = Labelling.columns(of: entity.columns).compactMap { entity.columns.firstIndex(of: $0) }
        let carried = entity.children.map { carries.includes(child: $0.table) }
        tables =
            [ShapePlan.table(entity.table, entity.columns, key: entity.key, parent: [], vocabulary)]
            + entity.children.map { child in
                ShapePlan.table(child.table, child.columns, key: child.key, parent: entity.columns, vocabulary)
            }
        addColumns(entity.columns, of: 0)
        for (index, child) in entity.children.enumerated() {
            for path in child.paths {
                let node = self.node(at: path, from: 0)
                nodes[node].opens = index + 1
                nodes[node].isIgnored = !carried[index]
                addColumns(child.columns, of: node)
            }
        }
        addOuterPaths(of: entity)
        for (node, targets) in gathered {
            nodes[node].targets = self.targets.count..<self.targets.count + targets.count
            self.targets += targets
        }
        gathered = [:]
    }

    private static func table(
        _ name: String, _ columns: [Column], key: [String], parent: [Column], _ vocabulary: [String]
    ) -> Table {
        func number(_ name: String) -> Int32? {
            vocabulary.firstIndex(of: name.lowercased()).map { Int32($0) }
        }
        let keys = key.compactMap { key in columns.firstIndex { $0.name == key } }
        return Table(
            name: name, columns: columns, keyColumns: keys,
            ownKeyColumns: keys.filter { columns[$0].kind != .parent },
            isKeyedByPlace: keys.contains { columns[$0].kind == .position },
            placeColumn: keys.first { columns[$0].kind == .identifierOrPosition },
            parents: columns.enumerated().compactMap { index, column in
                guard column.kind == .parent else { return nil }
                return parent.firstIndex { $0.name == column.paths.first }.map { (index, $0) }
            },
            kinds: columns.map(\.kind),
            hasAlternatives: columns.map { $0.paths.count > 1 && $0.kind != .outer },
            specials: columns.enumerated().compactMap { index, column in
                guard let filling = Special.Filling(column.kind) else { return nil }
                return Special(
                    column: index, filling: filling,
                    ancestors: column.kind == .outer ? column.ancestors.compactMap(number) : [],
                    child: column.kind == .outer && column.paths.count > 1 ? number(column.paths[1]) ?? -1 : -1,
                    reading: column.reading)
            },
            required: columns.indices.filter { columns[$0].isRequired && columns[$0].kind != .parent })
    }

    private mutating func addColumns(_ columns: [Column], of start: Int) {
        for (index, column) in columns.enumerated() where column.kind != .parent && column.kind != .outer {
            for (rank, path) in column.paths.enumerated() {
                let node = self.node(at: path, from: start)
                gathered[node, default: []].append(Target(column: index, rank: rank))
            }
        }
    }

    private mutating func node(at path: String, from start: Int) -> Int {
        path.split(separator: "/").reduce(start) { node, step in
            guard let name = vocabulary.firstIndex(of: step.lowercased()) else { return node }
            let slot = node * vocabulary.count + name
            if next[slot] >= 0 { return Int(next[slot]) }
            nodes.append(Node())
            next.append(contentsOf: Array(repeating: -1, count: vocabulary.count))
            next[slot] = Int16(nodes.count - 1)
            return nodes.count - 1
        }
    }

    /// Makes the elements that lines copy from an enclosing element known where they stand.
    private mutating func addOuterPaths(of entity: EntityDefinition) {
        for child in entity.children {
            for column in child.columns where column.kind == .outer {
                for path in child.paths {
                    let steps = path.split(separator: "/")
                    let places = column.ancestors.compactMap { name in
                        steps.dropLast().lastIndex { $0.lowercased() == name.lowercased() }
                    }
                    guard let place = places.first else { continue }
                    let outer = steps[...place].joined(separator: "/") + "/" + column.paths[1]
                    let node = self.node(at: outer, from: 0)
                    knownOuter.insert(node)
                }
            }
        }
    }

    /// Nodes whose text lines copy; not drift although no column of their own row takes them.
    private(set) var knownOuter: Set<Int> = []
}

extension Endpoint.Carries {
    /// Whether the answer holds the rows of a child table.
    public func includes(child table: String) -> Bool {
        switch self {
        case .everything: true
        case .header: false
        case .parts(_, let children): children.contains(table) || children.contains { table.hasSuffix("." + $0) }
        }
    }

    /// Whether the answer holds a column of the record itself.
    public func includes(column: String) -> Bool {
        switch self {
        case .everything, .header: true
        case .parts(let columns, _): columns.contains(column)
        }
    }
}
