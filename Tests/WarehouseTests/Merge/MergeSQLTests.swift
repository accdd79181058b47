import Foundation
import Inflow
import SQLFiles
import TestSupport
import Testing

@testable import Warehouse

@Suite("MergeSQL")
struct MergeSQLTests {
    @Test(
        "The SQL made for small definitions is the one that was read and approved (Golden)", arguments: Generated.files)
    func golden(_ name: String, _ statements: [Generated]) throws {
        let file = Checkout.file("Tests/WarehouseTests/Golden/\(name).sql")
        let text = statements.map { "-- \($0.name)\n\($0.sql);\n" }.joined(separator: "\n")
        // To approve another text: run with this variable, and read what has changed.
        if ProcessInfo.processInfo.environment["INFLOW_WRITE_GOLDEN"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let approved = try String(contentsOf: file, encoding: .utf8)
        let (found, expected) = (text.split(separator: "\n"), approved.split(separator: "\n"))
        for (line, (one, other)) in zip(found, expected).enumerated() where one != other {
            Issue.record("Statement line \(line + 1) is \(one), approved was \(other). All of it:\n\(text)")
            return
        }
        #expect(text == approved, "All of it:\n\(text)")
    }

    @Test(
        "Every generated statement is among those that are approved and checked",
        arguments: [
            "Merge/MergeSQL", "Merge/MergeSQL+Judgement", "Merge/MergeSQL+MissingRows", "Merge/MergeSQL+PerParent",
            "Merge/MergeSQL+Writing", "Merge/RejectionWriter", "Coverage/CoverageSQL",
            "Coverage/CoverageSQL+MissingRows", "Coverage/HeaderOnlyStore", "Merge/HeaderOnlyRecords",
            "Archive/ArchiveSQL", "Settings/SettingSQL",
        ])
    func complete(_ source: String) throws {
        let text = try String(contentsOf: Checkout.file("Sources/Warehouse/\(source).swift"), encoding: .utf8)
        let known = Set(Generated.all.map { String($0.name.prefix { $0 != " " }) })
        let found = Generated.declared(in: text)
        #expect(!found.isEmpty)
        for name in found { #expect(known.contains(name), "\(name) of \(source) is in no golden file") }
    }

    @Test("Every statement, generated or of sql/statements, takes each table of the warehouse by its connection")
    func connection() {
        for statement in Generated.all + Generated.written {
            for fault in ConnectionCheck(statement.sql).faults {
                Issue.record("\(statement.name): \(fault)\n\(statement.sql)")
            }
        }
    }

    @Test(
        "The check sees a table that is not taken by its connection",
        arguments: [
            "select from t.thing t where t.uuid = $1",
            "select from t.thing t join t.line l on l.thing_uuid = t.uuid where t.connection_id = $1",
            "select from t.thing t where t.connection_id = $1 and t.uuid in (select thing_uuid from t.line)",
            "update inflow.missing m set status = 'gone' from t.thing t where m.connection_id = $1 and t.uuid = m.key",
            "delete from t.line using t.thing t where t.connection_id = $1",
            "with a as (select from t.thing where connection_id = $1) select from t.line l, a",
            "insert into t.thing (uuid) select $1",
        ])
    func connectionIsMissing(_ statement: String) {
        #expect(!ConnectionCheck(statement).faults.isEmpty)
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
