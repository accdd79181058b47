import Foundation
import Testing

@testable import Inflow

@Suite("What is read by one call for each record, as a person names it")
struct ValueKindTests {
    private static func settings() -> ConnectionSettings {
        ConnectionSettings(accountID: "a", clientID: "c", timeZone: .gmt, firstDate: LocalDate(daysSinceEpoch: 0))
    }

    private static let setting = ConnectionSetting.all.first { $0.name == "values" }

    @Test(
        "A kind has a word, the name of its entity and its plural, whatever the case",
        arguments: [
            ("payments", ValueKind.payments), ("invoice_payment", .payments), ("Job-Cost", .jobCost),
            ("job costs", .jobCost), ("job", .job), ("jobs", .job), ("job_custom_field", .job),
            ("job_cost_custom_field", .jobCostField), ("contacts", .contact), ("time", .timesheet),
            ("timesheet_custom_field", .timesheet), (" LEAD ", .lead),
        ])
    func words(word: String, kind: ValueKind) {
        #expect(ValueKind(word: word) == kind)
    }

    @Test("The setting is a list in order of worth, which reads back as it is printed")
    func order() throws {
        let setting = try #require(Self.setting)
        var settings = Self.settings()
        #expect(setting.print(settings) == "payments,job_cost,job,client,contact,supplier,supplier_contact,lead")
        #expect(setting.parse("job, payments,jobs,timesheet", &settings) == nil)
        #expect(settings.values == [.job, .payments, .timesheet])
        var again = Self.settings()
        #expect(setting.parse(setting.print(settings), &again) == nil && again.values == settings.values)
        #expect(setting.parse("none", &settings) == nil && settings.values.isEmpty && setting.print(settings) == "none")
    }

    @Test(
        "An unknown word changes nothing, and is told with the words that are known",
        arguments: ["jobz", "", "job,,client"])
    func unknown(text: String) throws {
        let setting = try #require(Self.setting)
        var settings = Self.settings()
        let fault = try #require(setting.parse(text, &settings))
        #expect(fault.contains("is no kind of values") && fault.contains("job_cost_field"))
        #expect(settings.values == ValueKind.usual)
    }
}
