internal import Inflow

/// The SQL that takes one chunk of an entity from staging into its tables, step by step.
///
/// All set-based, all from one small table, `changed`. Only ``judge`` joins staging with a target on the left (that is what
/// makes an unchanged row cost nothing); no other statement may.
///
/// Each statement joins warehouse tables on `connection_id` *and* the key, so that it also runs where they are distributed by
/// the connection. The connection comes from a column and never as a constant: statistics know nothing of a connection that
/// is new, and with a constant the planner would expect to find one row of it, by any index, and read them all instead.
///
/// Names are quoted identifiers from the definition, values are parameters. For `wfm.invoice` the parts are
/// `stage_invoice`, `stage_invoice_task`, `changed_invoice` and `gone_invoice_task`.
///
/// What a record is judged to be is a set of bits (``What``), so that each later step picks its rows with one test.
struct MergeSQL: Sendable {
    /// Bits of `changed.what`.
    enum What {
        /// New to the table.
        static let inserted = 1
        /// Its own columns differ.
        static let own = 2
        /// Its lines differ.
        static let lines = 4
        /// Its own columns differ only where the stored version of the definition had no column.
        static let ownFilled = 8
        /// Its lines were stored by another version of the definition: to be compared column by column.
        static let linesUnknown = 16
        /// It was marked deleted and is listed again.
        static let revived = 32
        /// Its lines differ only in columns that the stored version had not.
        static let linesFilled = 64
    }

    let entity: EntityDefinition
    let carries: Endpoint.Carries
    /// Own columns the answer carries, key included.
    let columns: [Column]
    /// Children the answer carries.
    let children: [Child]

    init(_ entity: EntityDefinition, carries: Endpoint.Carries) {
        self.entity = entity
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
    private func list(_ names: [String], _ prefix: String = "") -> String {
        names.map { prefix + quoted($0) }.joined(separator: ", ")
    }

    /// `s."a" = t."a" and s."b" = t."b"`.
    private func equal(_ names: [String], _ left: String, _ right: String) -> String {
        names.map { "\(left).\(quoted($0)) = \(right).\(quoted($0))" }.joined(separator: " and ")
    }

    private var ownNames: [String] { columns.map(\.name) + (carriesAllColumns ? ["extra"] : []) }

    /// Key columns of a child that copy the parent's key, in the order of the parent's key.
    private func parentColumns(of child: Child) -> [String] {
        entity.key.compactMap { key in child.columns.first { $0.kind == .parent && $0.paths.first == key }?.name }
    }

    private func joinToParent(_ child: Child, _ left: String, _ right: String) -> String {
        zip(parentColumns(of: child), entity.key).map { "\(left).\(quoted($0)) = \(right).\(quoted($1))" }
            .joined(separator: " and ")
    }

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
    /// `truncate` costs the server three new files a table, whatever is in it; `delete` costs by the row and leaves dead ones.
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

    // MARK: judgement

    /// What is joined is analyzed first, and only where it is joined: the key.
    var analyzeOwn: String { "analyze \(stage) (\(list(entity.key))), \(changed) (\(list(entity.key)))" }

    /// Judges every staged record against the table and keeps what is to be written in `changed`.
    ///
    /// $1 connection, $2 version of the definition as two bytes, $3 when the answer was asked for. Returns one row:
    /// `unchanged`, and how many there are of each kind. A row changed by an answer asked for later counts as unchanged.
    var judge: String {
        """
        with judged as materialized (
            select s.connection_id, \(list(entity.key, "s.")), t.connection_id is not null as existed,
                case
                    when t.connection_id is null then \(What.inserted)
                    when t.asked_at > $3 then 0
                    else (case when t.deleted_at is not null then \(What.revived) else 0 end)
                        | (\(indented(ownJudgement)))
                        | (\(indented(linesJudgement)))
                end as what,
                \(children.isEmpty ? "0" : "coalesce(\(storedVersion("children_hash")), 0)") as lines_version
            from (select $1::bigint as connection_id, * from \(stage) offset 0) s
            left join \(target) t on t.connection_id = s.connection_id and \(equal(entity.key, "t", "s"))
        ), kept as (
            insert into \(changed)
            select connection_id, \(list(entity.key)), existed, what, lines_version
            from judged
            where what <> 0
        )
        select count(*) filter (where what = 0) as unchanged,
            count(*) filter (where what & \(What.inserted) <> 0) as inserted,
            count(*) filter (where existed and what <> 0) as touched,
            count(*) filter (where what & \(What.own | What.lines | What.revived) <> 0) as superseded,
            count(*) filter (where what & \(What.lines) <> 0) as lines,
            count(*) filter (where what & \(What.linesUnknown) <> 0) as lines_unknown
        from judged
        """
    }

    /// Whether the record's own columns differ.
    ///
    /// Same version: the hashes tell. Another version: columns it had are compared, then those it had not.
    private var ownJudgement: String {
        let older = columns.filter { !entity.key.contains($0.name) }
        let differs = older.map { column in
            column.since <= 1
                ? "s.\(quoted(column.name)) is distinct from t.\(quoted(column.name))"
                : "(\(storedVersion("content_hash")) >= \(column.since) and "
                    + "s.\(quoted(column.name)) is distinct from t.\(quoted(column.name)))"
        }
        let newer = older.filter { $0.since > 1 }
        let fills = newer.map { column in
            "(\(storedVersion("content_hash")) < \(column.since) and "
                + "s.\(quoted(column.name)) is distinct from t.\(quoted(column.name)))"
        }
        let moved = newer.isEmpty || !carriesAllColumns ? [] : ["s.extra is distinct from t.extra"]
        let extra = carriesAllColumns ? [extraDiffers(newer, among: entity.columns)] : []
        let columnwise = """
            case
                when \((differs + extra).isEmpty ? "false" : (differs + extra).joined(separator: "\n        or "))
                then \(What.own)
                \(fills.isEmpty ? "" : "when \((fills + moved).joined(separator: " or ")) then \(What.ownFilled)")
                else 0
            end
            """
        guard carriesAllColumns else { return columnwise }
        return """
            case
                when s.content_hash = t.content_hash then 0
                when substr(t.content_hash, 1, 2) = $2::bytea then \(What.own)
                else \(indented(columnwise, by: 4))
            end
            """
    }

    private var linesJudgement: String {
        guard !children.isEmpty else { return "0" }
        guard carriesAllChildren else { return "\(What.linesUnknown)" }
        return """
            case
                when s.children_hash = t.children_hash then 0
                when substr(t.children_hash, 1, 2) = $2::bytea then \(What.lines)
                else \(What.linesUnknown)
            end
            """
    }

    private func storedVersion(_ hash: String) -> String {
        "(get_byte(t.\(hash), 0) * 256 + get_byte(t.\(hash), 1))"
    }

    /// Whether `extra` differs in more than what has become a column since: that it moved is no change of the record.
    ///
    /// Where a new column lies inside an element nothing of which was known before, the whole element was kept in one piece.
    private func extraDiffers(_ newer: [Column], among columns: [Column]) -> String {
        guard !newer.isEmpty else { return "s.extra is distinct from t.extra" }
        let taken = newer.flatMap { column in
            let known = columns.filter { $0.since < column.since }.flatMap(\.paths).flatMap { MergeSQL.beginnings($0) }
            return column.paths.map { path in
                MergeSQL.beginnings(path).first { !known.contains($0) } ?? path.lowercased()
            }
        }
        let tests = Set(taken).sorted().map { path in
            let path = path.replacing("'", with: "''")
            return "lower(e.key) = '\(path)' or starts_with(lower(e.key), '\(path)/')"
        }
        func rest(_ side: String) -> String {
            """
            (
                select jsonb_object_agg(e.key, e.value)
                from jsonb_each(\(side).extra) e
                where not (\(tests.joined(separator: " or ")))
            )
            """
        }
        return "\(rest("s")) is distinct from \(rest("t"))"
    }

    /// `a`, `a/b` and `a/b/c` of `A/B/C`.
    private static func beginnings(_ path: String) -> [String] {
        let steps = path.lowercased().split(separator: "/")
        return steps.indices.map { steps[...$0].joined(separator: "/") }
    }

    // MARK: lines stored by another version

    /// Compares the lines of records whose lines were stored by another version of the definition (or never).
    ///
    /// Fills `compared` with the bits `lines` or `linesFilled`; ``settleLines`` puts them into `changed`.
    func compareLines(_ child: Child) -> String {
        let own = child.columns.filter { !child.key.contains($0.name) }
        let parents = parentColumns(of: child)
        func differs(_ column: Column) -> String {
            "s.\(quoted(column.name)) is distinct from t.\(quoted(column.name))"
        }
        let known = own.map { column in
            column.since <= 1 ? differs(column) : "(lines_version >= \(column.since) and \(differs(column)))"
        }
        let newer = own.filter { $0.since > 1 }
        let fills =
            newer.map { "(lines_version < \($0.since) and \(differs($0)))" }
            + (newer.isEmpty ? [] : ["s.extra is distinct from t.extra"])
        return """
            insert into \(compared)
            select \(parents.map { "coalesce(s.\(quoted($0)), t.\(quoted($0)))" }.joined(separator: ", ")),
                bit_or(case
                    when s.record_ordinal is null or t.connection_id is null
                        or \((known + [extraDiffers(newer, among: child.columns)]).joined(separator: " or "))
                    then \(What.lines)
                    \(fills.isEmpty ? "" : "when \(fills.joined(separator: " or ")) then \(What.linesFilled)")
                    else 0
                end)
            from (
                select s.*, c.lines_version
                from \(MergeSQL.stage(child)) s
                join \(changed) c on \(joinToParent(child, "s", "c"))
                where c.what & \(What.linesUnknown) <> 0
            ) s
            full join (
                select t.*
                from \(quoted(child.table)) t
                join \(changed) c on c.connection_id = t.connection_id and \(joinToParent(child, "t", "c"))
                where c.what & \(What.linesUnknown) <> 0
            ) t on \(equal(child.key, "s", "t"))
            group by 1\((1..<max(1, parents.count)).map { ", \($0 + 1)" }.joined())
            """
    }

    /// Puts what ``compareLines(_:)`` found into `changed`, in place of `linesUnknown`.
    var settleLines: String {
        """
        update \(changed) c
        set what = c.what & ~\(What.linesUnknown) | coalesce((
            select bit_or(x.what) from \(compared) x where \(equal(entity.key, "x", "c"))
        ), 0)
        where c.what & \(What.linesUnknown) <> 0
        """
    }

    /// Drops what turned out not to differ: the affected rows are unchanged records.
    var dropUnchanged: String { "delete from \(changed) where what = 0" }

    /// Counts `changed` again after lines were settled.
    var recount: String {
        """
        select count(*) filter (where what & \(What.inserted) <> 0) as inserted,
            count(*) filter (where existed) as touched,
            count(*) filter (where what & \(What.own | What.lines | What.revived) <> 0) as superseded,
            count(*) filter (where what & \(What.lines | What.linesFilled) <> 0) as lines
        from \(changed)
        """
    }

    // MARK: writing

    /// Keeps the version about to be superseded: the record with all its lines.
    ///
    /// $1 entity, $2 run. A mere fill of a new column supersedes nothing.
    var keepHistory: String {
        let lines = entity.children.map { child in
            let name = child.table.split(separator: ".").last.map(String.init) ?? child.table
            return """
                '\(name)', (
                        select coalesce(jsonb_agg(to_jsonb(l) - 'connection_id' order by l.position), '[]')
                        from \(quoted(child.table)) l
                        where l.connection_id = t.connection_id and \(joinToParent(child, "l", "t"))
                    )
                """
        }
        return """
            insert into inflow.history (
                connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
            select t.connection_id, $1, concat_ws('/', \(list(entity.key, "t."))), t.changed_at, now(), $2,
                case when c.what & \(What.revived) <> 0 then 'revived' else 'updated' end,
                to_jsonb(t) - '{connection_id,content_hash,children_hash}'::text[],
                jsonb_build_object(\(lines.joined(separator: ",\n        ")))
            from \(changed) c
            join \(target) t on t.connection_id = c.connection_id and \(equal(entity.key, "t", "c"))
            where c.what & \(What.own | What.lines | What.revived) <> 0
            """
    }

    /// Inserts what is new; the affected rows are the inserted records.
    ///
    /// $1 run, $2 when the answer was asked for. No conflict can arise: the judgement was made under the entity's lock.
    var insertOwn: String {
        """
        insert into \(target) (
            connection_id, \(list(ownNames)),
            first_run_id, changed_run_id, changed_at, asked_at, content_hash, children_hash)
        select c.connection_id, \(list(ownNames, "s.")), $1, $1, now(), $2, s.content_hash, s.children_hash
        from \(changed) c
        join \(stage) s on \(equal(entity.key, "s", "c"))
        where c.what & \(What.inserted) <> 0
        """
    }

    /// Updates what differs; the affected rows are the updated records.
    ///
    /// $1 run, $2 when the answer was asked for. A fill keeps `changed_at`, so that the version's time holds.
    var updateOwn: String {
        let assigned = ownNames.filter { !entity.key.contains($0) }
        let superseding = What.own | What.lines | What.revived
        let assignments =
            assigned.map { "\(quoted($0)) = s.\(quoted($0))" } + [
                "deleted_at = null", "changed_run_id = $1",
                "changed_at = case when c.what & \(superseding) <> 0 then now() else t.changed_at end",
                "asked_at = $2", "content_hash = s.content_hash",
                "children_hash = coalesce(s.children_hash, t.children_hash)",
            ]
        return """
            update \(target) t set
                \(assignments.joined(separator: ",\n    "))
            from \(changed) c
            join \(stage) s on \(equal(entity.key, "s", "c"))
            where c.existed and t.connection_id = c.connection_id and \(equal(entity.key, "t", "c"))
            """
    }

    /// Finds the lines the table has for records whose lines changed.
    func findLines(_ child: Child) -> String {
        """
        insert into \(MergeSQL.gone(child))
        select t.connection_id, \(list(child.key, "t."))
        from \(changed) c
        join \(quoted(child.table)) t on t.connection_id = c.connection_id and \(joinToParent(child, "t", "c"))
        where c.existed and c.what & \(What.lines | What.linesFilled) <> 0
        """
    }

    /// Keeps of these only the ones the answer has not.
    func keepGoneLines(_ child: Child) -> String {
        """
        delete from \(MergeSQL.gone(child)) g
        using \(MergeSQL.stage(child)) s
        where \(equal(child.key, "s", "g"))
        """
    }

    /// Deletes them.
    func deleteLines(_ child: Child) -> String {
        """
        delete from \(quoted(child.table)) t
        using \(MergeSQL.gone(child)) g
        where t.connection_id = g.connection_id and \(equal(child.key, "t", "g"))
        """
    }

    /// Inserts lines that are new and updates those that differ, of records that are new or whose lines changed.
    func writeLines(_ child: Child) -> String {
        let names = child.columns.map(\.name) + ["extra"]
        let assigned = names.filter { !child.key.contains($0) }
        return """
            insert into \(quoted(child.table)) as t (connection_id, \(list(names)))
            select c.connection_id, \(list(names, "s."))
            from \(changed) c
            join \(MergeSQL.stage(child)) s on \(joinToParent(child, "s", "c"))
            where c.what & \(What.inserted | What.lines | What.linesFilled) <> 0
            on conflict (connection_id, \(list(child.key))) do update set
                \(assigned.map { "\(quoted($0)) = excluded.\(quoted($0))" }.joined(separator: ",\n    "))
            where (\(list(assigned, "t."))) is distinct from (\(list(assigned, "excluded.")))
            """
    }
}

/// The text with every line but the first moved right, to keep generated SQL readable.
func indented(_ text: String, by spaces: Int = 12) -> String {
    text.replacing("\n", with: "\n" + String(repeating: " ", count: spaces))
}
