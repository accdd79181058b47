internal import Inflow

/// How the rows of one entity hang on the records of another, or on their lines: by the value they are asked for by.
///
/// The owner's row is `t` in the SQL, its line `l`.
struct ParentLink: Sendable {
    let owner: EntityDefinition
    let rule: WindowRule.PerParent
    /// The owner's line that has the value; nil where the record itself has.
    private let child: Child?

    /// The link of an entity to another; nil where it does not hang on it.
    init?(_ entity: EntityDefinition, to owner: EntityDefinition) {
        guard let rule = entity.perParent, entity.hangs(on: owner) else { return nil }
        self.owner = owner
        self.rule = rule
        child = owner.name == rule.parent ? nil : owner.children.first { $0.table.hasSuffix(".\(rule.parent)") }
    }

    /// The link of an entity to the one among others that it hangs on.
    init?(_ entity: EntityDefinition, among known: [EntityDefinition]) {
        for owner in known {
            if let link = ParentLink(entity, to: owner) {
                self = link
                return
            }
        }
        return nil
    }

    /// The value that the rows are asked for by.
    func key(_ record: String = "t", line: String = "l") -> String {
        "\(child == nil ? record : line).\(quoted(rule.key))"
    }

    /// The owner's table, joined with its lines where they have the key.
    func table(_ record: String = "t", line: String = "l") -> String {
        "\(quoted(owner.table)) \(record)" + lines(of: record, line: line)
    }

    /// The join of the lines to the record; empty where the record itself has the key.
    func lines(of record: String, line: String) -> String {
        guard let child else { return "" }
        let joined = child.columns.filter { $0.kind == .parent }.compactMap { column in
            column.paths.first.map { " and \(line).\(quoted(column.name)) = \(record).\(quoted($0))" }
        }
        return "\njoin \(quoted(child.table)) \(line) on \(line).connection_id = \(record).connection_id"
            + joined.joined()
    }

    /// That it can be asked for: not empty, and not a place in a list that stands for an identifier.
    var isKey: String {
        let columns = child?.columns ?? owner.columns
        let isPlace = columns.first { $0.name == rule.key }?.kind == .identifierOrPosition
        return "\(key()) <> ''" + (isPlace ? " and not starts_with(\(key()), '#')" : "")
    }
}
