import Foundation
import Spreadsheet
import TestSupport
import Testing

@Suite("A workbook, read by another library")
struct SpreadsheetTests {
    /// Writes a workbook in a folder of its own and reads it back.
    private func readBack(
        named name: String = "job", _ headings: [String], _ rows: [[Spreadsheet.Cell]], limit: Int = 100,
        check: (Spreadsheet) -> Void = { _ in }
    ) throws -> [WorkbookReader.Sheet] {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.xlsx").path
        let workbook = try Spreadsheet(
            at: path, named: name, headings.map { Spreadsheet.Heading($0, width: 12) }, workingIn: folder.path,
            limit: limit)
        for row in rows { try workbook.add(row) }
        try workbook.close()
        check(workbook)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.xlsx"], "and no working file")
        return try WorkbookReader.sheets(path)
    }

    @Test("Each kind of cell is what it is, text that looks like a formula is text, and the headings stay in sight")
    func kinds() throws {
        let read = try readBack(
            ["label", "n", "on", "day", "at"],
            [
                [
                    .text("=1+1"), .number(-1234.5), .boolean(true), .day(year: 2026, month: 2, day: 28),
                    .instant(year: 2026, month: 10, day: 5, hour: 6, minute: 7, second: 3.5),
                ],
                [.text("Māori & <b>\"😀\"\n2"), .empty, .boolean(false), .day(year: 1901, month: 1, day: 1), .empty],
                [.text(""), .number(0.1)],
            ])
        #expect(
            read == [
                WorkbookReader.Sheet(
                    name: "job", isHeadingFrozen: true,
                    rows: [
                        ["text label", "text n", "text on", "text day", "text at"],
                        [
                            "text =1+1", "number -1234.5", "boolean True", "time 2026-02-28 00:00:00",
                            "time 2026-10-05 06:07:03.500000",
                        ],
                        ["text Māori & <b>\"😀\"\n2", nil, "boolean False", "time 1901-01-01 00:00:00", nil],
                        [nil, "number 0.1", nil, nil, nil],
                    ])
            ])
    }

    @Test("Rows that a sheet cannot hold go to further sheets with the headings", arguments: [2, 3, 4, 10])
    func sheets(limit: Int) throws {
        let rows = (1...7).map { [Spreadsheet.Cell.number(Double($0))] }
        let read = try readBack(["n"], rows, limit: limit)
        #expect(read.map(\.name) == (1...read.count).map { $0 == 1 ? "job" : "job \($0)" })
        #expect(read.allSatisfy { $0.rows.count <= limit && $0.rows.first == ["text n"] })
        #expect(read.flatMap { $0.rows.dropFirst() } == (1...7).map { ["number \($0)"] })
    }

    @Test("A text longer than a cell is cut between characters and counted; one that fits is whole")
    func long() throws {
        let most = Spreadsheet.mostCharacters
        let texts = [
            String(repeating: "a", count: most), String(repeating: "a", count: most + 1),
            String(repeating: "a", count: most - 1) + "😀",
        ]
        let read = try readBack(["t"], texts.map { [.text($0)] }) { #expect($0.cut == 2) }
        let lengths = read.flatMap { $0.rows.dropFirst() }.map { ($0[0]?.utf16.count ?? 0) - "text ".count }
        #expect(lengths == [most, most, most - 1])
    }

    @Test(
        "Any name becomes a name of a sheet",
        arguments: [
            ("job", "job"), ("History", "History_"), ("a/b:c*d?e[f]g\\h'i", "a_b_c_d_e_f_g_h_i"), ("", "rows"),
            ("a_view_with_a_name_of_more_than_31_letters", "a_view_with_a_name_of_more_than"),
        ])
    func name(asked: String, given: String) throws {
        #expect(try readBack(named: asked, ["n"], []).map(\.name) == [given])
    }

    @Test("A place where nothing can be written is an error in words, and so are too many columns")
    func failures() throws {
        let lost = try Spreadsheet(
            at: "/nowhere/a.xlsx", named: "a", [Spreadsheet.Heading("n", width: 4)], workingIn: NSTemporaryDirectory())
        let error = #expect(throws: SpreadsheetError.self) { try lost.close() }
        #expect(error?.code == .notWritten && error?.description.contains("could not be written") == true)
        let headings = Array(repeating: Spreadsheet.Heading("n", width: 4), count: Spreadsheet.mostColumns + 1)
        let wide = #expect(throws: SpreadsheetError.self) {
            try Spreadsheet(at: "/nowhere/a.xlsx", named: "a", headings, workingIn: NSTemporaryDirectory())
        }
        #expect(wide?.code == .tooManyColumns)
    }
}
