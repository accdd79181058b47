public import Inflow
internal import Postgres

/// Rows that the answers to their records lacked: judged together when all records of a run have been asked.
///
/// The merge of each answer notes them (``PerParentMerge``). Until they are judged, and while they are held for a
/// person, the rows stay live.
public struct PerParentMissing: Sendable {
    private let warehouse: Warehouse
    private let connection: Connection
    private let known: [EntityDefinition]

    /// The missing rows of a connection; `known` are all entities of the platform.
    public init(_ warehouse: Warehouse, _ connection: Connection, known: [EntityDefinition]) {
        self.warehouse = warehouse
        self.connection = connection
        self.known = known
    }

    /// What is missing of an entity and not judged yet, record by record.
    public struct Losses: Sendable {
        /// The loss of each record that lacks rows.
        public var losses: [ParentLoss] = []
        /// Live rows that the records read in the run had before it.
        public var rowsRead = 0
        /// Rows that the answers of the run lacked again after a person had approved to mark them.
        public var approved = 0

        /// Rows that may be marked only if no brake holds them.
        public var missing: Int { losses.reduce(0) { $0 + $1.missing } }
    }

    /// Keys of the records of which a person has approved to mark rows, to be asked once more; `limit` at most.
    public func approvedParents(_ entity: EntityDefinition, limit: Int) async throws(WarehouseError) -> [String] {
        let parent = quoted(entity.key.first ?? "")
        return try await warehouse.query(
            """
            select distinct t.\(parent) as key
            from inflow.missing m
            join \(quoted(entity.table)) t on t.connection_id = m.connection_id and \(entity.keyText()) = m.key
            where m.connection_id = $1 and m.entity = $2 and m.status = 'approved'
            order by 1
            limit $3
            """, of: connection, [.text(entity.name), .int(limit)], purpose: "parent reads",
            doing: "finding approved deletions of \(entity.name)"
        ) { row throws(PostgresError) in try row.text("key") }
    }

    /// Adds up what is missing; notes of rows that were written or marked since are dropped before.
    public func losses(_ entity: EntityDefinition, run: Int64) async throws(WarehouseError) -> Losses {
        guard let link = ParentLink(entity, among: known) else { return Losses() }
        let names: [PostgresParameter] = [.int64(connection.id), .text(entity.name)]
        return try await warehouse.perform(
            purpose: "parent reads", doing: "adding up what is missing of \(entity.name)"
        ) { session throws(PostgresError) in
            var found = Losses()
            guard try session.query(PerParentMissing.isAnyNoted, names)[0].bool("noted") else { return found }
            try session.query(PerParentMissing.forgetSettled(entity), names)
            found.approved = try session.query(PerParentMissing.countApproved, names + [.int64(run)])[0].int("rows")
            found.losses = try session.query(PerParentMissing.addUp(entity, link), names + [.int64(run)])
                .map { row throws(PostgresError) in
                    ParentLoss(
                        parent: try row.text("parent"), rows: try row.int("rows"), missing: try row.int("missing"),
                        isEmptied: try row.bool("is_emptied"), hasChanged: try row.bool("has_changed"))
                }
            guard !found.losses.isEmpty else { return found }
            found.rowsRead = try session.query(
                PerParentMissing.countRead(entity),
                names + [.int64(run), .textArray(found.losses.map(\.parent))])[0].int("rows")
            return found
        }
    }

    /// Lets the missing rows of an entity be marked, or holds them for a reason.
    ///
    /// Rows that a person approved, and that the answers of this run lacked again, are marked in any case.
    public func settle(
        _ entity: EntityDefinition, holding reason: String?, run: Int64
    ) async throws(WarehouseError) {
        _ = try await warehouse.query(
            """
            update inflow.missing m set
                status = case when m.status = 'approved' or $3::text is null then 'gone' else 'held' end,
                reason = case when m.status = 'approved' or $3::text is null then m.reason else $3 end
            where m.connection_id = $1 and m.entity = $2
                and (m.status = 'missing' or m.status = 'approved' and m.run_id = $4)
            """, of: connection, [.text(entity.name), reason.map { .text($0) } ?? .null, .int64(run)],
            purpose: "parent reads", doing: "judging what is missing of \(entity.name)")
    }

    // MARK: statements

    private static let isAnyNoted =
        "select exists (select from inflow.missing where connection_id = $1 and entity = $2) as noted"

    /// $3 run.
    private static let countApproved = """
        select count(*) as rows from inflow.missing
        where connection_id = $1 and entity = $2 and status = 'approved' and run_id = $3
        """

    private static func forgetSettled(_ entity: EntityDefinition) -> String {
        """
        delete from inflow.missing m
        using \(quoted(entity.table)) t
        where m.connection_id = $1 and m.entity = $2 and t.connection_id = m.connection_id
            and \(entity.keyText()) = m.key and (t.deleted_at is not null or t.asked_at > m.asked_at)
        """
    }

    /// The loss of each record; $3 run.
    ///
    /// The rows that this run inserted do not count among those the record had, but a record that has one is not
    /// emptied.
    private static func addUp(_ entity: EntityDefinition, _ link: ParentLink) -> String {
        let parent = quoted(entity.key.first ?? "")
        return """
            with noted as materialized (
                select t.\(parent) as parent, m.key, m.status
                from inflow.missing m
                join \(quoted(entity.table)) t on t.connection_id = m.connection_id and \(entity.keyText()) = m.key
                where m.connection_id = $1 and m.entity = $2
            ), lost as materialized (
                select parent, count(*) filter (where status = 'missing') as missing, count(*) as absent
                from noted
                group by 1
                having count(*) filter (where status = 'missing') > 0
            ), held as (
                select l.parent, count(*) filter (where t.first_run_id <> $3) as rows, count(*) as living
                from lost l
                join \(quoted(entity.table)) t on t.connection_id = $1 and t.\(parent) = l.parent
                where t.deleted_at is null
                group by 1
            ), changed as (
                select \(link.key()) as parent, max(t.changed_at) as changed_at
                from \(indented(link.table(), by: 4))
                where t.connection_id = $1 and \(link.key()) in (select parent from lost)
                group by 1
            )
            select l.parent, h.rows, l.missing, l.absent >= h.living as is_emptied,
                coalesce(c.changed_at > r.asked_before, false) as has_changed
            from lost l
            join held h on h.parent = l.parent
            left join changed c on c.parent = l.parent
            left join inflow.parent_read r on r.connection_id = $1 and r.entity = $2 and r.parent_key = l.parent
            order by l.parent
            """
    }

    /// The rows that the records read in the run $3, or named by $4, had before it.
    private static func countRead(_ entity: EntityDefinition) -> String {
        """
        select count(*) as rows
        from inflow.parent_read r
        join \(quoted(entity.table)) t on t.connection_id = r.connection_id
            and t.\(quoted(entity.key.first ?? "")) = r.parent_key
        where r.connection_id = $1 and r.entity = $2 and (r.run_id = $3 or r.parent_key = any ($4::text[]))
            and t.deleted_at is null and t.first_run_id <> $3
        """
    }
}
