/// An entity's paths compiled into a state machine over element names: which element of a record fills which column.
///
/// Elements are matched without regard to case. A name the definition does not know leads nowhere, and its element goes to
/// the row's `extra`.
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
        /// Columns filled by an element standing here.
        var targets: [Target] = []
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
        /// Columns copied from the parent: (own index, parent's index).
        let parents: [(column: Int, source: Int)]
        let hasAlternatives: Bool
        let isCarried: Bool
    }

    private(set) var nodes: [Node] = [Node()]
    /// `next[node * vocabulary.count + name]`: the node an element leads to, or -1.
    private(set) var next: [Int16]
    /// Known element names in lower case, by number.
    let vocabulary: [String]
    /// The same as the definition spells them.
    let spellings: [String]
    let tables: [Table]

    init(_ entity: EntityDefinition, carries: Endpoint.Carries) {
        let columnPaths = (entity.columns + entity.children.flatMap(\.columns)).flatMap { column in
            column.kind == .parent ? [] : column.paths
        }
        let names = (columnPaths + entity.children.flatMap(\.paths)).flatMap {
            $0.split(separator: "/").map(String.init)
        }
        var spellings: [String: String] = [:]
        for name in names where spellings[name.lowercased()] == nil { spellings[name.lowercased()] = name }
        let vocabulary = spellings.keys.sorted()
        self.vocabulary = vocabulary
        self.spellings = vocabulary.map { spellings[$0] ?? $0 }
        next = Array(repeating: -1, count: vocabulary.count)
        let carried = entity.children.map { carries.includes(child: $0.table) }
        tables =
            [ShapePlan.table(entity.table, entity.columns, key: entity.key, parent: [], isCarried: true)]
            + zip(entity.children, carried).map { child, isCarried in
                ShapePlan.table(
                    child.table, child.columns, key: child.key, parent: entity.columns, isCarried: isCarried)
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
    }

    private static func table(
        _ name: String, _ columns: [Column], key: [String], parent: [Column], isCarried: Bool
    ) -> Table {
        Table(
            name: name, columns: columns,
            keyColumns: key.compactMap { key in columns.firstIndex { $0.name == key } },
            parents: columns.enumerated().compactMap { index, column in
                guard column.kind == .parent else { return nil }
                return parent.firstIndex { $0.name == column.paths.first }.map { (index, $0) }
            },
            hasAlternatives: columns.contains { $0.paths.count > 1 && $0.kind != .outer }, isCarried: isCarried)
    }

    private mutating func addColumns(_ columns: [Column], of start: Int) {
        for (index, column) in columns.enumerated() where column.kind != .parent && column.kind != .outer {
            for (rank, path) in column.paths.enumerated() {
                let node = self.node(at: path, from: start)
                nodes[node].targets.append(Target(column: index, rank: rank))
            }
        }
        // An element that only lines copy (`outer`) is known too: it must not land in `extra`.
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
    mutating func addOuterPaths(of entity: EntityDefinition) {
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
