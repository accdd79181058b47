public import Inflow
internal import Postgres

/// The records whose header is newer than their lines, for the run that reads them in full.
///
/// The merge notes and forgets them (``HeaderOnlyRecords``). A record stays noted, and keeps its day from being
/// complete, until an answer with its lines has been merged.
public struct HeaderOnlyStore: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection

    /// The records of one connection.
    public init(_ warehouse: Warehouse, _ connection: Connection) {
        self.warehouse = warehouse
        self.connection = connection
    }

    /// A record without its lines: what `get` asks for, and its month.
    public struct Pending: Sendable, Hashable {
        /// What `get` asks for; `nil` where the record cannot be asked for.
        public let asked: String?
        /// The first day of its month; `nil` where it has no date.
        public let month: LocalDate?
    }

    /// The records of an entity that are to be read in full; those marked as deleted are forgotten.
    public func pending(_ entity: EntityDefinition) async throws(WarehouseError) -> [Pending] {
        guard entity.hasHeaderLists else { return [] }
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        let sql = CoverageSQL(entity)
        return try await warehouse.perform(
            purpose: "coverage", doing: "finding \(entity.name)s without their lines"
        ) { session throws(PostgresError) in
            try session.query(sql.forgetDeletedHeaderOnly, names)
            return try session.query(sql.headerOnly, names).read { row throws(PostgresError) in
                Pending(
                    asked: try row.optionalText("asked"),
                    month: try row.read("month") { $0.string.flatMap { LocalDate($0) } })
            }
        }
    }
}

/// Statements on records without their lines; $1 connection, $2 entity.
extension CoverageSQL {
    /// Forgets records that are marked as deleted: no list holds their lines any more.
    var forgetDeletedHeaderOnly: String {
        """
        delete from inflow.header_only h
        using \(quoted(entity.table)) t
        where h.connection_id = $1 and h.entity = $2 and t.connection_id = h.connection_id
            and \(entity.keyText()) = h.key and t.deleted_at is not null
        """
    }

    /// The records to read in full, by the value that `get` asks for and by month.
    var headerOnly: String {
        let asked = entity.get.map { "t.\(quoted($0.keyColumn ?? entity.key.first ?? ""))::text" } ?? "null::text"
        return """
            select nullif(\(asked), '') as asked, date_trunc('month', h.dated_on::timestamp)::date::text as month
            from inflow.header_only h
            join \(quoted(entity.table)) t on t.connection_id = h.connection_id and \(entity.keyText()) = h.key
            where h.connection_id = $1 and h.entity = $2
            order by h.dated_on, h.key
            """
    }
}
