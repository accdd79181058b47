import Curl
import Foundation
import Inflow
import Postgres
import Sandbox
import TestSupport
import Testing
import Warehouse

@Suite("13.5 inflow period", .database(.warehouse), .timeLimit(.minutes(5)))
struct PeriodTests {
    private static let month = InflowFixture.today.startOfMonth.adding(months: -2)
    private static let name = String(month.description.prefix(7))

    private struct Shown: Decodable {
        struct Totals: Decodable {
            let entries: Int
            let hours, amount: Decimal
        }
        struct Late: Decodable {
            let records: Int
            let hours, amount: Decimal
        }
        let month: String
        let isClosed: Bool
        let closedBy: String
        let note, missing, reopenedBy: String?
        let signedOff: Totals
        let today: Totals?
        let lateChanges: Late
    }

    @Test("A month is closed, edited at the platform and synced: late_changes has each edit, and the month its figures")
    func journey() async throws {
        try await InflowFixture.run { fixture in
            let name = PeriodTests.name
            #expect(try await fixture.inflow("connection", "set", "acme", "window-months=3").code == 0)
            let loaded = try await fixture.inflow("sync", "acme")
            #expect(loaded.code == 0, "\(loaded)")
            let closed = try await fixture.inflow(
                "period", "close", "acme", name, "--by", "Una Miles", "--note", "board pack")
            #expect(
                closed.code == 0 && closed.output.hasPrefix("\(name) of \"acme\" is closed by Una Miles.\n"),
                "\(closed)")
            let quiet = try await fixture.inflow("status", "acme")
            #expect(quiet.output.contains("1 month, nothing changed in them since"), "\(quiet)")

            let expected = try await edit(fixture)
            let again = try await fixture.inflow("sync", "acme")
            #expect(again.code == 0, "\(again)")
            let late = try await fixture.inflow(
                "report", "late_changes", "--connection", "acme", "--format", "json"
            ).json([Late].self)
            // A cancelled invoice gives its hours back, which changes no total; a row that is gone is gone for good.
            #expect(Set(late.map(\.text)) == Set(expected), "\(late)")

            let shown = try await fixture.inflow("period", "show", "acme", name, "--json").json(Shown.self)
            let today = try #require(shown.today)
            #expect(shown.isClosed && shown.note == "board pack" && shown.missing == nil && shown.month == name)
            #expect(shown.lateChanges.records == late.count)
            #expect(abs(today.hours - shown.signedOff.hours - shown.lateChanges.hours) < 0.001)
            #expect(shown.lateChanges.hours == late.reduce(0) { $0 + ($1.hoursDifference ?? 0) })
            #expect(today.amount - shown.signedOff.amount == shown.lateChanges.amount && shown.lateChanges.amount < 0)
            let status = try await fixture.inflow("status", "acme")
            #expect(status.output.contains("\(late.count) late changes in \(name): "), "\(status)")
            let kept = try await fixture.query(
                "select sum(hours)::text, (select sum(amount)::text from report.invoices_by_month_as_closed) "
                    + "from report.timesheet_by_month_as_closed")
            #expect(kept[0][0].string.flatMap { Decimal(string: $0) } == shown.signedOff.hours)
            #expect(kept[0][1].string.flatMap { Decimal(string: $0) } == shown.signedOff.amount)
            try await reopen(fixture, name)
        }
    }

    private struct Late: Decodable {
        let entity, recordKey, change: String
        let hoursDifference, amountDifference: Decimal?
        var text: String { "\(entity) \(recordKey) \(change)" }
    }

    /// One edit of each kind at the platform; what `late_changes` is to have of them.
    private func edit(_ fixture: InflowFixture) async throws -> [String] {
        let (sandbox, month) = (fixture.sandbox, PeriodTests.month)
        let entries = try await sandbox.rows("timesheet", in: Window(month: month)) { $0.isUnbilled }
        let later = try await sandbox.row("timesheet", in: Window(month: month.adding(months: 1))) { $0.isUnbilled }
        try #require(entries.count > 3)
        let minutes = try #require(entries[0].fields["Minutes"].flatMap { Int($0) })
        try await sandbox.edit("timesheet", entries[0].key, "Minutes", "\(minutes + 90)")
        try await sandbox.move("timesheet", entries[1].key, to: month.adding(months: 1))
        try await sandbox.delete("timesheet", entries[2].key)
        try await sandbox.move("timesheet", later.key, to: month.adding(days: 5))
        let before = Set(try await sandbox.truth("timesheet").keys)
        try await sandbox.control(
            .post, "edit", #"{"entity":"timesheet","add":true,"date":"\#(month.adding(days: 7))"}"#)
        let added = try #require(Set(try await sandbox.truth("timesheet").keys).subtracting(before).first)
        let invoice = try await sandbox.row("invoice", in: Window(month: month)) { $0.isPaid }
        try await sandbox.mark("invoice", invoice.key, "Cancelled")
        return [
            "timesheet \(entries[0].key) changed", "timesheet \(entries[1].key) moved_out",
            "timesheet \(entries[2].key) deleted", "timesheet \(later.key) moved_in", "timesheet \(added) new",
            "invoice \(invoice.key) changed",
        ]
    }

    private func reopen(_ fixture: InflowFixture, _ name: String) async throws {
        let reopened = try await fixture.inflow("period", "reopen", "acme", name, "--note", "wrong")
        #expect(reopened.code == 0 && reopened.output.contains("is open again"), "\(reopened)")
        let list = try await fixture.inflow("period", "list", "acme", "--json").json([Shown].self)
        #expect(list.map(\.isClosed) == [false] && list[0].reopenedBy == NSUserName())
        #expect(try await fixture.inflow("period", "close", "acme", name).code == 0)
        let text = try await fixture.inflow("period", "list", "acme", environment: ["COLUMNS": "160"])
        #expect(text.output.contains("reopened ") && text.output.contains("Una Miles"), "\(text)")
        let show = try await fixture.inflow("period", "show", "acme", name)
        #expect(show.output.contains("No record counts otherwise"), "\(show)")
    }

    @Test("What cannot be closed, shown or reopened is refused in words, and nothing is changed")
    func refusals() async throws {
        try await InflowFixture.run { fixture in
            let name = PeriodTests.name
            let present = String(InflowFixture.today.description.prefix(7))
            for (arguments, words) in [
                (["close", "acme", present], "\(present) is not over in"),
                (["close", "acme", name], "timesheet: it was never asked for; invoice: it was never asked for"),
                (["show", "acme", name], "was never closed"), (["reopen", "acme", name], "is not closed"),
                (["close", "nobody", name], "nobody"),
            ] {
                let ending = try await fixture.start(["period"] + arguments).ending()
                #expect(ending.code == 1 && ending.output.isEmpty && ending.error.contains(words), "\(ending)")
            }
            for wrong in ["2026-06-10", "2026", "June", "today"] {
                #expect(try await fixture.inflow("period", "close", "acme", wrong).code == 64, "\(wrong)")
            }
            let empty = try await fixture.inflow("period", "list", "acme")
            #expect(empty.code == 0 && empty.output.hasPrefix("No month of \"acme\" was closed."), "\(empty)")
            let forced = try await fixture.inflow("period", "close", "acme", name, "--incomplete")
            #expect(forced.code == 0 && forced.output.contains("although records of it may be missing"), "\(forced)")
            let twice = try await fixture.inflow("period", "close", "acme", name, "--incomplete")
            #expect(twice.code == 1 && twice.error.contains("is closed since"), "\(twice)")
        }
    }
}
