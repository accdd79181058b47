internal import Inflow
internal import Postgres

/// Writing the lines of records, and proving that the tables have just those of the answer.
extension ChunkMerge {
    /// What shows that the lines of the records written are those of the answer.
    struct LineProof {
        /// Lines that were deleted, by table, where the answer holds none of that table.
        var lost: [String: Int] = [:]
        /// Lines of the answer that the tables do not hold, or that they hold and the answer does not.
        var differing = 0
        /// Whether lines were looked for that a record, deleted by hand and read again, had left behind.
        var wereLeftBehind = false
    }

    /// Refuses an answer that holds no line of a kind at all where the table has more of its records than the brake
    /// lets go.
    ///
    /// A list that leaves its details out, or calls their container by another name, looks just so. Beside unknown
    /// elements that hold elements, which may be these lines, it lets go of none.
    func prove(_ lines: LineProof) throws(WarehouseError) {
        guard lines.differing == 0 else {
            throw WarehouseError(
                .arithmetic, subject: sql.entity.name,
                message:
                    "The lines of \(sql.entity.name) do not add up: \(lines.differing) of the answer and of the tables "
                    + "differ. The chunk was rolled back. This is a fault of Inflow: please report it with the run's "
                    + "number.")
        }
        let most = staged.holdsUnknownLists ? 0 : context.settings.brakeRows
        guard let (table, count) = lines.lost.max(by: { $0.value < $1.value }), count > most else { return }
        throw WarehouseError(
            .linesMissing, subject: sql.entity.name,
            message:
                "The answer holds no line of \(table), where the table has \(count) of the same records. The chunk was "
                + "rolled back. Where these lines are really gone, set brake-rows to \(count) or more for one run.")
    }

    /// Writes the lines of the records that are new or whose lines changed, and counts what shows that they are whole.
    func writeLines(
        _ judgement: Judgement, _ session: isolated PostgresConnection, _ lines: inout LineProof
    ) throws(PostgresError) {
        for (index, child) in sql.children.enumerated() {
            if judgement.lines > 0 {
                try session.execute(sql.createGone(child))
                try session.execute(sql.findLines(child))
                try session.execute(sql.keepGoneLines(child))
                let deleted = try session.query(sql.deleteLines(child)).affectedRows
                if staged.rows[index + 1] == 0, staged.rows[0] > 1, !sql.isReplay { lines.lost[child.table] = deleted }
            }
            if staged.rows[index + 1] > 0, judgement.inserted + judgement.lines > 0 {
                try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
                    try session.execute(sql.writeLines(child))
                }
            }
        }
        guard judgement.inserted + judgement.lines > 0, !sql.children.isEmpty else { return }
        var differing = try countLinesDiffering(session)
        if differing > 0, judgement.inserted > 0 {
            try deleteLinesLeftBehind(session)
            lines.wereLeftBehind = true
            differing = try countLinesDiffering(session)
        }
        lines.differing += differing
    }

    private func countLinesDiffering(_ session: isolated PostgresConnection) throws(PostgresError) -> Int {
        try session.withPlanner(off: .nestedLoop) { () throws(PostgresError) in
            try session.query(sql.countLinesDiffering)[0].int("differing")
        }
    }

    /// Deletes lines that the table has of records that were not in it, and that the answer has not.
    private func deleteLinesLeftBehind(_ session: isolated PostgresConnection) throws(PostgresError) {
        for child in sql.children {
            try session.execute(sql.createGone(child))
            try session.execute(sql.findLinesLeftBehind(child))
            try session.execute(sql.keepGoneLines(child))
            try session.execute(sql.deleteLines(child))
        }
    }
}
