internal import Inflow

/// How staged records are judged: new, different in what, or the same.
extension MergeSQL {
    /// What is joined is analyzed first, and only where it is joined: the key.
    var analyzeOwn: String { "analyze \(stage) (\(list(entity.key))), \(changed) (\(list(entity.key)))" }

    /// The rows a chunk's answer should be about, as a condition on `t`: those of its dates, or all of the
    /// connection.
    ///
    /// $1 connection; for a span $2 its first day and $3 the day after its last. Instants are taken with `slack` days
    /// to spare, for the days are local ones. Nil where the answer does not say which rows it is about.
    func extent(_ chunk: Chunk, slack: Int) -> String? {
        switch chunk {
        case .whole: return "t.connection_id = $1"
        case .span:
            guard case .span(let rule) = entity.window, let column = columns.first(where: { $0.name == rule.column })
            else { return nil }
            let days = column.kind == .date ? 0 : slack
            let name = "t.\(quoted(column.name))"
            return "t.connection_id = $1 and \(name) >= $2::date - \(days) and \(name) < $3::date + \(days)"
        case .since, .sweep, .parents: return nil
        }
    }

    /// Whether the table has any row the chunk should be about.
    func isHeld(_ extent: String) -> String {
        "select exists (select from \(target) t where \(extent)) as held"
    }

    /// Counts the staged records that the table has just so, by hash, and names the others by their ordinals.
    ///
    /// One pass over the rows of the extent instead of a look-up for each record: what has moved to another date, or
    /// differs in anything, is left for ``judge``.
    func findSame(_ extent: String) -> String {
        """
        with looked as materialized (
            select s.record_ordinal, t.connection_id is not null as same
            from \(stage) s
            left join (
                select t.connection_id, \(list(entity.key, "t.")), t.content_hash, t.children_hash
                from \(target) t
                where \(extent) and t.deleted_at is null
            ) t on \(equal(entity.key, "t", "s")) and t.content_hash = s.content_hash
                and t.children_hash is not distinct from s.children_hash
        )
        select count(*) filter (where same) as same,
            array_agg(record_ordinal::bigint) filter (where not same) as others,
            (select count(*) from \(target) t where \(extent) and t.deleted_at is null) as held
        from looked
        """
    }

    /// Judges every staged record against the table and keeps what is to be written in `changed`.
    ///
    /// $1 connection, $2 version of the definition as two bytes, $3 when the answer was asked for. Returns one row:
    /// `unchanged`, `older`, and how many there are of each kind. A record that differs from a row which an answer asked
    /// for later has written is set aside as older.
    var judge: String { judge(from: stage) }

    /// The same for the records whose ordinals $4 names.
    var judgeOthers: String { judge(from: "\(stage) where record_ordinal = any ($4::bigint[])") }

    private func judge(from records: String) -> String {
        let revived = isReplay ? "0" : "(case when t.deleted_at is not null then \(What.revived) else 0 end)"
        return """
            with judged as materialized (
                select s.connection_id, \(list(entity.key, "s.")), t.connection_id is not null as existed,
                    case
                        when t.connection_id is null then \(What.inserted)
                        when t.asked_at > $3 then case when \(indented(isSame, by: 28)) then 0 else \(What.older) end
                        else \(revived)
                            | (\(indented(ownJudgement)))
                            | (\(indented(linesJudgement)))
                    end as what,
                    \(children.isEmpty ? "0" : "coalesce(\(storedVersion("children_hash")), 0)") as lines_version
                from (select $1::bigint as connection_id, * from \(records) offset 0) s
                left join \(target) t on t.connection_id = s.connection_id and \(equal(entity.key, "t", "s"))
            ), kept as (
                insert into \(changed)
                select connection_id, \(list(entity.key)), existed, what, lines_version
                from judged
                where what not in (0, \(What.older))
            )
            select count(*) filter (where what = 0) as unchanged,
                count(*) filter (where what = \(What.older)) as older,
                count(*) filter (where what & \(What.inserted) <> 0) as inserted,
                count(*) filter (where existed and what not in (0, \(What.older))) as touched,
                count(*) filter (where what & \(What.own | What.lines | What.revived) <> 0) as superseded,
                count(*) filter (where what & \(What.lines) <> 0) as lines,
                count(*) filter (where what & \(What.linesUnknown) <> 0) as lines_unknown
            from judged
            """
    }

    /// Whether the record is just as its row, which is not marked, by what both hashes cover.
    private var isSame: String {
        """
        s.content_hash = t.content_hash and s.children_hash is not distinct from t.children_hash
            and t.deleted_at is null
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
        // The hash covers what was read, not what the columns hold now; a replay must mend the columns all the same.
        guard carriesAllColumns, !comparesColumns else { return columnwise }
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
        guard carriesAllChildren, !comparesColumns else { return "\(What.linesUnknown)" }
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
    /// Where a new column lies inside an element nothing of which was known before, the whole element was kept in one
    /// piece.
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
}
