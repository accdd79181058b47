import Foundation
import HTTPTypes
import HummingbirdTesting
import Inflow
import Testing

@testable import ConnectionPage

/// Settings of reports in memory, and what was asked of them.
actor ScriptedSettings: ReportSettingService {
    /// What was changed, and by whom.
    enum Change: Hashable {
        case loaded(SettingTable, [[String?]], replacing: Bool, by: String)
        case saved(SettingTable, [String?], by: String)
        case removed(SettingTable, [String], by: String)
    }

    private let kept: [SettingTable: [[String?]]]
    private let people: [String]
    /// What a file is refused for.
    private let faults: SettingFileFaults?
    private(set) var changes: [Change] = []

    init(
        _ kept: [SettingTable: [[String?]]] = [:], people: [String] = [], refusing faults: SettingFileFaults? = nil
    ) {
        (self.kept, self.people, self.faults) = (kept, people, faults)
    }

    func rows(of table: SettingTable, of connection: String) -> [[String?]] { kept[table] ?? [] }
    func names(for table: SettingTable, of connection: String) -> [String] { people }
    func text(of table: SettingTable, of connection: String) -> String { "the file of \(table.rawValue)" }

    func load(_ file: SettingFile, replacing: Bool, of connection: String, by doer: Doer) throws -> String {
        if let faults { throw faults }
        changes.append(.loaded(file.table, file.rows.map(\.values), replacing: replacing, by: doer.actor.name))
        return "1 added <b>"
    }

    func save(_ row: SettingFile, of connection: String, by doer: Doer) throws {
        if let faults { throw faults }
        changes.append(.saved(row.table, row.rows[0].values, by: doer.actor.name))
    }

    func remove(_ key: [String], of table: SettingTable, of connection: String, by doer: Doer) -> Bool {
        guard (kept[table] ?? []).contains(where: { Array($0.prefix(key.count)) == key }) else { return false }
        changes.append(.removed(table, key, by: doer.actor.name))
        return true
    }
}

@Suite("The page of report settings")
struct ReportSettingsPageTests {
    private static let script = "<script>alert('x')</script>\"&"
    private static let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"
    private static let page = "/connections/acme/report-settings"
    private static let rate: [String?] = ["Una Doe", "2026-01-01", "50", nil]

    @Test("Each table is shown with its rows; only who may change it sees a form, and a row leads to its own page")
    func shown() async throws {
        let settings = ScriptedSettings([.staffRate: [Self.rate], .closedState: [["Done & paid"]]])
        try await NumberFixture.run(settings: settings) { pages in
            let text = try await pages.get(Self.page).text
            for table in SettingTable.allCases { #expect(text.contains("<h2>\(table.title)</h2>"), "\(table)") }
            #expect(text.contains("<td>Una Doe</td><td>2026-01-01</td><td class=\"number\">50</td>"), "\(text)")
            #expect(text.contains("<td>Done &amp; paid</td>"))
            #expect(!text.contains("enctype") && !text.contains("/row") && text.contains("\(Self.page)/leave_job/csv"))
        }
        try await NumberFixture.run(visitor: NumberFixture.operates, settings: settings) { pages in
            let text = try await pages.get(Self.page).text
            #expect(text.contains("enctype=\"multipart/form-data\"") && text.contains("\(Self.page)/leave_job/row\""))
            let address = "\(Self.page)/staff_rate/row?staff=Una%20Doe&valid_from=2026-01-01"
            #expect(text.contains("href=\"\(address.replacing("&", with: "&amp;"))\""), "\(text)")
            let row = try await pages.get(address).text
            #expect(row.contains("value=\"Una Doe\" autocomplete=\"off\" required readonly"), "\(row)")
            #expect(row.contains("name=\"charge_rate\" value=\"\"") && row.contains("staff_rate/remove"))
            let gone = try await pages.get("\(Self.page)/staff_rate/row?staff=Una%20Doe&valid_from=2026-01-02")
            #expect(gone.status == .notFound && gone.text.contains("There is no such row"))
            #expect(try await pages.get("\(Self.page)/token/row").status == .notFound)
            #expect(try await pages.get("\(Self.page)/token/csv").status == .notFound)
        }
    }

    @Test("A viewer changes nothing, and nobody does without the form token of the session")
    func refused() async throws {
        let settings = ScriptedSettings([.staffRate: [Self.rate]])
        let key = [("staff", "Una Doe"), ("valid_from", "2026-01-01")]
        let posts: [(String, [(String, String)])] = [
            ("load", [("text", "job_number\nJ1"), ("replace", "1")]), ("staff_rate/row", key + [("cost_rate", "1")]),
            ("staff_rate/remove", key),
        ]
        try await NumberFixture.run(settings: settings) { pages in
            for (path, fields) in posts {
                let answer = try await pages.post("\(Self.page)/\(path)", fields)
                #expect(answer.status == .forbidden && answer.text.contains("This needs an operator"), "\(path)")
            }
            let file = try await pages.post("\(Self.page)/load", [], file: ("file", "a.csv", Array("state\nx".utf8)))
            #expect(file.status == .forbidden)
            #expect(try await pages.get("\(Self.page)/staff_rate/row").status == .forbidden)
        }
        try await NumberFixture.run(visitor: NumberFixture.operates, settings: settings) { pages in
            for token in ["wrong", nil] {
                for (path, fields) in posts {
                    #expect(try await pages.post("\(Self.page)/\(path)", fields, token: token).status == .forbidden)
                }
                let file = try await pages.post(
                    "\(Self.page)/load", [], file: ("file", "a.csv", Array("state\nx".utf8)), token: token)
                #expect(file.status == .forbidden)
            }
            for path in posts.map(\.0) {
                #expect(
                    try await pages.post("/connections/other/report-settings/\(path)", key).status == .notFound,
                    "another connection's")
            }
        }
        #expect(await settings.changes.isEmpty)
    }

    @Test("A row is saved and removed by whoever pressed; what cannot be used is said and stays in the form")
    func rows() async throws {
        let settings = ScriptedSettings([.staffRate: [Self.rate]], people: ["Lee", Self.script])
        try await NumberFixture.run(visitor: NumberFixture.operates, settings: settings) { pages in
            let empty = try await pages.get("\(Self.page)/staff_rate/row").text
            #expect(empty.contains("list=\"names\"") && empty.contains("<option value=\"Lee\">"))
            #expect(!empty.contains("<script>alert") && empty.contains(Self.escaped) && !empty.contains("/remove"))
            let fields = [
                ("staff", " Lee, \"O\" "), ("valid_from", "2026-02-01"), ("cost_rate", ""), ("charge_rate", "90"),
            ]
            let saved = try await pages.post("\(Self.page)/staff_rate/row", fields)
            #expect(saved.headers[.location] == "\(Self.page)?done=saved", "\(saved.text)")
            let wrong = try await pages.post(
                "\(Self.page)/staff_rate/row",
                [("staff", Self.script), ("valid_from", "soon"), ("cost_rate", Self.script), ("charge_rate", "")])
            #expect(wrong.status == .unprocessableContent)
            #expect(
                wrong.text.contains("valid_from: &quot;soon&quot; is no day. Write it as 2026-03-31."), "\(wrong.text)")
            #expect(!wrong.text.contains("<script>alert") && wrong.text.contains("value=\"\(Self.escaped)\""))
            let nothing = try await pages.post("\(Self.page)/leave_job/row", [("job_number", " ")])
            #expect(nothing.status == .unprocessableContent && nothing.text.contains("The row is empty."))
            let key = [("staff", "Una Doe"), ("valid_from", "2026-01-01")]
            let removed = try await pages.post("\(Self.page)/staff_rate/remove", key)
            #expect(removed.headers[.location] == "\(Self.page)?done=removed")
            let gone = try await pages.post("\(Self.page)/staff_rate/remove", [("staff", "Una Doe")])
            #expect(gone.status == .notFound && gone.text.contains("Nothing was changed."))
        }
        #expect(
            await settings.changes == [
                .saved(.staffRate, ["Lee, \"O\"", "2026-02-01", nil, "90"], by: "Vera"),
                .removed(.staffRate, ["Una Doe", "2026-01-01"], by: "Vera"),
            ])
        let strict = ScriptedSettings(refusing: SettingFileFaults([SettingFileFault(line: 2, "staff: nobody <b>.")]))
        try await NumberFixture.run(visitor: NumberFixture.operates, settings: strict) { pages in
            let answer = try await pages.post(
                "\(Self.page)/staff_rate/row",
                [("staff", "Bo"), ("valid_from", "2026-02-01"), ("cost_rate", "1"), ("is_there", "1")])
            #expect(answer.status == .unprocessableContent && answer.text.contains("<li>staff: nobody &lt;b&gt;.</li>"))
            #expect(answer.text.contains("value=\"Bo\" autocomplete=\"off\" required readonly"), "\(answer.text)")
        }
    }

    @Test("A file is loaded as it was chosen or pasted; its faults come by line, and its text stays")
    func files() async throws {
        let settings = ScriptedSettings()
        try await NumberFixture.run(visitor: NumberFixture.operates, settings: settings) { pages in
            let load = "\(Self.page)/load"
            let pasted = try await pages.post(load, [("text", "job_number\r\nJ1\r\n"), ("replace", "1")])
            #expect(pasted.status == .ok && pasted.text.contains("Jobs for leave: 1 added &lt;b&gt;"), "\(pasted.text)")
            // A file counts more than text, and a box that was not ticked is not.
            let chosen = try await pages.post(
                load, [("text", "state\nx")],
                file: ("file", "a.csv", Array("\u{FEFF}state\r\n\"--x\r\n-\"\r\nfin\r\n".utf8)))
            #expect(chosen.status == .unprocessableContent && chosen.text.contains("line 2: state: holds a line end"))
            let good = try await pages.post(
                load, [("text", "")], file: ("file", "a.csv", Array("state\nfin\u{E9}\n--x-".utf8)))
            #expect(good.status == .ok, "\(good.text)")
            let latin = try await pages.post(
                load, [], file: ("file", Self.script.replacing("\"", with: ""), Array("state\nfin".utf8) + [0xE9]))
            #expect(latin.text.contains("is not UTF-8. Save it as &quot;CSV UTF-8&quot;. Nothing was changed."))
            #expect(!latin.text.contains("<script>alert"))
            for fields in [[("text", " ")], []] {
                let none = try await pages.post(load, fields)
                #expect(none.status == .unprocessableContent && none.text.contains("Choose a file, or paste its text."))
            }
            let unchosen = try await pages.post(load, [("text", "")], file: ("file", "", []))
            #expect(unchosen.status == .unprocessableContent && unchosen.text.contains("Choose a file"))
            let wrong = try await pages.post(load, [("text", "x\n\(Self.script)"), ("replace", "1")])
            #expect(
                wrong.status == .unprocessableContent
                    && wrong.text.contains("line 1: The header &quot;x&quot; is of no"))
            #expect(
                wrong.text.contains("\(Self.escaped)</textarea>") && wrong.text.contains("name=\"replace\" checked"))
            #expect(!wrong.text.contains("<script>alert"))
        }
        #expect(
            await settings.changes == [
                .loaded(.leaveJob, [["J1"]], replacing: true, by: "Vera"),
                .loaded(.closedState, [["fin\u{E9}"], ["--x-"]], replacing: false, by: "Vera"),
            ])
    }

    @Test(
        "Names from the tables are text and never HTML; the CSV of a table is noted; of many rows the first are shown")
    func escaping() async throws {
        let many = (1...1_001).map { [String?]([String($0)]) }
        let settings = ScriptedSettings([.staffRate: [[Self.script, "2026-01-01", "1", nil]], .leaveJob: many])
        let services = Scripted()
        try await NumberFixture.run(services, visitor: NumberFixture.operates, settings: settings) { pages in
            let list = try await pages.get(Self.page).text
            #expect(!list.contains("<script>alert") && list.contains(Self.escaped))
            #expect(list.contains("The first 1,000 of 1,001 rows; the file has all.") && !list.contains(">1001<"))
            let staff = Address.part(Self.script)
            let row = try await pages.get("\(Self.page)/staff_rate/row?staff=\(staff)&valid_from=2026-01-01").text
            #expect(!row.contains("<script>alert") && row.components(separatedBy: Self.escaped).count == 3, "\(row)")
            let csv = try await pages.get("\(Self.page)/staff_rate/csv")
            #expect(csv.text == "the file of staff_rate")
            #expect(csv.headers[.contentDisposition] == "attachment; filename=\"acme-setting.staff_rate.csv\"")
            #expect(await services.readings.noted == [.file(of: "setting.staff_rate", question: "")])
            await services.readings.fail(PageProblem(.unavailable, "Away", "Nothing."))
            #expect(try await pages.get("\(Self.page)/staff_rate/csv").status == .serviceUnavailable)
        }
    }
}
