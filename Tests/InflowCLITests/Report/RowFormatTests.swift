import Foundation
import Spreadsheet
import Testing
import Warehouse

@testable import InflowCLI

@Suite("Rows as text")
struct RowFormatTests {
    private let columns: [ReaderColumn] = [
        ReaderColumn("label", .text), ReaderColumn("amount", .number), ReaderColumn("is_open", .boolean),
        ReaderColumn("issued_on", .day), ReaderColumn("changed_at", .instant), ReaderColumn("record", .json),
    ]
    private let rows: [[String?]] = [
        ["a \"b\", c\nd", "-1234.5000", "t", "2026-10-05", "2026-10-05 06:07:03.5+00", "{\"a\": 1}"],
        [nil, nil, nil, nil, nil, nil], ["", "NaN", "f", nil, "infinity", "[]"],
    ]

    private func text(_ format: RowFormat, exactly: Bool = false) throws -> String {
        var rows = try #require(format.text(exactly: exactly))
        return try rows.begin(columns) + rows.rows(Array(self.rows.prefix(1))) + rows.rows(Array(self.rows.dropFirst()))
            + rows.end()
    }

    @Test("CSV is RFC 4180: quotes where a value needs them, CR LF, null as nothing, values as they are")
    func csv() throws {
        #expect(
            try text(.csv)
                == "label,amount,is_open,issued_on,changed_at,record\r\n"
                + "\"a \"\"b\"\", c\nd\",-1234.5000,t,2026-10-05,2026-10-05 06:07:03.5+00,\"{\"\"a\"\": 1}\"\r\n"
                + ",,,,,\r\n" + "\"\",NaN,f,,infinity,[]\r\n")
    }

    @Test(
        "In CSV a text that a spreadsheet would compute gets an apostrophe; numbers and exact text do not",
        arguments: [
            ("=1+1", "'=1+1"), ("+64 21", "'+64 21"), ("-cmd", "'-cmd"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
            ("-12.50", "-12.50"), ("-1+2", "'-1+2"), ("a=b", "a=b"), ("Acme", "Acme"),
        ])
    func formulas(text: String, written: String) {
        var guarded = CSVRows(isExact: false)
        _ = guarded.begin([ReaderColumn("a", .text)])
        #expect(guarded.rows([[text]]) == "\(written)\r\n")
        var exact = CSVRows(isExact: true)
        _ = exact.begin([ReaderColumn("a", .text)])
        #expect(exact.rows([[text]]) == "\(text)\r\n")
    }

    @Test("JSON is one array of objects, whose numbers keep their digits and whose instants are ISO 8601")
    func json() throws {
        let text = try text(.json)
        let first =
            #"{"label":"a \"b\", c\nd","amount":-1234.5000,"is_open":true,"issued_on":"2026-10-05","#
            + #""changed_at":"2026-10-05T06:07:03.5Z","record":{"a": 1}}"#
        #expect(text.hasPrefix("[\n\(first),\n"), "\(text)")
        let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        #expect(read.count == 3 && read[1]["amount"] is NSNull && read[2]["amount"] as? String == "NaN")
        #expect(read[2]["changed_at"] as? String == "infinity")
        var empty = JSONRows()
        #expect(try empty.begin(columns) + empty.end() == "[]\n")
        var control = JSONRows()
        #expect(
            try control.begin([ReaderColumn("a", .text)]) + control.rows([["\u{1}\u{1F600}\\"]]) + control.end()
                == "[\n{\"a\":\"\\u0001\u{1F600}\\\\\"}\n]\n")
    }

    @Test("JSON refuses two columns of one name")
    func twice() throws {
        var rows = JSONRows()
        let error = #expect(throws: UserError.self) {
            try rows.begin([ReaderColumn("a", .text), ReaderColumn("a", .number)])
        }
        #expect(error?.description.contains("Two columns") == true && error?.exitCode == 64)
    }

    @Test("A cell of Markdown ends neither its cell nor its line, and is no markup")
    func markdown() throws {
        let rows = MarkdownRows()
        #expect(
            rows.begin([ReaderColumn("label", .text), ReaderColumn("hours", .number)])
                == "| label | hours |\n| --- | --: |\n")
        #expect(rows.rows([["a|b\n<i>*c*", nil]]) == "| a\\|b<br>&lt;i&gt;\\*c\\* |  |\n")
    }

    @Test(
        "A workbook gets numbers, days and instants as Excel has them, and as text what Excel would change",
        arguments: [
            ("-1234.5000", ReaderColumn.Kind.number, Spreadsheet.Cell.number(-1234.5)),
            ("0.33333333333333333333", .number, .number(1.0 / 3)), ("1e3", .number, .number(1000)),
            ("123456789012345.1234", .number, .number(123_456_789_012_345.12)),
            ("1234567890123456.1234", .number, .text("1234567890123456.1234")), ("NaN", .number, .text("NaN")),
            ("Infinity", .number, .text("Infinity")), ("t", .boolean, .boolean(true)), ("f", .boolean, .boolean(false)),
            ("2026-10-05", .day, .day(year: 2026, month: 10, day: 5)), ("1900-12-31", .day, .text("1900-12-31")),
            ("infinity", .day, .text("infinity")), ("10000-01-01", .day, .text("10000-01-01")),
            (
                "2026-10-05 06:07:03.5+00", .instant,
                .instant(year: 2026, month: 10, day: 5, hour: 6, minute: 7, second: 3.5)
            ),
            ("2026-10-05 06:07:03.5+02", .instant, .text("2026-10-05 06:07:03.5+02")),
            ("0044-03-15 00:00:00+00 BC", .instant, .text("0044-03-15 00:00:00+00 BC")),
            ("=1+1", .text, .text("=1+1")), ("{\"a\": 1}", .json, .text("{\"a\": 1}")),
        ])
    func cells(value: String, kind: ReaderColumn.Kind, cell: Spreadsheet.Cell) {
        #expect(SpreadsheetSink.cell(value, kind) == cell)
    }
}
