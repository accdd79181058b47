import Foundation
import Testing

@testable import Inflow

@Suite("RunPlan")
struct RunPlanTests {
    private static let client = entity("client", .whole)
    private static let invoice = entity("invoice", .span(WindowRule.Span(from: "from", to: "to", on: "on_day")))
    private static let lead = entity(
        "lead", .span(WindowRule.Span(from: "from", to: "to", on: "on_day", chunk: .year, reach: .always)))
    private static let jobStatus = entity(
        "job_status", .derived(from: "job", column: "state"), alternative: Endpoint("v2/jobstatuses", items: "data"))
    private static let value = entity("value", .perParent(WindowRule.PerParent(parent: "client", key: "uuid")))
    private static let all = [client, invoice, lead, jobStatus, value]

    private static func entity(
        _ name: String, _ window: WindowRule, alternative: Endpoint? = nil
    ) -> EntityDefinition {
        EntityDefinition(
            name, .reference, summary: "One.", endpoint: Endpoint("\(name).api/list", items: "a/b"),
            alternative: alternative, window: window, table: "t.\(name)", key: ["uuid"],
            columns: [.text("uuid", at: "UUID", presence: .required), .date("on_day", at: "Date")])
    }

    private let today = LocalDate(daysSinceEpoch: 20_778)  // 2026-11-21
    private var now: Instant { Instant(timeIntervalSince1970: 20_778 * 86_400 + 8 * 3_600) }
    private var settings: ConnectionSettings {
        ConnectionSettings(
            accountID: "a", clientID: "c", timeZone: .gmt,
            firstDate: LocalDate(daysSinceEpoch: LocalDate.days(year: 2024, month: 6, day: 15)))
    }

    private func words(_ plan: RunPlan) -> [String] {
        plan.parts.map { "\($0.entity.name): " + $0.chunks.map(\.description).joined(separator: ", ") }
    }

    private func targeted(
        _ names: [String], from: String? = nil, to: String? = nil
    ) throws -> RunPlan {
        try RunPlan.targeted(
            names, of: RunPlanTests.all, from: from.flatMap { LocalDate($0) }, to: to.flatMap { LocalDate($0) },
            settings,
            today: today)
    }

    private func refusal(_ names: [String], from: String? = nil, to: String? = nil) throws -> String {
        let error = #expect(throws: RunPlan.Refusal.self) { try targeted(names, from: from, to: to) }
        return try #require(error).description
    }

    @Test("A Sync All reads lists whole, documents of the last two months and the year ahead, leads by year")
    func syncAll() {
        let plan = RunPlan.syncAll(RunPlanTests.all, settings, now: now)
        #expect(
            words(plan) == [
                "client: whole",
                "invoice: 2026-10-01 to 2026-10-31, 2026-11-01 to 2026-11-30, 2026-12-01 to 2027-11-30",
                "lead: 2024-06-01 to 2025-05-31, 2025-06-01 to 2026-05-31, 2026-06-01 to 2027-05-31, "
                    + "2027-06-01 to 2027-11-30",
                "job_status: ", "value: ",
            ])
        #expect(plan.trigger == .manual)
        #expect(plan.scope == "Sync All")
        #expect(plan.known == RunPlanTests.all)
    }

    @Test("Job states are read from their own list where the connection says so")
    func statusList() {
        var settings = settings
        settings.jobStatusList = true
        let plan = RunPlan.syncAll([RunPlanTests.jobStatus], settings, now: now)
        #expect(words(plan) == ["job_status: whole"])
    }

    @Test("A first date in the future still leaves the present and the coming year to ask leads for")
    func lateFirstDate() {
        var settings = settings
        settings.firstDate = today.adding(months: 13)
        #expect(
            words(RunPlan.syncAll([RunPlanTests.lead], settings, now: now)) == [
                "lead: 2026-11-01 to 2027-10-31, 2027-11-01 to 2027-11-30"
            ])
    }

    @Test("A targeted sync of a list reads it whole; of a document without dates, as a Sync All does")
    func targetedWithoutDates() throws {
        let plan = try targeted(["invoice", "client"])
        #expect(
            words(plan) == ["client: whole", "invoice: 2026-10-01 to 2026-10-31, 2026-11-01 to 2026-11-30"],
            "entities come in loading order, whatever the order of the names")
        #expect(plan.trigger == .targeted)
        #expect(plan.scope == "client, invoice")
    }

    @Test("Days given without names mean all that is asked for by date")
    func datesOnly() throws {
        let plan = try targeted([], from: "2026-02-10", to: "2026-03-05")
        #expect(
            words(plan) == [
                "invoice: 2026-02-10 to 2026-02-28, 2026-03-01 to 2026-03-05", "lead: 2026-02-10 to 2026-03-05",
            ])
        #expect(plan.scope == "invoice, lead, 2026-02-10 to 2026-03-05")
    }

    @Test(
        "Without a last day it is the end of this month, or of the first day's where that is later",
        arguments: [
            ("2026-11-03", "2026-11-03 to 2026-11-30"), ("2026-11-30", "2026-11-30"),
            ("2027-02-10", "2027-02-10 to 2027-02-28"),
        ])
    func openEnd(_ from: String, _ expected: String) throws {
        #expect(words(try targeted(["invoice"], from: from)) == ["invoice: \(expected)"])
    }

    @Test("A first day long ago without a last one reaches to the end of this month")
    func longAgo() throws {
        let chunks = try targeted(["invoice"], from: "2025-10-20").parts.flatMap(\.chunks)
        #expect(chunks.count == 14)
        #expect(chunks.last?.description == "2026-11-01 to 2026-11-30")
    }

    @Test("Days in the future are asked for as said")
    func future() throws {
        #expect(
            words(try targeted(["lead"], from: "2028-01-01", to: "2029-03-31"))
                == ["lead: 2028-01-01 to 2028-12-31, 2029-01-01 to 2029-03-31"])
    }

    @Test("A name that is not there is refused with those that are")
    func unknownName() throws {
        #expect(
            try refusal(["client", "invoices"])
                == "There is no entity \"invoices\". The entities are: client, invoice, lead, job_status, value. Nothing was read."
        )
    }

    @Test("Days for a list without dates are refused, naming the list and what can be done")
    func datesForAList() throws {
        let words = try refusal(["invoice", "client"], from: "2026-01-01")
        #expect(words.contains("\"client\" is a list without dates"))
        #expect(words.contains("Leave out --from and --to"))
    }

    @Test("A last day before the first, or without one, is refused")
    func wrongDays() throws {
        #expect(
            try refusal(["invoice"], from: "2026-03-02", to: "2026-03-01").contains(
                "2026-03-02 is after --to 2026-03-01"))
        #expect(try refusal(["invoice"], to: "2026-03-01").contains("--to needs --from"))
    }
}
