import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.1 Settings that people keep", .platform)
struct SettingStoreTests {
    private struct Settings {
        let reports: ReportFixture
        var store: SettingStore { SettingStore(reports.fixture.warehouse, reports.fixture.connection) }

        func load(_ lines: String..., replacing: Bool = false) async throws -> SettingStore.Outcome {
            try await store.load(try SettingFile(lines.joined(separator: "\n")), replacing: replacing, by: .test)
        }

        /// The words of the faults that a file was refused for.
        func faults(_ lines: String...) async throws -> [String] {
            switch try await store.load(try SettingFile(lines.joined(separator: "\n")), replacing: true, by: .test) {
            case .loaded(let change):
                Issue.record("It was loaded: \(change)")
                return []
            case .refused(let faults): return faults.faults.map { "\($0.line): \($0.message)" }
            }
        }

        func rows(_ table: String, _ columns: String) async throws -> [String] {
            try await reports.fixture.rows(
                "select \(columns) from setting.\(table) where connection_id = $1 order by 1, 2", .int64(reports.id))
        }
    }

    private static let rates = "staff,valid_from,cost_rate,charge_rate"

    private func settings(_ name: String = "Acme") async throws -> Settings {
        let acme = try await ReportFixture(name)
        try await acme.insert(
            "staff", "uuid, name, deleted_at", "'s1', 'Una  Doe ', null", "'s2', 'Lee', null", "'s3', 'LEE', now()",
            "'0f1e', null, null")
        try await acme.insert(
            "timesheet", "uuid, staff_uuid, staff_name, job_number, worked_on, minutes",
            "'e1', 's9', 'Former Fay', 'J9', '2026-01-01', 5", "'e2', 's1', 'Una Roe', 'J1', '2020-01-01', 5")
        try await acme.insert("job", "uuid, number, state", "'j1', 'J1', 'In Progress'")
        try await acme.insert("job_status", "name", "'Archived'")
        return Settings(reports: acme)
    }

    @Test("People are found by any name they had, whatever its case, or by identifier; former staff too")
    func people() async throws {
        let settings = try await settings()
        let outcome = try await settings.load(
            SettingStoreTests.rates, "una doe,2026-01-01,50,150", "Una Roe,2026-02-01,51,", "former fay,2026-01-01,40,",
            "{0F1E},2026-01-01,,90", "s2,2026-01-01,1,2")
        #expect(outcome == .loaded(SettingStore.Change(added: 5)))
        #expect(
            try await settings.rows("staff_rate", "staff_uuid, valid_from, cost_rate, charge_rate") == [
                "0f1e | 2026-01-01 | ∅ | 90.0000", "s1 | 2026-01-01 | 50.0000 | 150.0000",
                "s1 | 2026-02-01 | 51.0000 | ∅",
                "s2 | 2026-01-01 | 1.0000 | 2.0000", "s9 | 2026-01-01 | 40.0000 | ∅",
            ])
    }

    @Test("Rows are added and changed, others stay or with replacing go; the same file again changes nothing")
    func changes() async throws {
        let (settings, other) = (try await settings(), try await settings("Other"))
        _ = try await settings.load(SettingStoreTests.rates, "Una Doe,2026-01-01,50,150", "s2,2026-01-01,1,2")
        _ = try await other.load(SettingStoreTests.rates, "Una Doe,2026-01-01,7,7")
        let next = [SettingStoreTests.rates, "Una Doe,2026-01-01,50,160", "Una Doe,2026-07-01,55,"]
        #expect(
            try await settings.load(next[0], next[1], next[2])
                == .loaded(SettingStore.Change(added: 1, changed: 1, others: 1)))
        #expect(
            try await settings.load(next[0], next[1], next[2], replacing: true)
                == .loaded(SettingStore.Change(unchanged: 2, removed: 1)))
        #expect(try await settings.rows("staff_rate", "staff_uuid, charge_rate") == ["s1 | 160.0000", "s1 | ∅"])
        #expect(try await other.rows("staff_rate", "staff_uuid, charge_rate") == ["s1 | 7.0000"])
        #expect(
            try await settings.load(next[0], replacing: true) == .loaded(SettingStore.Change(removed: 2)),
            "a file without rows, said to be all there is")
    }

    @Test("Every name that is not known, or is several people's, is a fault of its line, and nothing is loaded")
    func unknown() async throws {
        let settings = try await settings()
        _ = try await settings.load(SettingStoreTests.rates, "s2,2026-01-01,1,2")
        #expect(
            try await settings.faults(
                SettingStoreTests.rates, "Una Doe,2026-01-01,50,150", "Nobody,2026-01-01,1,1", "lee,2026-01-01,1,1",
                "S1,2026-01-01,9,9") == [
                    "3: staff: nobody in the list of staff or in a time entry is called \"Nobody\" or has it as "
                        + "identifier.",
                    "4: staff: 2 people are called \"lee\". Write the identifier: s2 or s3.",
                    "5: It is about the same as line 2.",
                ])
        #expect(try await settings.rows("staff_rate", "staff_uuid, charge_rate") == ["s2 | 2.0000"])
        #expect(
            try await settings.faults("job_number", "J1", "J9", "J2")
                == ["4: job_number: no job and no time entry has the number \"J2\"."])
        #expect(
            try await settings.faults("state", "archived", "Done", "ARCHIVED") == [
                "3: state: no job is or can be in the state \"Done\". The states are: Archived, In Progress.",
                "4: It is about the same as line 2.",
            ])
        #expect(try await settings.rows("leave_job", "job_number, 1") == [])
        #expect(try await settings.load("state", "archived", "in progress") == .loaded(SettingStore.Change(added: 2)))
        #expect(try await settings.rows("closed_state", "state, 1") == ["Archived | 1", "In Progress | 1"])
    }

    @Test(
        "What is exported can be loaded again and changes nothing; a name that two people have is written as identifier"
    )
    func export() async throws {
        let settings = try await settings()
        let header = SettingTable.staffCapacity.columns.map(\.heading).joined(separator: ",")
        _ = try await settings.load(header, "Una Doe,2026-01-01,8,8,7.5,8,0,0,0,75%", "s3,2026-01-01,1,1,1,1,1,1,1,")
        _ = try await settings.load(SettingStoreTests.rates, "Una Doe,2026-01-01,50,150.5", "former fay,2026-01-01,40,")
        _ = try await settings.load("job_number", "J9")
        #expect(
            try await settings.store.text(of: .staffCapacity)
                == "\(header)\r\nUna  Doe,2026-01-01,8,8,7.5,8,0,0,0,0.75\r\ns3,2026-01-01,1,1,1,1,1,1,1,\r\n")
        for table in SettingTable.allCases {
            let text = try await settings.store.text(of: table)
            let count = try await settings.store.rows(of: table).count
            #expect(
                try await settings.store.load(try SettingFile(text), replacing: true, by: .test)
                    == .loaded(SettingStore.Change(unchanged: count)), "\(text)")
        }
    }

    @Test("A row is removed as it is shown, of this connection only, and the audit log says who did what to it")
    func remove() async throws {
        let (settings, other) = (try await settings(), try await settings("Other"))
        for one in [settings, other] {
            _ = try await one.load(SettingStoreTests.rates, "Una Doe,2026-01-01,50,150", "s2,2026-01-01,1,2")
            _ = try await one.load("job_number", "J1", "J9")
        }
        let row = try SettingFile("\(SettingStoreTests.rates)\nUna Doe,2026-07-01,55,160")
        #expect(try await settings.store.save(row, by: .test) == .loaded(SettingStore.Change(added: 1, others: 2)))
        #expect(try await settings.store.names(for: .staffRate) == ["0f1e", "Former Fay", "Una  Doe", "s2", "s3"])
        #expect(try await settings.store.names(for: .closedState) == ["Archived", "In Progress"])
        #expect(try await settings.store.names(for: .leaveJob) == [])
        // By the other's day, by the stored key where a name is shown, and by a part of the key: nothing.
        for key in [["Una  Doe", "2026-02-01"], ["s1", "2026-01-01"], ["Una  Doe"], []] {
            #expect(try await !settings.store.remove(key, of: .staffRate, by: .test), "\(key)")
        }
        #expect(try await settings.store.remove(["Una  Doe", "2026-01-01"], of: .staffRate, by: .test))
        #expect(try await settings.store.remove(["J1"], of: .leaveJob, by: .test))
        #expect(
            try await settings.rows("staff_rate", "staff_uuid, valid_from") == ["s1 | 2026-07-01", "s2 | 2026-01-01"])
        #expect(try await settings.rows("leave_job", "job_number, 1") == ["J9 | 1"])
        #expect(try await other.rows("staff_rate", "staff_uuid, valid_from").count == 2)
        #expect(try await other.rows("leave_job", "job_number, 1").count == 2)
        let log = try await AuditLog(settings.reports.fixture.warehouse).list(connection: "Acme", limit: 3)
        #expect(log.map(\.action) == [.reportSettingRemoved, .reportSettingRemoved, .reportSettingSaved])
        #expect(log.map(\.subject) == ["leave_job", "staff_rate", "staff_rate"])
        #expect(
            log.map(\.details) == [
                ["job_number": "J1"], ["staff": "Una  Doe", "valid_from": "2026-01-01"],
                ["staff": "Una Doe", "valid_from": "2026-07-01", "outcome": "added"],
            ])
        #expect(log.allSatisfy { $0.doer == .test })
    }

    @Test("Text of a file is a value and never SQL or JSON")
    func quoting() async throws {
        let settings = try await settings()
        let odd = #"O'Brien "Bob", \ $1 {}; drop table x --"#
        try await settings.reports.insert("staff", "uuid, name", "'s7', '\(odd.replacing("'", with: "''"))'")
        let file = CommaSeparatedText.text(of: [
            ["staff", "valid_from", "cost_rate", "charge_rate"], [odd, "2026-01-01", "1", ""],
        ])
        #expect(
            try await settings.store.load(try SettingFile(file), replacing: false, by: .test)
                == .loaded(SettingStore.Change(added: 1)))
        #expect(try await settings.store.rows(of: .staffRate) == [[odd, "2026-01-01", "1", nil]])
    }

    @Test("Removing a connection removes its settings, and leaves those of others")
    func removal() async throws {
        let (settings, other) = (try await settings(), try await settings("Other"))
        for one in [settings, other] { _ = try await one.load(SettingStoreTests.rates, "s2,2026-01-01,1,2") }
        _ = try await ConnectionRemoval(
            settings.reports.fixture.warehouse, settings.reports.fixture.connection, keepingData: false, tables: []
        ).run()
        #expect(try await settings.rows("staff_rate", "staff_uuid, 1") == [])
        #expect(try await other.rows("staff_rate", "staff_uuid, 1") == ["s2 | 1"])
    }
}

extension Doer {
    fileprivate static let test = Doer(.command(account: "root on here"))
}
