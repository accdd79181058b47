public import Inflow
internal import Postgres

/// Finds and deletes lines that belong to no record.
///
/// No answer tells of them: a record's lines are compared when the record is read, and theirs does not exist. They are
/// left behind when a person deletes a record by hand without its lines.
public struct StrayLines: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The lines of a connection; reads nothing before it is asked.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// Deletes the lines of an entity's records that do not exist, under the entity's lock.
    ///
    /// - Returns: how many were deleted, by table; a table without any is left out.
    public func delete(of entity: EntityDefinition) async throws(WarehouseError) -> [(table: String, count: Int)] {
        let sql = MergeSQL(entity, carries: .everything)
        let id = connection.id
        return try await warehouse.transaction(purpose: "stray lines", doing: "deleting stray lines of \(entity.name)")
        {
            session throws(PostgresError) in
            try session.query(MergeSQL.takeLock, [.int64(id), .text(entity.name)])
            var deleted: [(table: String, count: Int)] = []
            for child in sql.children {
                let count = try session.query(sql.deleteStray(child), [.int64(id)]).affectedRows
                if count > 0 { deleted.append((child.table, count)) }
            }
            return deleted
        }
    }
}

extension MergeSQL {
    /// Deletes lines of records that do not exist; $1 connection.
    func deleteStray(_ child: Child) -> String {
        """
        delete from \(quoted(child.table)) l
        where l.connection_id = $1 and not exists (
            select from \(target) t where t.connection_id = l.connection_id and \(joinToParent(child, "l", "t"))
        )
        """
    }
}
