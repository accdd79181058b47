/// The element names that an entity's definition reads, numbered.
///
/// The parser numbers elements by this list and the shaper reads the numbers, so both ends of the line must hold the
/// same list: it is a value of the definition, and neither end makes its own. Endpoints that carry less share it.
struct ElementNames: Sendable {
    /// The names in lower case, in the order of their numbers.
    let lowercased: [String]
    /// The same names as the definition first spells them.
    let spellings: [String]

    init(_ entity: EntityDefinition) {
        let columnPaths = (entity.columns + entity.children.flatMap(\.columns)).flatMap { column in
            column.kind == .parent ? [] : column.paths
        }
        let names = (columnPaths + entity.children.flatMap(\.paths)).flatMap {
            $0.split(separator: "/").map(String.init)
        }
        var spellings: [String: String] = [:]
        for name in names where spellings[name.lowercased()] == nil { spellings[name.lowercased()] = name }
        lowercased = spellings.keys.sorted()
        self.spellings = lowercased.map { spellings[$0] ?? $0 }
    }
}

extension EntityDefinition {
    /// The element names a parser must number from 0, in this order and in lower case, for batches of this entity.
    public var elementNames: [String] { ElementNames(self).lowercased }
}
