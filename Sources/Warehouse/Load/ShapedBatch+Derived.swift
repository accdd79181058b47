internal import Inflow

/// Records of a derived entity, such as the states that jobs are in: the platform has no list of them, so their keys
/// are the distinct values of a column that the warehouse holds.
extension EntityDefinition {
    /// The distinct values of a column of living rows; $1 connection.
    func distinctValues(of column: String, in source: EntityDefinition) -> String {
        """
        select distinct \(quoted(column)) as value from \(quoted(source.table))
        where connection_id = $1 and \(quoted(column)) is not null and deleted_at is null order by 1
        """
    }
}

extension ShapedBatch {
    /// Rows that have nothing but their keys.
    init(keys: [String], of entity: EntityDefinition) {
        self.init()
        var block = RowBlock(width: entity.columns.count + 1)
        for (index, key) in keys.enumerated() {
            let text = Array(key.utf8)
            block.ordinals.append(Int32(index))
            for column in entity.columns {
                block.values.append(
                    entity.key.contains(column.name)
                        ? .text(start: Int32(arena.count), length: Int32(text.count)) : .null)
            }
            block.values.append(.null)
            arena.append(contentsOf: text)
        }
        blocks = [block]
    }
}
