import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("The controls that change records")
struct ControlTests {
    // MARK: states

    @Test("An open invoice marked paid owes nothing, leaves the open list, and stays in the dated one")
    func pay() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let current = try await fixture.body("/invoice.api/current")
            let key = try #require(current.all("Invoices/Invoice/UUID").first)
            let total = try #require(current.all("Invoices/Invoice/AmountIncludingTax").first)
            try await fixture.control(.post, "edit", #"{"entity":"invoice","key":"\#(key)","mark":"paid"}"#)
            #expect(try await !listed(fixture, "invoice.api/current", "Invoices/Invoice/UUID").contains(key))
            let body = try await fixture.body("/invoice.api/get/\(key)")
            #expect(body.all("Invoice/Status") == ["Paid"])
            #expect(body.all("Invoice/AmountPaid") == [total] && body.all("Invoice/AmountOutstanding") == ["0.0000"])
            #expect(try await listed(fixture, "invoice.api/list?\(always)", "Invoices/Invoice/UUID").contains(key))
            try await fixture.control(.post, "edit", #"{"entity":"invoice","key":"\#(key)","mark":"approved"}"#)
            #expect(try await listed(fixture, "invoice.api/current", "Invoices/Invoice/UUID").contains(key))
        }
    }

    @Test(
        "A draft that is approved goes from the drafts to the open list and the dated one, and back",
        arguments: [
            ("invoice", "invoice", "Invoices/Invoice/UUID", "approved"),
            ("quote", "quote", "Quotes/Quote/UUID", "issued"),
            ("purchase_order", "purchaseorder", "PurchaseOrders/PurchaseOrder/ID", "issued"),
        ])
    func approve(entity: String, list: String, path: String, state: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "\(list).api/list?\(always)", path).first)
            for (mark, isDraft) in [("draft", true), (state, false)] {
                try await fixture.control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","mark":"\#(mark)"}"#)
                #expect(try await listed(fixture, "\(list).api/draft", path).contains(key) == isDraft)
                #expect(try await listed(fixture, "\(list).api/current", path).contains(key) == !isDraft)
                #expect(try await listed(fixture, "\(list).api/list?\(always)", path).contains(key) == !isDraft)
            }
        }
    }

    @Test("A completed job has its day and leaves the open list; opened again it has none and is back")
    func complete() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "job.api/current", "Jobs/Job/UUID").last)
            try await fixture.control(.post, "edit", #"{"entity":"job","key":"\#(key)","mark":"completed"}"#)
            #expect(try await fixture.body("/job.api/get/\(key)").all("Job/CompletedDate") == ["2026-11-21T00:00:00"])
            #expect(try await !listed(fixture, "job.api/current", "Jobs/Job/UUID").contains(key))
            try await fixture.control(.post, "edit", #"{"entity":"job","key":"\#(key)","mark":"open"}"#)
            #expect(try await fixture.body("/job.api/get/\(key)")["Job/CompletedDate"] == 0)
            #expect(try await listed(fixture, "job.api/current", "Jobs/Job/UUID").contains(key))
        }
    }

    // MARK: numbers

    @Test("A job's new number stands wherever the job is named, and the old one names nothing")
    func renumberJob() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let times = try await fixture.body("/time.api/list?\(always)").all("Times/Time/Job/ID")
            let orders = try await fixture.body("/purchaseorder.api/list?\(always)").all(
                "PurchaseOrders/PurchaseOrder/Job/ID")
            let invoices = "/invoice.api/list?\(always)&detailed=true"
            let billed = try await fixture.body(invoices).all("Invoices/Invoice/Jobs/Job/ID")
            let old = try #require(Set(times).intersection(orders).intersection(billed).min())
            let key = try #require(try await fixture.body("/job.api/get/\(old)").all("Job/UUID").first)
            try await fixture.control(.post, "edit", #"{"entity":"job","key":"\#(old)","number":"J-NEW"}"#)
            func counts(_ all: [String]) -> [Int] { [all.count { $0 == old }, all.count { $0 == "J-NEW" }] }
            #expect(
                counts(try await fixture.body("/time.api/list?\(always)").all("Times/Time/Job/ID"))
                    == [0, times.count { $0 == old }])
            #expect(
                counts(
                    try await fixture.body("/purchaseorder.api/list?\(always)").all(
                        "PurchaseOrders/PurchaseOrder/Job/ID"))
                    == [0, orders.count { $0 == old }])
            #expect(
                counts(try await fixture.body(invoices).all("Invoices/Invoice/Jobs/Job/ID"))
                    == [0, billed.count { $0 == old }])
            #expect(try await fixture.body("/job.api/get/J-NEW").all("Job/UUID") == [key])
            #expect(try await fixture.get("/job.api/get/\(old)").status == .notFound)
        }
    }

    @Test("A purchase order with another number is another one to a client that knows it by number")
    func renumberOrder() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let path = "purchaseorder.api/list?\(always)"
            let old = try #require(try await listed(fixture, path, "PurchaseOrders/PurchaseOrder/ID").first)
            let answer = try await fixture.control(
                .post, "edit", #"{"entity":"purchase_order","key":"\#(old)","set":{"ID":"PO777777"}}"#)
            #expect(answer.text.contains(#""keys":["PO777777"]"#))
            let now = try await listed(fixture, path, "PurchaseOrders/PurchaseOrder/ID")
            #expect(now.contains("PO777777") && !now.contains(old))
            #expect(try await fixture.get("/purchaseorder.api/get/\(old)").status == .notFound)
            #expect(try await fixture.control(.get, "truth/purchase_order?keys=true").text.contains(#""PO777777""#))
        }
    }

    @Test("What has no number is not given one, and an unknown mark is refused")
    func refusedEdits() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(try await listed(fixture, "client.api/list", "Clients/Client/UUID").first)
            for edit in [#""number":"C1""#, #""mark":"paid""#, #""date":"soon""#] {
                let response = try await fixture.client.execute(
                    uri: "/sandbox/edit", method: .post,
                    body: ByteBuffer(string: #"{"entity":"client","key":"\#(key)",\#(edit)}"#))
                #expect(response.status == .badRequest, "\(edit)")
            }
        }
    }

    // MARK: new rows

    @Test(
        "A new row has a key of its own and is found in the window of its day, also of an old month",
        arguments: ["invoice", "quote", "purchase_order", "timesheet", "job", "lead"])
    func addDated(entity: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let before = try await toldKeys(fixture, entity)
            let model = try #require(before.keys.last)
            let answer = try await fixture.control(
                .post, "edit", #"{"entity":"\#(entity)","add":true,"like":"\#(model)","date":"2019-05-05"}"#)
            let found = try await toldKeys(fixture, entity, "&from=2019-05-05&to=2019-05-05")
            #expect(found.count == 1 && !before.keys.contains(found.keys[0]) && answer.text.contains(found.keys[0]))
            let after = try await toldKeys(fixture, entity)
            #expect(after.count == before.count + 1)
            for (table, count) in found.children {
                #expect(after.children[table] == (before.children[table] ?? 0) + count)
            }
            _ = try await fixture.client.execute(uri: "/sandbox/edit", method: .delete)
            #expect(try await toldKeys(fixture, entity).keys == before.keys)
        }
    }

    @Test(
        "A new row of a list without dates is in the list, once",
        arguments: ["client", "client_group", "staff", "supplier", "task", "cost", "job_category", "custom_field"])
    func addListed(entity: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let before = try await toldKeys(fixture, entity).keys
            try await fixture.control(.post, "edit", #"{"entity":"\#(entity)","add":true}"#)
            let after = try await toldKeys(fixture, entity).keys
            #expect(Set(after).isSuperset(of: before))
            #expect(Set(after).count == after.count && after.count == before.count + 1)
        }
    }

    // MARK: deletions

    @Test("A deleted client or job is gone from every list, also from those of others")
    func deletedEverywhere() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let groups = try await listed(fixture, "clientgroup.api/list", "Groups/Group/UUID")
            let group = try #require(groups.first)
            let path = "clientgroup.api/get/\(group)"
            let member = try #require(try await listed(fixture, path, "Group/Clients/Client/UUID").first)
            let members = try await fixture.body("/\(path)")["Group/Clients/Client"]
            try await fixture.control(.post, "edit", #"{"entity":"client","key":"\#(member)","delete":true}"#)
            #expect(try await fixture.body("/\(path)")["Group/Clients/Client"] == members - 1)
            #expect(try await fixture.get("/client.api/get/\(member)").status == .notFound)
            let since = "client.api/list?pagesize=9999&modifiedsince=2000-01-01T00:00:00"
            #expect(try await !listed(fixture, since, "Clients/Client/UUID").contains(member))

            let job = try #require(try await listed(fixture, "job.api/current", "Jobs/Job/ID").first)
            let tasks = "job.api/tasks?pagesize=99999"
            #expect(try await listed(fixture, tasks, "Jobs/Job/ID").contains(job))
            try await fixture.control(.post, "edit", #"{"entity":"job","key":"\#(job)","delete":true}"#)
            #expect(try await !listed(fixture, tasks, "Jobs/Job/ID").contains(job))
            for list in ["job.api/current?", "job.api/list?\(always)&modifiedsinceutc=2000-01-01T00:00:00"] {
                #expect(try await !listed(fixture, "\(list)&pagesize=9999", "Jobs/Job/ID").contains(job))
            }
            try await fixture.control(.post, "switches", #"{"unknownIsStatusError":true}"#)
            let gone = try await fixture.get("/job.api/get/\(job)")
            #expect(gone.status == .ok && gone.text.contains("<Status>ERROR</Status>"))
        }
    }
}
