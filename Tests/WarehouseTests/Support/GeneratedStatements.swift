import Inflow
import SQLFiles
import WorkflowMax

@testable import Warehouse

/// A statement with the name it has in the golden files.
struct Generated: Sendable {
    let name: String
    let sql: String

    init(_ name: String, _ sql: String) { (self.name, self.sql) = (name, sql) }

    private init(_ name: String, _ sql: String?) { self.init(name, sql ?? "none") }

    /// Golden files, by name, with what is in each.
    static var files: [(String, [Generated])] {
        [
            ("thing", loading), ("missing", missing), ("coverage", coverage), ("archive", archive),
            ("setting", setting),
        ]
    }

    /// All that is generated.
    static var all: [Generated] { files.flatMap(\.1) }

    /// The statements written by hand whose header says that $1 is the connection.
    static var written: [Generated] {
        SQLFile.all(in: "statements").filter { $0.text.contains("\n-- $1 connection") }.map {
            Generated($0.name, $0.text)
        }
    }

    /// The names under which a Swift file declares statements that others can use, by the look of their text.
    static func declared(in source: String) -> [String] {
        let begins = [
            "insert into", "update ", "delete from", "select ", "with ", "create ", "copy ", "truncate", "drop ",
        ]
        var (names, name, before) = ([String](), String?.none, "")
        for line in source.split(separator: "\n").map(String.init) {
            if line.hasPrefix("    "), !line.hasPrefix("     "), !line.hasPrefix("    ///"), !line.hasPrefix("    }") {
                let words = line.split(separator: " ").filter { $0 != "static" }
                let isOurs = ["var", "func", "let"].contains(words.first ?? "") && words.count > 1
                name = isOurs ? String(words[1].prefix { $0.isLetter }) : nil
            }
            let text = line.drop { $0 == " " }
            let isText = before.hasSuffix("\"\"\"") || text.hasPrefix("\"")
            let isStatement = begins.contains { begin in
                line.contains("{ \"" + begin) || isText && text.drop { $0 == "\"" }.hasPrefix(begin)
            }
            if isStatement, let found = name, names.last != found { names.append(found) }
            before = line
        }
        return names
    }

    /// Loading a definition with two kinds of line, in the order the statements run.
    private static var loading: [Generated] {
        let sql = MergeSQL(.thing(2), carries: .everything)
        let extent = sql.extent(.whole, slack: 1) ?? "no extent"
        let line = sql.children[0]
        return [
            Generated("takeLock", MergeSQL.takeLock), Generated("createStaging", sql.createStaging),
            Generated("empty", MergeSQL.empty(Set(sql.temporaryTables), truncating: true)),
            Generated("copyOwn", sql.copyOwn), Generated("dropDuplicates", sql.dropDuplicates),
            Generated("restoreLost", sql.restoreLost), Generated("restoreLost of t.line", sql.restoreLost(line)),
            Generated("rehashRestored", sql.rehashRestored), Generated("rehashRestoredLines", sql.rehashRestoredLines),
            Generated("judge", sql.judge), Generated("settleLines", sql.settleLines),
            Generated("dropUnchanged", sql.dropUnchanged), Generated("recount", sql.recount),
            Generated("keepHistory", sql.keepHistory), Generated("insertOwn", sql.insertOwn),
            Generated("updateOwn", sql.updateOwn), Generated("dropStaging", sql.dropStaging),
            Generated("countLinesDiffering", sql.countLinesDiffering),
            Generated("isHeld", sql.isHeld(extent)), Generated("findSame", sql.findSame(extent)),
            Generated("insertAll", sql.insertAll), Generated("judgeOthers", sql.judgeOthers),
            Generated("copy of t.line", sql.copy(line)), Generated("dropOrphans of t.line", sql.dropOrphans(line)),
            Generated("dropDuplicates of t.line", sql.dropDuplicates(line)),
            Generated("compareLines of t.line", sql.compareLines(line)),
            Generated("findLines of t.line", sql.findLines(line)),
            Generated("findLinesLeftBehind of t.line", sql.findLinesLeftBehind(line)),
            Generated("deleteStray of t.line", sql.deleteStray(line)),
            Generated("keepGoneLines of t.line", sql.keepGoneLines(line)),
            Generated("deleteLines of t.line", sql.deleteLines(line)),
            Generated("writeLines of t.line", sql.writeLines(line)),
            Generated("insertAllLines of t.line", sql.insertAllLines(line)),
            Generated("createCompared", sql.createCompared), Generated("createGone of t.line", sql.createGone(line)),
            Generated("examples", sql.examples), Generated("closeRejections", sql.closeRejections),
            Generated("closeUnreadableDays", MergeSQL.closeUnreadableDays),
            Generated("closeKeylessRejections", MergeSQL.closeKeylessRejections),
            Generated("history", RecordHistory.statement(.thing(2))),
        ]
    }

    private static func platform(_ name: String) -> EntityDefinition {
        WorkflowMax.entities.first { $0.name == name } ?? .thing()
    }

    /// What finds and marks missing rows: of a list without dates, of spans by date and by instant, with open lists.
    private static var missing: [Generated] {
        let (list, dated) = (MergeSQL(.thing(), carries: .everything), MergeSQL(.datedThing, carries: .everything))
        let invoice = MergeSQL(platform("invoice"), carries: .everything)
        let window = LocalDate("2026-03-01").flatMap { Window(month: $0) }
        let span = window.map { Chunk.span($0) } ?? .whole
        let (job, cost) = (
            MergeSQL(platform("job"), carries: .everything), MergeSQL(platform("job_cost"), carries: .everything)
        )
        let link = ParentLink(cost.entity, to: job.entity)
        let parent = "select p.key, p.deleted_at from t.parent p where p.connection_id = $1"
        return [
            Generated("noteMissing in a list", list.noteMissing(.whole)),
            Generated("noteMissing in a span", dated.noteMissing(span)),
            Generated("noteMissing of what has open lists", invoice.noteMissing(span)),
            Generated("forgetMissing", dated.forgetMissing), Generated("noteOpen", dated.noteOpen),
            Generated("forgetLeft", dated.forgetLeft),
            Generated("noteCoverage of a list", list.noteCoverage(.whole, isSame: false)),
            Generated("noteCoverage of a list that is the same", list.noteCoverage(.whole, isSame: true)),
            Generated("noteCoverage of a span", dated.noteCoverage(span, isSame: false)),
            Generated("noteCoverage of a span that is the same", dated.noteCoverage(span, isSame: true)),
            Generated("noteFailedCoverage", MergeSQL.noteFailedCoverage),
            Generated("keepHistoryOfGone", dated.keepHistoryOfGone), Generated("markGone", dated.markGone),
            Generated("noteAbsent", cost.noteAbsent), Generated("markOrphans", cost.markOrphans(parent)),
            Generated("noteHeaderOnly", invoice.noteHeaderOnly),
            Generated("forgetHeaderOnly", invoice.forgetHeaderOnly),
            Generated("isAnyRevived", job.isAnyRevived),
            Generated("markWithRecords", link.map { cost.markWithRecords($0) }),
            Generated("reviveWithRecords", link.map { cost.reviveWithRecords([$0], of: job) }),
            Generated("isHeld in a span", dated.isHeld(dated.extent(span, slack: 1) ?? "no extent")),
        ]
    }

    /// What says what was read, and what is still to be read or asked for.
    private static var coverage: [Generated] {
        let (list, dated) = (CoverageSQL(.thing()), CoverageSQL(platform("invoice")))
        let job = CoverageSQL(platform("job"))
        return [
            Generated("noteReadWhole", dated.noteReadWhole), Generated("noteParts", dated.noteParts),
            Generated("findLeft", dated.findLeft), Generated("monthsStillLeft", dated.monthsStillLeft),
            Generated("mentioned", job.mentioned), Generated("noteUnknown", job.noteUnknown),
            Generated("forgetMoved", dated.forgetMoved), Generated("takeUnaskableAsGone", list.takeUnaskableAsGone),
            Generated("missingToAsk", dated.missingToAsk), Generated("noteGone", dated.noteGone),
            Generated("control", dated.control), Generated("control of a list", list.control),
            Generated("noteNotKnown", CoverageSQL.noteNotKnown), Generated("startOver", CoverageSQL.startOver),
            Generated("noteUndated", dated.noteUndated), Generated("confirmUndated", dated.confirmUndated),
            Generated("noteLeft", dated.noteLeft), Generated("noteList", list.noteList),
            Generated("forgetDeletedHeaderOnly", dated.forgetDeletedHeaderOnly),
            Generated("headerOnly", dated.headerOnly),
            Generated("distinctValues", EntityDefinition.thing().distinctValues(of: "name", in: .datedThing)),
        ]
    }

    private static var setting: [Generated] {
        SettingTable.allCases.flatMap { table in
            let sql = SettingSQL(table)
            return [
                Generated("write of \(table.rawValue)", sql.write), Generated("list of \(table.rawValue)", sql.list),
                Generated("removeOthers of \(table.rawValue)", sql.removeOthers),
                Generated("countOthers of \(table.rawValue)", sql.countOthers),
            ]
        }
    }

    private static var archive: [Generated] {
        let kinds: [ArchivedKind] = [.whole, .span, .since, .sweep, .parents]
        return [
            Generated("write of spans", ArchiveSQL.write(.span, hasSpilled: false)),
            Generated("write of what is asked by key", ArchiveSQL.write(.parents, hasSpilled: true)),
        ] + kinds.map { Generated("supersede by \($0.rawValue)", ArchiveSQL.supersede($0)) }
    }
}
