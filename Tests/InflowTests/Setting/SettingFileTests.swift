import Inflow
import TestSupport
import Testing

@Suite("13.1 Files of settings")
struct SettingFileTests {
    private func rows(_ text: String) throws -> [String] {
        try SettingFile(text).rows.map { row in
            "\(row.line): " + row.values.map { $0 ?? "∅" }.joined(separator: " | ")
        }
    }

    private func faults(_ text: String) -> [String] {
        do throws(SettingFileFaults) {
            _ = try SettingFile(text)
            return []
        } catch {
            return error.faults.map { "\($0.line): \($0.message)" }
        }
    }

    @Test(
        "Cells may be quoted, hold separators, line ends and quotes; lines end as they like; blank rows are passed over"
    )
    func cells() throws {
        let text = "\u{FEFF}a,b\r\n\"x, \"\"y\"\"\",\" two\nlines \"\n\n , \n  z  ,\"\"\r1,2"
        let read = try CommaSeparatedText(text)
        #expect(read.separator == ",")
        #expect(
            read.rows.map { "\($0.line) \($0.cells)" } == [
                #"1 ["a", "b"]"#, #"2 ["x, \"y\"", "two\nlines"]"#, #"6 ["z", ""]"#, #"7 ["1", "2"]"#,
            ])
        let again = CommaSeparatedText.text(of: read.rows.map(\.cells))
        #expect(try CommaSeparatedText(again).rows.map(\.cells) == read.rows.map(\.cells))
    }

    @Test("A quote that does not end, or after which something stands, is a fault of its line")
    func quotes() throws {
        #expect(throws: CommaSeparatedText.Fault.openQuote(line: 2)) { try CommaSeparatedText("a\n\"b\nc") }
        #expect(throws: CommaSeparatedText.Fault.textAfterQuote(line: 3)) { try CommaSeparatedText("a\nb\n\"c\" d") }
        #expect(faults("state\n\"b\nc") == ["2: A quote does not end."])
    }

    @Test("The header tells the table, in any order and case; empty amounts are unknown, empty hours are 0")
    func tables() throws {
        #expect(
            try rows("Valid_From,STAFF,charge_rate,cost_rate\n2026-03-31,Una,150,\n2026-04-01,Lee,,60.25") == [
                "2: Una | 2026-03-31 | ∅ | 150", "3: Lee | 2026-04-01 | 60.25 | ∅",
            ])
        #expect(try rows("job_number\nJ1\nJ2\n") == ["2: J1", "3: J2"])
        #expect(try rows("state\n\"On Hold\"") == ["2: On Hold"])
        let header = SettingTable.staffCapacity.columns.map(\.heading).joined(separator: ",")
        #expect(
            try rows("\(header)\nUna,2026-01-01,8,8,7.5,8,,,,75%\nLee,2026-01-01,0,0,0,0,0,0,0,") == [
                "2: Una | 2026-01-01 | 8 | 8 | 7.5 | 8 | 0 | 0 | 0 | 0.75",
                "3: Lee | 2026-01-01 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | ∅",
            ])
    }

    @Test("With semicolons or tabs a comma may be the decimal point", arguments: [";", "\t"])
    func separators(separator: String) throws {
        let text = "staff,valid_from,cost_rate,charge_rate\nUna,2026-01-01,\"60,5\",".replacing(",", with: separator)
            .replacing("\"60\(separator)5\"", with: "60,5")
        #expect(try rows(text) == ["2: Una | 2026-01-01 | 60.5 | ∅"])
    }

    @Test("Each bad value is named with its line and what to write; nothing else is said")
    func badValues() {
        let header = "staff,valid_from,cost_rate,charge_rate"
        #expect(
            faults("\(header)\n,31/03/2026,-1,1e3\nUna,2026-02-30,\"60,5\",\nLee,2026-01-01,,\nUna,2026-01-01,1") == [
                "2: staff: is empty.", "2: valid_from: \"31/03/2026\" is no day. Write it as 2026-03-31.",
                "2: cost_rate: \"-1\" is no number. Write it as 1234.5, with at most four places after the point.",
                "2: charge_rate: \"1e3\" is no number. Write it as 1234.5, with at most four places after the point.",
                "3: valid_from: \"2026-02-30\" is no day. Write it as 2026-03-31.",
                "3: cost_rate: \"60,5\" is no number. Write it as 1234.5, with at most four places after the point.",
                "4: cost_rate and charge_rate are empty: the line says nothing.",
                "5: The line has 3 values, the header names 4.",
            ])
        let capacity = SettingTable.staffCapacity.columns.map(\.heading).joined(separator: ",")
        #expect(
            faults("\(capacity)\nUna,2026-01-01,25,0,0,0,0,0,0,1.5\nLee,2026-01-01,0,0,0,0,0,0,0,101%") == [
                "2: monday_hours: 25 is not between 0 and 24.", "2: target_share: 1.5 is not between 0 and 1.",
                "3: target_share: 101 is not between 0 and 100.",
            ])
    }

    @Test("A file whose header is of no table, or that is empty, is told the headers there are")
    func headers() {
        for text in ["", "\n\n", "staff,rate\nUna,5"] {
            let found = faults(text)
            #expect(found.count == 1 && found[0].hasPrefix("1: "), "\(found)")
            for table in SettingTable.allCases {
                #expect(found[0].contains(table.columns.map(\.heading).joined(separator: ",")), "\(found)")
            }
        }
    }
}
