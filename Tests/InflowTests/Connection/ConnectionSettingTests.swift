import Foundation
import TestSupport
import Testing

@testable import Inflow

@Suite("ConnectionSetting")
struct ConnectionSettingTests {
    private let settings = ConnectionSettings(
        accountID: "acme", clientID: "app", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))

    private func setting(_ key: String) throws -> ConnectionSetting {
        try #require(ConnectionSetting.all.first { $0.name == key })
    }

    @Test(
        "A good text is taken and read back",
        arguments: [
            ("account-id", "other", "other"), ("client-id", "x", "x"),
            ("api-url", "https://api.example.com/", "https://api.example.com"),
            ("token-url", "http://127.0.0.1:8080/token", "http://127.0.0.1:8080/token"),
            ("authorise-url", "https://a.example.com/o", "https://a.example.com/o"),
            ("time-zone", "Pacific/Auckland", "Pacific/Auckland"), ("fiscal-year-start", "4", "4"),
            ("first-date", "2020-02-29", "2020-02-29"), ("calls-at-once", "0", "0"), ("calls-per-minute", "30", "30"),
            ("calls-per-day", "100", "100"), ("first-byte-seconds", "60", "60"), ("job-status-list", "YES", "yes"),
            ("job-status-list", "false", "no"), ("archive", "no", "no"), ("archive-days", "0", "0"),
            ("history-days", "730", "730"), ("rejection-days", "30", "30"), ("freshness-hours", "48", "48"),
        ])
    func taken(_ key: String, _ text: String, _ readBack: String) throws {
        var changed = settings
        changed.jobStatusList = readBack == "no"
        let setting = try setting(key)
        #expect(setting.print(changed) != readBack)
        #expect(setting.parse(text, &changed) == nil)
        #expect(setting.print(changed) == readBack)
    }

    @Test(
        "A bad text is refused in words and changes nothing",
        arguments: [
            ("account-id", "", "must not be empty"), ("client-id", "", "must not be empty"),
            ("api-url", "api.example.com", "is not an http or https address"),
            ("api-url", "ftp://example.com", "is not an http or https address"),
            ("token-url", "https://", "is not an http or https address"),
            ("time-zone", "Auckland", "\"Auckland\" is not an IANA time zone"),
            ("fiscal-year-start", "13", "from 1 to 12"), ("fiscal-year-start", "0", "from 1 to 12"),
            ("fiscal-year-start", "April", "\"April\" is not a whole number"),
            ("first-date", "2026-02-29", "is not a date as yyyy-MM-dd"), ("calls-at-once", "-1", "from 0 to 1000"),
            ("calls-per-minute", "1.5", "is not a whole number"), ("calls-per-day", "", "is not a whole number"),
            ("first-byte-seconds", "0", "from 1 to 3600"), ("job-status-list", "perhaps", "neither yes nor no"),
            ("archive", "some", "neither yes nor no"), ("archive-days", "-1", "from 0 to 100000"),
        ])
    func refused(_ key: String, _ text: String, _ words: String) throws {
        var changed = settings
        let setting = try setting(key)
        let answer = try #require(setting.parse(text, &changed))
        #expect(answer.contains(words))
        #expect(changed == settings)
    }

    @Test("Every setting has a name of its own and a help")
    func names() {
        let all = ConnectionSetting.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(all.allSatisfy { !$0.help.isEmpty })
    }

    private static let withDefault = ConnectionSetting.all.map(\.name).filter {
        !["account-id", "client-id", "time-zone", "first-date"].contains($0)
    }

    @Test(
        "The default of each setting is its value in new settings, and its text reads back as that value",
        arguments: withDefault)
    func defaultsRoundTrip(_ name: String) throws {
        let setting = try setting(name)
        #expect(setting.print(settings) == setting.defaultText)
        var again = settings
        #expect(setting.parse(setting.defaultText, &again) == nil)
        #expect(again == settings)
    }

    @Test("Each property of the settings takes its default from the row of the table that has its name")
    func defaultsComeFromTheTable() throws {
        let file = Checkout.file("Sources/Inflow/Connection/ConnectionSettings.swift")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
            $0.contains("public var ") && $0.contains("=")
        }
        #expect(lines.count == Self.withDefault.count)
        for line in lines {
            let parts = try #require(line.firstMatch(of: /public var (\w+): [\w\[\]]+ = (.+)/))
            #expect(parts.output.2 == "ConnectionSetting.\(parts.output.1).defaultValue", "\(line)")
        }
    }

    @Test("No statement names a setting or holds its default: both are parameters")
    func statementsHoldNoDefault() throws {
        let files = try ["Sources/Warehouse", "sql/statements", "sql/reports", "sql/bi"].flatMap { folder in
            let path = Checkout.file(folder).path(percentEncoded: false)
            let paths = try #require(FileManager.default.enumerator(atPath: path))
            return paths.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".sql") }
                .map { Checkout.file("\(folder)/\($0)") }
        }
        #expect(files.count > 50)
        let literal = /settings\s*->>?\s*'[^']*'/
        for file in files {
            let found = try String(contentsOf: file, encoding: .utf8).matches(of: literal).map { String($0.output) }
            #expect(found.isEmpty, "\(file.lastPathComponent)")
        }
    }
}

@Suite("Small words")
struct SmallWordTests {
    @Test("Failpoints have names of their own, in lower-case words")
    func failpoints() {
        let names = Failpoint.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil })
    }

    @Test("Every reason of a rejection has words of its own and a stable code")
    func reasons() {
        let all = Rejection.Reason.allCases
        #expect(Set(all.map(\.words)).count == all.count)
        #expect(
            all.map(\.rawValue) == [
                "missing", "not_a_number", "not_a_date", "not_a_time_of_day", "not_a_boolean", "out_of_range",
                "too_long",
                "repeated_line", "lost_characters", "refused_by_database", "unreadable_day",
            ])
    }

    @Test(
        "A token is due a tenth of its life before it ends, at most a minute",
        arguments: [(1800.0, 1740.0), (300, 270), (0, 0)])
    func tokenDue(_ life: Double, _ due: Double) {
        let issued = Date(timeIntervalSince1970: 0)
        let pair = TokenPair(
            access: "secret-a", refresh: "secret-r", accessExpiresAt: issued.addingTimeInterval(life), issuedAt: issued)
        #expect(pair.refreshDueAt.timeIntervalSince1970 == due)
        #expect(!"\(pair) \(String(reflecting: pair))".contains("secret"))
    }
}
