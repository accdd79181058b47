import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("The endpoints and what they answer")
struct EndpointTests {
    @Test("Bearer, account and window are asked for in that order")
    func requirements() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/time.api/list", bearer: "nobody").status == .unauthorized)
            #expect(try await fixture.get("/time.api/list", account: nil).status == .forbidden)
            #expect(try await fixture.get("/time.api/list", account: "another").status == .forbidden)
            #expect(try await fixture.get("/time.api/list").status == .badRequest)
            #expect(try await fixture.get("/time.api/list?from=20260101&to=20261301").status == .badRequest)
            #expect(try await fixture.get("/nothing.api/list").status == .notFound)
            #expect(try await fixture.get("/job.api/nothing").status == .notFound)
        }
    }

    @Test(
        "Every list with a window wants from and to",
        arguments: ["time", "job", "invoice", "quote", "lead", "purchaseorder"])
    func windowsRequired(entity: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/\(entity).api/list?from=20260101").status == .badRequest)
            #expect(try await fixture.get("/\(entity).api/list?from=20260101&to=20260131").status == .ok)
        }
    }

    @Test("A window holds both its ends, in each spelling of a date")
    func inclusive() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let all = try await fixture.body("/invoice.api/list?\(always)")
            let date = String(try #require(all.all("Invoices/Invoice/Date").dropFirst(20).first).prefix(10))
            let expected = all.all("Invoices/Invoice/Date").filter { $0.hasPrefix(date) }.count
            let packed = date.replacingOccurrences(of: "-", with: "")
            for text in [packed, date, "\(date)T00:00:00"] {
                let day = try await fixture.body("/invoice.api/list?from=\(text)&to=\(text)")
                #expect(day["Invoices/Invoice"] == expected)
            }
        }
    }

    @Test("An unknown identifier is a 404, or an error with status 200 when switched")
    func unknown() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/job.api/get/J999999").status == .notFound)
            try await fixture.control(.post, "switches", #"{"unknownIsStatusError": true}"#)
            let response = try await fixture.get("/job.api/get/J999999")
            #expect(response.status == .ok)
            #expect(response.text.contains("<Status>ERROR</Status>"))
        }
    }

    @Test("Long windows are refused only when switched")
    func longWindows() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            #expect(try await fixture.get("/time.api/list?\(always)").status == .ok)
            try await fixture.control(.post, "switches", #"{"refusesLongWindows": true}"#)
            #expect(try await fixture.get("/time.api/list?\(always)").status == .badRequest)
            #expect(try await fixture.get("/time.api/list?from=20250101&to=20251231").status == .ok)
        }
    }

    @Test("Current holds open documents only, draft holds drafts only, list no drafts")
    func states() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.scale = 0.2 }) {
            (fixture: SandboxFixture) async throws in
            let current = try await fixture.body("/invoice.api/current")
            #expect(current["Invoices/Invoice"] > 0)
            #expect(Set(current.all("Invoices/Invoice/Status")) == ["Approved"])
            #expect(!current.all("Invoices/Invoice/AmountOutstanding").contains("0.0000"))
            let draft = try await fixture.body("/invoice.api/draft")
            #expect(Set(draft.all("Invoices/Invoice/Status")) == ["Draft"])
            let list = try await fixture.body("/invoice.api/list?\(always)")
            #expect(Set(list.all("Invoices/Invoice/Status")) == ["Approved", "Paid", "Cancelled"])
            let quotes = try await fixture.body("/quote.api/current")
            #expect(Set(quotes.all("Quotes/Quote/State")) == ["Issued"])
            let jobs = try await fixture.body("/job.api/current")
            #expect(Set(jobs.all("Jobs/Job/State")).isDisjoint(with: ["Completed", "Cancelled"]))
            let leads = try await fixture.body("/lead.api/current")
            #expect(Set(leads.all("Leads/Lead/State")) == ["Current"])
        }
    }

    @Test("Child collections come only when detailed, as in the single answer")
    func detail() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let plain = try await fixture.body("/invoice.api/list?\(always)")
            #expect(plain["Invoices/Invoice/Jobs"] == 0)
            let detailed = try await fixture.body("/invoice.api/list?\(always)&detailed=true")
            #expect(detailed["Invoices/Invoice/Jobs/Job/Tasks/Task/UUID"] > 0)
            let number = try #require(detailed.all("Invoices/Invoice/ID").first)
            let single = try await fixture.get("/invoice.api/get/\(number)").text
            let list = try await fixture.get("/invoice.api/list?\(always)&detailed=true").text
            let start = try #require(single.range(of: "<Invoice>"))
            let end = try #require(single.range(of: "</Invoice>"))
            #expect(list.contains(single[start.lowerBound..<end.upperBound]))
            #expect(try await fixture.body("/time.api/list?\(always)&detailed=true")["Times/Time"] > 0)
        }
    }

    @Test("A revised quote is found by its encoded number and by its identifier")
    func quoteNumbers() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let list = try await fixture.body("/quote.api/list?\(always)")
            let numbers = list.all("Quotes/Quote/ID")
            let position = try #require(numbers.firstIndex { $0.hasSuffix("/1") })
            let id = list.all("Quotes/Quote/UUID")[position]
            let encoded = numbers[position].replacingOccurrences(of: "/", with: "%2F")
            #expect(try await fixture.body("/quote.api/get/\(encoded)").all("Quote/UUID") == [id])
            #expect(try await fixture.body("/quote.api/get/\(id)").all("Quote/ID") == [numbers[position]])
        }
    }

    @Test("Members of staff are found under both spellings of the path")
    func staffPaths() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let id = try #require(try await fixture.body("/staff.api/list").all("StaffList/Staff/UUID").first)
            #expect(try await fixture.body("/staff.api/\(id)").all("Staff/UUID") == [id])
            #expect(try await fixture.body("/staff.api/get/\(id)").all("Staff/UUID") == [id])
        }
    }

    @Test(
        "Every other read answers",
        arguments: [
            "/job.api/current?detailed=true", "/job.api/tasks?complete=true", "/job.api/costs/J000010",
            "/job.api/documents/J000010", "/job.api/get/J000010/customfield", "/purchaseorder.api/current",
            "/purchaseorder.api/draft", "/purchaseorder.api/get/PO000001", "/purchaseorder.api/job/J000010",
            "/invoice.api/job/J000010", "/invoice.api/payments/INV-0001", "/time.api/job/J000001", "/category.api/list",
            "/task.api/list", "/cost.api/list?page=1", "/lead.api/categories", "/client.api/list?detailed=true",
            "/client.api/search?query=a", "/clientgroup.api/list", "/supplier.api/list?detailed=true",
            "/customfield.api/definition", "/template.api/list", "/3.0/job.api/current",
        ])
    func reads(path: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let body = try await fixture.body(path)
            #expect(body.all("Status").first == "OK")
        }
    }

    @Test("Tasks come under their jobs, those that were asked for; jobs have no document, one or two")
    func tasksAndDocuments() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let all = try await fixture.body("/job.api/tasks").all("Jobs/Job/Tasks/Task/Completed")
            for complete in ["true", "false"] {
                let body = try await fixture.body("/job.api/tasks?complete=\(complete)")
                let found = body.all("Jobs/Job/Tasks/Task/Completed")
                #expect(Set(found) == [complete] && found.count == all.filter { $0 == complete }.count)
                #expect(!body.all("Jobs/Job/ID").isEmpty)
            }
            let due = try await fixture.body("/job.api/tasks?due=20260101").all("Jobs/Job/Tasks/Task/DueDate")
            #expect(!due.isEmpty && due.allSatisfy { $0 <= "2026-01-01T00:00:00" }, "\(due.count)")
            var counts: Set<Int> = []
            for job in try await fixture.body("/job.api/current").all("Jobs/Job/ID").prefix(12) {
                counts.insert(
                    try await fixture.body("/job.api/documents/\(job)").all("Documents/Document/FileName").count)
            }
            #expect(counts == [0, 1, 2])
        }
    }

    @Test("Single records of every kind answer, and so do their custom fields")
    func singles() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let kinds = [
                ("client", "list", "Clients/Client"), ("supplier", "list", "Suppliers/Supplier"),
                ("clientgroup", "list", "Groups/Group"), ("task", "list", "TaskList/Task"),
                ("cost", "list", "Costs/Cost"), ("lead", "list?\(always)", "Leads/Lead"),
                ("time", "list?\(always)", "Times/Time"),
            ]
            for (entity, verb, path) in kinds {
                let id = try #require(try await fixture.body("/\(entity).api/\(verb)").all("\(path)/UUID").first)
                let element = try #require(path.split(separator: "/").last)
                #expect(try await fixture.body("/\(entity).api/get/\(id)").all("\(element)/UUID") == [id])
                guard ["client", "supplier", "lead", "time"].contains(entity) else { continue }
                #expect(try await fixture.body("/\(entity).api/get/\(id)/customfield").all("Status") == ["OK"])
            }
            let contact = try #require(
                try await fixture.body("/client.api/list").all("Clients/Client/Contacts/Contact/UUID").first)
            #expect(try await fixture.body("/client.api/contact/\(contact)").all("Contact/UUID") == [contact])
            let states = try await fixture.get("/v2/job-status")
            #expect(states.text.hasPrefix(#"{"data":[{"uuid":""#))
            #expect(states.text.hasSuffix(#""total":8}"#))
        }
    }

    @Test("modifiedsinceutc keeps what changed after the instant")
    func modifiedSince() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "/job.api/list?\(always)&pagesize=5000"
            #expect(try await fixture.body("\(path)&modifiedsinceutc=2026-11-22T00:00:00")["Jobs/Job"] == 0)
            let some = try await fixture.body("\(path)&modifiedsinceutc=2026-06-01T00:00:00")["Jobs/Job"]
            let all = try await fixture.body(path)["Jobs/Job"]
            #expect(some > 0 && some < all)
            #expect(try await fixture.get("/client.api/list?modifiedsince=yesterday").status == .badRequest)
            #expect(try await fixture.body("/client.api/list?modifiedsince=2026-11-22T00:00:00")["Clients/Client"] == 0)
        }
    }
}
