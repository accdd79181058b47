internal import Inflow
internal import Postgres

/// Keeping held text in place of the same text whose characters were lost on the way; $1 connection.
///
/// Needed only for a chunk in which characters were replaced, which is nearly none.
extension MergeSQL {
    /// Gives staged records the held text of each column that differs by lost characters only.
    var restoreLost: String? {
        restoreLost(in: stage, of: target, columns, key: entity.key, hasExtra: carriesAllColumns)
    }

    /// The same of lines.
    func restoreLost(_ child: Child) -> String? {
        restoreLost(in: MergeSQL.stage(child), of: quoted(child.table), child.columns, key: child.key, hasExtra: true)
    }

    private func restoreLost(
        in stage: String, of table: String, _ columns: [Column], key: [String], hasExtra: Bool
    ) -> String? {
        let names = columns.filter { column in
            guard !key.contains(column.name) else { return false }
            return switch column.reading {
            case .text, .identifier, .code, .identifierOrPosition, .outer: true
            case .decimal, .money, .integer, .minutes, .boolean, .date, .moment, .instant, .clock, .parent, .position:
                false
            }
        }.map { quoted($0.name) }
        var changes = names.map {
            "\($0) = case when inflow.is_same_but_lost(s.\($0), t.\($0)) then t.\($0) else s.\($0) end"
        }
        var texts = names.map { "s.\($0)" }
        if hasExtra {
            changes.append("extra = inflow.without_losses(s.extra, t.extra)")
            texts.append("s.extra::text")
        }
        guard !changes.isEmpty else { return nil }
        return """
            update \(stage) s set
                \(changes.joined(separator: ",\n    "))
            from \(table) t
            where t.connection_id = $1 and \(equal(key, "t", "s"))
                and position(chr(65533) in concat(\(texts.joined(separator: ", ")))) > 0
            """
    }

    /// Gives staged records that are now what the table holds the hash of their rows: they count as unchanged.
    var rehashRestored: String? {
        guard carriesAllColumns else { return nil }
        let names = list(ownNames.filter { !entity.key.contains($0) }, "s.")
        let held = list(ownNames.filter { !entity.key.contains($0) }, "t.")
        return """
            update \(stage) s set content_hash = t.content_hash
            from \(target) t
            where t.connection_id = $1 and \(equal(entity.key, "t", "s")) and s.content_hash <> t.content_hash
                and (\(names)) is not distinct from (\(held))
            """
    }

    /// The same of the hash of their lines.
    var rehashRestoredLines: String? {
        guard carriesAllChildren, !children.isEmpty else { return nil }
        let same = children.map { child in
            let names = child.columns.map(\.name) + ["extra"]
            let sent =
                "select \(list(names, "c.")) from \(MergeSQL.stage(child)) c where \(joinToParent(child, "c", "s"))"
            let held =
                "select \(list(names, "l.")) from \(quoted(child.table)) l where l.connection_id = t.connection_id"
                + " and \(joinToParent(child, "l", "t"))"
            return """
                and not exists ((\(sent)) except all (\(held)))
                    and not exists ((\(held)) except all (\(sent)))
                """
        }
        return """
            update \(stage) s set children_hash = t.children_hash
            from \(target) t
            where t.connection_id = $1 and \(equal(entity.key, "t", "s")) and s.children_hash <> t.children_hash
                \(same.joined(separator: "\n    "))
            """
    }
}

extension ChunkMerge {
    /// Keeps held text where the answer's differs by lost characters only.
    func keepLostText(_ session: isolated PostgresConnection) throws(PostgresError) {
        guard replacedCharacters > 0, !sql.isReplay else { return }
        let statements =
            [sql.restoreLost] + sql.children.map { sql.restoreLost($0) }
            + [sql.rehashRestored, sql.rehashRestoredLines]
        for statement in statements.compactMap(\.self) {
            try session.query(statement, [.int64(context.connectionID)])
        }
    }
}
