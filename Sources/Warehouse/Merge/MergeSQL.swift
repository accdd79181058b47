internal import Inflow

/// The SQL that takes one chunk of an entity from staging into its tables, step by step.
///
/// All set-based, all from one small table, `changed`. Only ``judge`` joins staging with a target on the left (that
/// is what makes an unchanged row cost nothing); no other statement may.
///
/// Each statement joins warehouse tables on `connection_id` *and* the key, so that it also runs where they are
/// distributed by the connection. The connection comes from a column and never as a constant: statistics know nothing
/// of a connection that is new, and with a constant the planner would expect to find one row of it, by any index, and
/// read them all instead.
///
/// Names are quoted identifiers from the definition, values are parameters. For `wfm.invoice` the parts are
/// `stage_invoice`, `stage_invoice_task`, `changed_invoice` and `gone_invoice_task`.
///
/// What a record is judged to be is a set of bits (``What``), so that each later step picks its rows with one test.
struct MergeSQL: Sendable {
    /// The bits of `changed.what`: how a record differs from its row.
    enum What {
        /// New to the table.
        static let inserted = 1
        /// Its own columns differ.
        static let own = 2
        /// Its lines differ from the stored ones.
        static let lines = 4
        /// Its own columns differ only where the stored version of the definition had no column.
        static let ownFilled = 8
        /// Its lines were stored by another version of the definition: to be compared column by column.
        static let linesUnknown = 16
        /// It was marked deleted and is listed again.
        static let revived = 32
        /// Its lines differ only in columns that the stored version had not.
        static let linesFilled = 64
        /// It differs, and its row is what a newer answer said.
        ///
        /// It is set aside and never in `changed`.
        static let older = 128
    }

    let entity: EntityDefinition
    let carries: Endpoint.Carries
    /// Own columns the answer carries, key included.
    let columns: [Column]
    /// Children the answer carries.
    let children: [Child]
    /// Whether archived answers are merged: columns are compared instead of hashes, and no mark is taken away.
    let isReplay: Bool
    /// Whether columns and lines are compared instead of hashes: a hash covers what was read, not what a row holds after
    /// a person has changed it.
    let comparesColumns: Bool

    init(
        _ entity: EntityDefinition, carries: Endpoint.Carries, isReplay: Bool = false, comparesColumns: Bool = false
    ) {
        self.entity = entity
        self.isReplay = isReplay
        self.comparesColumns = isReplay || comparesColumns
        self.carries = carries
        columns = entity.columns.filter { entity.key.contains($0.name) || carries.includes(column: $0.name) }
        children = entity.children.filter { carries.includes(child: $0.table) }
    }

    // MARK: names

    /// Whether every own column is carried, so that the content hash of the answer is the row's.
    var carriesAllColumns: Bool { columns.count == entity.columns.count }
    /// Whether all lines are carried, so that the hash of the answer's lines is the record's.
    var carriesAllChildren: Bool { children.count == entity.children.count }
    var stage: String { MergeSQL.temporary("stage", entity.table) }
    var changed: String { MergeSQL.temporary("changed", entity.table) }
    var compared: String { MergeSQL.temporary("compared", entity.table) }
    var target: String { quoted(entity.table) }
    static func stage(_ child: Child) -> String { temporary("stage", child.table) }
    static func gone(_ child: Child) -> String { temporary("gone", child.table) }

    private static func temporary(_ prefix: String, _ table: String) -> String {
        quoted("pg_temp") + "." + quoted(prefix + "_" + (table.split(separator: ".").last.map(String.init) ?? table))
    }

    /// `"a", "b"`, each behind a prefix such as `s.`.
    func list(_ names: [String], _ prefix: String = "") -> String {
        names.map { prefix + quoted($0) }.joined(separator: ", ")
    }

    /// `s."a" = t."a" and s."b" = t."b"`.
    func equal(_ names: [String], _ left: String, _ right: String) -> String {
        names.map { "\(left).\(quoted($0)) = \(right).\(quoted($0))" }.joined(separator: " and ")
    }

    var ownNames: [String] { columns.map(\.name) + (carriesAllColumns ? ["extra"] : []) }

    /// Key columns of a child that copy the parent's key, in the order of the parent's key.
    func parentColumns(of child: Child) -> [String] {
        entity.key.compactMap { key in child.columns.first { $0.kind == .parent && $0.paths.first == key }?.name }
    }

    func joinToParent(_ child: Child, _ left: String, _ right: String) -> String {
        zip(parentColumns(of: child), entity.key).map { "\(left).\(quoted($0)) = \(right).\(quoted($1))" }
            .joined(separator: " and ")
    }

    /// One merge at a time per connection and entity: $1 connection, $2 entity.
    static let takeLock =
        "select pg_advisory_xact_lock(hashtextextended('inflow.merge ' || $1::bigint::text || ' ' || $2::text, 0))"

    // MARK: staging

    /// Makes the temporary tables of the entity, once per session.
    var createStaging: String {
        let parent = """
            create temporary table \(stage) as
            select \(list(ownNames)), 0::integer as record_ordinal, content_hash, children_hash
            from \(target)
            with no data;
            create temporary table \(changed) as
            select connection_id, \(list(entity.key)), false as existed, 0::integer as what, 0::integer as lines_version
            from \(target)
            with no data;
            """
        let lines = children.map { child in
            """
            create temporary table \(MergeSQL.stage(child)) as
            select \(list(child.columns.map(\.name))), extra, 0::integer as record_ordinal
            from \(quoted(child.table))
            with no data;
            """
        }
        return ([parent] + lines).joined(separator: "\n")
    }

    /// Makes the table that ``compareLines(_:)`` fills; few runs need it, so it is made when it is.
    var createCompared: String {
        """
        create temporary table if not exists \(compared) as
        select \(list(entity.key)), 0::integer as what
        from \(target)
        with no data
        """
    }

    /// Makes the table that ``findLines(_:)`` fills, likewise.
    func createGone(_ child: Child) -> String {
        """
        create temporary table if not exists \(MergeSQL.gone(child)) as
        select connection_id, \(list(child.key))
        from \(quoted(child.table))
        with no data
        """
    }

    /// Temporary tables that a chunk given up may have left rows in.
    var temporaryTables: [String] { [stage, changed] + children.map { MergeSQL.stage($0) } }

    /// Empties those that hold rows, for the next chunk.
    ///
    /// `truncate` costs the server three new files a table, whatever is in it; `delete` costs by the row and leaves
    /// dead ones.
    static func empty(_ tables: Set<String>, truncating: Bool) -> String {
        truncating
            ? "truncate \(tables.sorted().joined(separator: ", "))"
            : tables.sorted().map { "delete from \($0)" }.joined(separator: "; ")
    }

    /// Where rejections wait for the merge; one table for all entities.
    static let rejections = "pg_temp.stage_rejection"

    /// Drops them, where an entity is read by two endpoints that carry different parts.
    var dropStaging: String {
        let tables = temporaryTables + [compared] + children.map { MergeSQL.gone($0) }
        return "drop table if exists \(tables.joined(separator: ", "))"
    }

    /// COPY of the record's own rows.
    var copyOwn: String {
        "copy \(stage) (\(list(ownNames + ["record_ordinal", "content_hash", "children_hash"]))) from stdin"
    }

    /// COPY of a child's rows.
    func copy(_ child: Child) -> String {
        "copy \(MergeSQL.stage(child)) (\(list(child.columns.map(\.name) + ["extra", "record_ordinal"]))) from stdin"
    }

    // MARK: duplicates

    /// Drops all but the last record of each key: the affected rows are the duplicates.
    var dropDuplicates: String {
        """
        delete from \(stage) s
        using (
            select \(list(entity.key)), max(record_ordinal) as kept
            from \(stage)
            group by \(list(entity.key))
            having count(*) > 1
        ) d
        where \(equal(entity.key, "s", "d")) and s.record_ordinal < d.kept
        """
    }

    /// Drops lines of records that were dropped.
    func dropOrphans(_ child: Child) -> String {
        "delete from \(MergeSQL.stage(child)) c where not exists "
            + "(select from \(stage) s where s.record_ordinal = c.record_ordinal)"
    }

    /// Drops all but the last line of each key of one record.
    func dropDuplicates(_ child: Child) -> String {
        """
        delete from \(MergeSQL.stage(child)) s
        using (
            select \(list(child.key)), max(position) as kept
            from \(MergeSQL.stage(child))
            group by \(list(child.key))
            having count(*) > 1
        ) d
        where \(equal(child.key, "s", "d")) and s.position < d.kept
        """
    }
}

/// The text with every line but the first moved right, to keep generated SQL readable.
func indented(_ text: String, by spaces: Int = 12) -> String {
    text.replacing("\n", with: "\n" + String(repeating: " ", count: spaces))
}
