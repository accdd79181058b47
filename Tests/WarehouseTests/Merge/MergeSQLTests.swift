import Foundation
import Inflow
import TestSupport
import Testing

@testable import Warehouse

@Suite("MergeSQL")
struct MergeSQLTests {
    /// All statements of a definition with two kinds of line, in the order they run.
    private var statements: String {
        let sql = MergeSQL(.thing(2), carries: .everything)
        let own = [
            ("createStaging", sql.createStaging), ("empty", MergeSQL.empty(Set(sql.temporaryTables), truncating: true)),
            ("copyOwn", sql.copyOwn), ("dropDuplicates", sql.dropDuplicates), ("judge", sql.judge),
            ("settleLines", sql.settleLines), ("dropUnchanged", sql.dropUnchanged), ("recount", sql.recount),
            ("keepHistory", sql.keepHistory), ("insertOwn", sql.insertOwn), ("updateOwn", sql.updateOwn),
            ("dropStaging", sql.dropStaging),
        ]
        let extent = sql.extent(.whole, slack: 1) ?? "no extent"
        let wholeExtent = [
            ("isHeld", sql.isHeld(extent)), ("findSame", sql.findSame(extent)), ("insertAll", sql.insertAll),
            ("judgeOthers", sql.judgeOthers),
        ]
        let line = sql.children[0]
        let lines = [
            ("copy", sql.copy(line)), ("dropOrphans", sql.dropOrphans(line)),
            ("dropDuplicates", sql.dropDuplicates(line)), ("compareLines", sql.compareLines(line)),
            ("findLines", sql.findLines(line)), ("keepGoneLines", sql.keepGoneLines(line)),
            ("deleteLines", sql.deleteLines(line)), ("writeLines", sql.writeLines(line)),
            ("insertAllLines", sql.insertAllLines(line)),
        ]
        return ((own + wholeExtent).map { ("", $0) } + lines.map { (" of t.line", $0) })
            .map { table, named in "-- \(named.0)\(table)\n\(named.1);\n" }.joined(separator: "\n")
    }

    @Test("The SQL made for a small definition is the one that was read and approved (Golden/thing.sql)")
    func golden() throws {
        let file = Checkout.file("Tests/WarehouseTests/Golden/thing.sql")
        // To approve another text: run with this variable, and read what has changed.
        if ProcessInfo.processInfo.environment["INFLOW_WRITE_GOLDEN"] != nil {
            try statements.write(to: file, atomically: true, encoding: .utf8)
        }
        let approved = try String(contentsOf: file, encoding: .utf8)
        let (found, expected) = (statements.split(separator: "\n"), approved.split(separator: "\n"))
        for (line, (one, other)) in zip(found, expected).enumerated() where one != other {
            Issue.record("Statement line \(line + 1) is \(one), approved was \(other). All of it:\n\(statements)")
            return
        }
        #expect(statements == approved, "All of it:\n\(statements)")
    }

    @Test("Every statement on tables of the warehouse joins by connection; the others have temporary tables alone")
    func connection() {
        let sql = MergeSQL(.thing(2), carries: .everything)
        let line = sql.children[0]
        for statement in [
            sql.judge, sql.keepHistory, sql.insertOwn, sql.updateOwn, sql.findLines(line), sql.deleteLines(line),
            sql.writeLines(line), sql.compareLines(line), sql.judgeOthers, sql.insertAll, sql.insertAllLines(line),
            sql.findSame(sql.extent(.whole, slack: 0) ?? ""),
        ] {
            #expect(statement.contains("connection_id"))
        }
        for statement in [
            sql.dropDuplicates, sql.settleLines, sql.dropUnchanged, sql.recount, sql.dropOrphans(line),
            sql.dropDuplicates(line), sql.keepGoneLines(line),
        ] {
            #expect(!statement.contains("\"t\"."), "no table of the warehouse")
        }
    }

    @Test("A part names only what it carries")
    func parts() {
        let sql = MergeSQL(.thing(2), carries: .parts(columns: ["name"], children: ["tag"]))
        #expect(sql.columns.map(\.name) == ["uuid", "name"], "the key is always carried")
        #expect(sql.children.map(\.table) == ["t.tag"])
        #expect(!sql.copyOwn.contains("extra"))
        #expect(!sql.judge.contains("amount"))
        #expect(!sql.updateOwn.contains("on_day"))
    }

    @Test("Names that need it are quoted")
    func names() {
        #expect(quoted("t.order") == #""t"."order""#)
        #expect(quoted(#"od"d"#) == #""od""d""#)
    }
}
