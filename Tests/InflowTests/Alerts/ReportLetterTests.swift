import Foundation
import TestSupport
import Testing

@testable import Inflow

@Suite("The mail of a report")
struct ReportLetterTests {
    private static let now = Instant(timeIntervalSince1970: 1_795_233_600)

    private func letter(
        _ content: ReportLetter.Content, _ syncAll: ReportLetter.SyncAll?, connection: String = "acme"
    ) -> ReportLetter {
        ReportLetter(
            connection: connection, zone: .gmt, number: 3, report: "invoices_by_month",
            span: "2026-10-01 to 2026-10-31",
            content: content, syncAll: syncAll, madeAt: Self.now)
    }

    @Test("It has the rows' number, the first of them, how fresh they are, and how it ends")
    func attached() {
        let sync = ReportLetter.SyncAll(run: 12, outcome: .green, finishedAt: Self.now - 3_600)
        let letter = letter(
            .attached(
                rows: 2, file: "a.xlsx", headings: ["client", "amount"],
                preview: [["Smith\nLtd", "12.00"], ["B", "1"]]),
            sync)
        #expect(letter.subject == "Inflow, acme: invoices_by_month, 2026-10-01 to 2026-10-31: 2 rows")
        #expect(
            letter.text == """
                Report invoices_by_month of "acme", 2026-10-01 to 2026-10-31: 2 rows, in the file a.xlsx.

                  client     amount
                  Smith Ltd  12.00
                  B          1

                The last Sync All, run 12, ended \((Self.now - 3_600).named(in: .gmt)): green.

                Sent by Inflow, \(Self.now.named(in: .gmt)). To stop it: inflow report stop acme 3

                """)
    }

    @Test("It says that no row is there, that more are there than it shows, and that a file is too large")
    func counts() {
        let none = letter(.attached(rows: 0, file: "a.csv", headings: ["n"], preview: []), nil).text
        #expect(none.contains("no row. The file a.csv has only the headings."))
        let many = letter(.attached(rows: 1_200, file: "a.csv", headings: ["n"], preview: [["1"]]), nil).text
        #expect(many.contains("1,200 rows, in the file a.csv. The first 1:"))
        let large = letter(.tooLarge(rows: 9, bytes: 20_000_000, command: "inflow report x"), nil)
        #expect(
            large.text.contains("20,000,000 bytes, more than a mail may carry")
                && large.text.contains("\n  inflow report x"))
        #expect(large.content.problem?.contains("too large") == true)
    }

    @Test("It never takes old or failed numbers for fresh ones")
    func freshness() {
        let content = ReportLetter.Content.attached(rows: 1, file: "a.csv", headings: ["n"], preview: [["1"]])
        #expect(letter(content, nil).text.contains("No Sync All has ended yet"))
        for outcome in RunOutcome.allCases {
            let text = letter(content, ReportLetter.SyncAll(run: 1, outcome: outcome, finishedAt: Self.now)).text
            #expect(text.contains(": \(outcome.rawValue)."))
            #expect(text.contains("as earlier runs left them") == !outcome.isSuccess, "\(outcome)")
        }
        let old = letter(content, ReportLetter.SyncAll(run: 1, outcome: .green, finishedAt: Self.now - 36 * 3_600)).text
        #expect(old.contains("36 hours ago: the rows may be out of date"))
        let failed = letter(.failed("There is no report \"x\"."), nil)
        #expect(failed.subject.hasSuffix("it could not be made") && failed.text.contains("There is no report \"x\"."))
    }

    @Test("A name with blanks is one word of the command that stops it")
    func names() {
        let text = letter(.failed("no"), nil, connection: "Smith & Co").text
        #expect(text.contains("inflow report stop 'Smith & Co' 3"))
    }
}
