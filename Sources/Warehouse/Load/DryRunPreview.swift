internal import Foundation
public import Inflow
internal import Postgres

/// What a chunk would do to the tables: computed in a transaction that is rolled back.
public struct DryRunPreview: Sendable, Encodable {
    /// One value that would change.
    public struct Field: Sendable, Encodable {
        /// The column's name, without its table.
        public let column: String
        /// Its value now, as text.
        public let old: String?
        /// The value it would have.
        public let new: String?
    }

    /// A record that would be updated.
    public struct Example: Sendable, Encodable {
        /// The record's key, its columns joined by `/`.
        public let key: String
        /// Its own values that would change; none where only lines, or the mark of deletion, would.
        public let fields: [Field]
        /// Whether lines would change.
        public let changesLines: Bool
        /// Whether it is marked deleted now and would live again.
        public let revives: Bool
    }

    /// The entity's name, as the run log has it.
    public let entity: String
    /// The chunk's label in the run log.
    public let chunk: String
    /// How its records would count.
    public let tally: Tally
    /// Rows absent from the answer that would be looked for.
    public let missing: Int
    /// Rows absent from the answer that would be held for a person.
    public let held: Int
    /// Up to five records that would be updated.
    public let examples: [Example]
}

extension MergeSQL {
    /// Up to five records about to be updated, a row for each value that differs; $1 connection.
    var examples: String {
        let key = entity.keyText("c")
        let names = ownNames.filter { !entity.key.contains($0) }
        func pairs(_ row: String) -> String {
            names.map { "('\($0.replacing("'", with: "''"))', \(row).\(quoted($0))::text)" }.joined(separator: ", ")
        }
        return """
            select \(key) as key, c.what, f.name, f.old, f.new
            from (
                select * from \(changed) where existed and what <> 0 order by \(list(entity.key)) limit 5
            ) c
            join \(stage) s on \(equal(entity.key, "s", "c"))
            join \(target) t on t.connection_id = $1 and \(equal(entity.key, "t", "c"))
            left join lateral (
                select o.name, o.value as old, n.value as new
                from (values \(names.isEmpty ? "(null, null)" : pairs("t"))) o (name, value)
                join (values \(names.isEmpty ? "(null, null)" : pairs("s"))) n (name, value) on n.name = o.name
                where o.value is distinct from n.value
            ) f on true
            order by 1, 3
            """
    }
}

extension ChunkMerge {
    /// Judges the chunk without writing its rows; to be called in a transaction that is rolled back.
    func preview(on session: isolated PostgresConnection) throws(WarehouseError) -> DryRunPreview {
        let sql = context.sql
        var tally = counted
        var examples: [DryRunPreview.Example] = []
        var absent = (missing: 0, held: 0)
        do throws(PostgresError) {
            try takeLock(session)
            try dropRefused(session)
            if staged.rows[0] > 0 {
                var lines = LineProof()
                tally.duplicates = try dropDuplicates(session, &lines)
                try keepLostText(session)
                let found = try judged(session)
                (tally.inserted, tally.updated, tally.unchanged, tally.older) = found
                if found.updated > 0 { examples = try readExamples(session) }
            }
            absent = try missingRows.run(on: session, nothingMissing: false)
        } catch {
            throw WarehouseError(error, doing: "judging \(sql.entity.name)")
        }
        return DryRunPreview(
            entity: sql.entity.name, chunk: context.label, tally: tally, missing: absent.missing, held: absent.held,
            examples: examples)
    }

    private func readExamples(_ session: isolated PostgresConnection) throws(PostgresError) -> [DryRunPreview.Example] {
        var examples: [DryRunPreview.Example] = []
        let rows = try session.query(context.sql.examples, [.int64(context.connectionID)])
        for row in rows {
            let (key, what) = (try row.text("key"), try row.int("what"))
            let (old, new) = (try row.optionalText("old"), try row.optionalText("new"))
            let fields = try row.optionalText("name").map { [DryRunPreview.Field(column: $0, old: old, new: new)] }
            let before = examples.last?.key == key ? examples.removeLast().fields : []
            examples.append(
                DryRunPreview.Example(
                    key: key, fields: before + (fields ?? []),
                    changesLines: what & (MergeSQL.What.lines | MergeSQL.What.linesFilled) != 0,
                    revives: what & MergeSQL.What.revived != 0))
        }
        return examples
    }
}
