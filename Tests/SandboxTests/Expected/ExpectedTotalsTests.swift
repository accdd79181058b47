import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

private struct Told: Decodable {
    var count: Int
    var children: [String: Int]
    var sums: [String: String]
    var keys: [String]?
}

private let window = "from=20251101&to=20260331"

@Suite("The expected totals")
struct ExpectedTotalsTests {

    private func told(_ fixture: SandboxFixture, _ path: String) async throws -> Told {
        let response = try await fixture.control(.get, "truth/\(path)")
        return try JSONDecoder().decode(Told.self, from: Data(response.body.readableBytesView))
    }

    private func expectSum(_ told: Told, _ name: String, _ body: XMLCount, _ path: String) {
        #expect(Decimal(string: told.sums[name] ?? "0") == body.sum(path), "\(name)")
    }

    @Test("The truth about invoices is what the list says")
    func invoiceTruth() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let truth = try await told(fixture, "invoice?\(window)&keys=true")
            let body = try await fixture.body("/invoice.api/list?\(window)&detailed=true")
            #expect(truth.count > 0 && truth.count == body["Invoices/Invoice"])
            #expect(truth.keys == body.all("Invoices/Invoice/UUID").sorted())
            let tasks = body["Invoices/Invoice/Jobs/Job/Tasks/Task"] + body["Invoices/Invoice/Tasks/Task"]
            #expect(truth.children["invoice_task"] == tasks)
            for (column, element) in [("amount", "Amount"), ("amount_tax", "AmountTax"), ("amount_paid", "AmountPaid")]
            {
                expectSum(truth, "invoice.\(column)", body, "Invoices/Invoice/\(element)")
            }
            let lines =
                body.sum("Invoices/Invoice/Jobs/Job/Costs/Cost/Amount") + body.sum("Invoices/Invoice/Costs/Cost/Amount")
            #expect(Decimal(string: truth.sums["invoice_cost.amount"] ?? "") == lines)
        }
    }

    @Test("The truth about jobs is what the list says")
    func jobTruth() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let truth = try await told(fixture, "job?\(window)")
            let body = try await fixture.body("/job.api/list?\(window)&detailed=true")
            #expect(truth.count > 0 && truth.count == body["Jobs/Job"])
            let children = [
                ("job_task", "Tasks/Task"), ("job_task_assignee", "Tasks/Task/Assigned/Staff"),
                ("job_assignee", "Assigned/Staff"), ("job_milestone", "Milestones/Milestone"),
                ("job_note", "Notes/Note"), ("job_note_comment", "Notes/Note/Comments/Comment"),
            ]
            for (name, path) in children { #expect(truth.children[name] == body["Jobs/Job/\(path)"], "\(name)") }
            expectSum(truth, "job_task.actual_minutes", body, "Jobs/Job/Tasks/Task/ActualMinutes")
            expectSum(truth, "job.budget", body, "Jobs/Job/Budget")
            let states = try await told(fixture, "job_status?\(window)&keys=true")
            #expect(Set(states.keys ?? []) == Set(body.all("Jobs/Job/State")))
        }
    }

    @Test("The truth about the other documents is what the lists say")
    func documentTruth() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let times = try await fixture.body("/time.api/list?\(window)")
            let timesheets = try await told(fixture, "timesheet?\(window)")
            #expect(timesheets.count > 0 && timesheets.count == times["Times/Time"])
            expectSum(timesheets, "timesheet.minutes", times, "Times/Time/Minutes")

            let quotes = try await fixture.body("/quote.api/list?\(window)&detailed=true")
            let quote = try await told(fixture, "quote?\(window)")
            #expect(quote.count == quotes["Quotes/Quote"])
            #expect(quote.children["quote_task"] == quotes["Quotes/Quote/Tasks/Task"])
            #expect(quote.children["quote_option"] == quotes["Quotes/Quote/Options/Option"])
            expectSum(quote, "quote.amount", quotes, "Quotes/Quote/Amount")
            expectSum(quote, "quote_cost.amount_tax", quotes, "Quotes/Quote/Costs/Cost/AmountTax")

            let orders = try await fixture.body("/purchaseorder.api/list?\(window)&detailed=true")
            let order = try await told(fixture, "purchase_order?\(window)&keys=true")
            #expect(order.keys == orders.all("PurchaseOrders/PurchaseOrder/ID").sorted())
            #expect(order.children["purchase_order_cost"] == orders["PurchaseOrders/PurchaseOrder/Costs/Cost"])
            expectSum(order, "purchase_order.amount", orders, "PurchaseOrders/PurchaseOrder/Amount")

            let leads = try await fixture.body("/lead.api/list?\(window)&detailed=true")
            let lead = try await told(fixture, "lead?\(window)")
            #expect(lead.count == leads["Leads/Lead"])
            #expect(lead.children["lead_history"] == leads["Leads/Lead/History/Item"])
            #expect(lead.children["lead_activity"] == leads["Leads/Lead/Activities/Activity"])
        }
    }

    @Test("The truth about reference entities is what the lists say")
    func referenceTruth() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let lists = [
                ("client", "client.api/list?detailed=true&pagesize=9999", "Clients/Client"),
                ("client_group", "clientgroup.api/list", "Groups/Group"),
                ("supplier", "supplier.api/list?detailed=true", "Suppliers/Supplier"),
                ("staff", "staff.api/list", "StaffList/Staff"),
                ("task", "task.api/list", "TaskList/Task"), ("cost", "cost.api/list?page=1", "Costs/Cost"),
                ("job_category", "category.api/list", "Categories/Category"),
                ("custom_field", "customfield.api/definition", "CustomFieldDefinitions/CustomFieldDefinition"),
            ]
            for (entity, path, element) in lists {
                let truth = try await told(fixture, "\(entity)?keys=true&from=20260101&to=20260101")
                let body = try await fixture.body("/\(path)")
                #expect(truth.keys == body.all("\(element)/UUID").sorted(), "\(entity)")
                if let contacts = truth.children["\(entity)_contact"] {
                    #expect(contacts == body["\(element)/Contacts/Contact"])
                    #expect(truth.children["\(entity)_note"] == body["\(element)/Notes/Note"])
                }
            }
        }
    }

    @Test("The first day is that of the earliest row")
    func firstDay() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let text = try await fixture.control(.get, "first-day").text
            let day = String(text.dropFirst(#"{"first_day":""#.count).prefix(10))
            var dates: [String] = []
            for (list, path) in [
                ("time", "Times/Time/Date"), ("invoice", "Invoices/Invoice/Date"), ("quote", "Quotes/Quote/Date"),
            ] {
                dates += try await fixture.body("/\(list).api/list?\(always)").all(path)
            }
            dates += try await fixture.body("/job.api/list?\(always)&pagesize=9999").all("Jobs/Job/DateCreatedUtc")
            #expect(dates.allSatisfy { $0 >= day })
        }
    }
}
