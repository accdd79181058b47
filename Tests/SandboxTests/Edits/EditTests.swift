import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Edits of one record")
struct EditTests {
    private func firstKey(_ fixture: SandboxFixture, _ list: String, _ path: String) async throws -> String {
        try #require(try await fixture.body("/\(list).api/list?\(always)&pagesize=9999").all("\(path)/UUID").first)
    }

    @Test("A changed value shows in the list, in the single answer and in the truth")
    func change() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try await firstKey(fixture, "invoice", "Invoices/Invoice")
            try await fixture.control(
                .post, "edit",
                #"{"entity":"invoice","key":"\#(key)","set":{"AmountPaid":"1.5","Brand":"new & <odd>","JobText":null}}"#
            )
            let body = try await fixture.body("/invoice.api/get/\(key)")
            #expect(body.all("Invoice/AmountPaid") == ["1.5"])
            #expect(body.all("Invoice/Brand") == ["new & <odd>"])
            #expect(body["Invoice/JobText"] == 0)
            let list = try await fixture.body("/invoice.api/list?\(always)")
            let truth = try await fixture.control(.get, "truth/invoice").text
            let sum = try #require(Money("\(list.sum("Invoices/Invoice/AmountPaid"))"))
            #expect(truth.contains(#""invoice.amount_paid":"\#(sum.text)""#))
        }
    }

    @Test("A deleted row is gone everywhere and comes back when undeleted")
    func delete() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try await firstKey(fixture, "time", "Times/Time")
            let before = try await fixture.body("/time.api/list?\(always)")["Times/Time"]
            try await fixture.control(.post, "edit", #"{"entity":"timesheet","key":"\#(key)","delete":true}"#)
            #expect(try await fixture.body("/time.api/list?\(always)")["Times/Time"] == before - 1)
            #expect(try await fixture.get("/time.api/get/\(key)").status == .notFound)
            #expect(try await fixture.control(.get, "truth/timesheet").text.contains(#""count":\#(before - 1),"#))
            try await fixture.control(.post, "edit", #"[{"entity":"timesheet","key":"\#(key)","delete":false}]"#)
            #expect(try await fixture.body("/time.api/list?\(always)")["Times/Time"] == before)
        }
    }

    @Test(
        "A row moved to another day is found in the window of that day",
        arguments: [
            ("invoice", "invoice", "Invoices/Invoice"), ("quote", "quote", "Quotes/Quote"), ("job", "job", "Jobs/Job"),
            ("timesheet", "time", "Times/Time"), ("lead", "lead", "Leads/Lead"),
        ])
    func move(entity: String, list: String, path: String) async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try await firstKey(fixture, list, path)
            try await fixture.control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","date":"2029-02-03"}"#)
            let body = try await fixture.body("/\(list).api/list?from=20290203&to=20290203")
            #expect(body.all("\(path)/UUID") == [key])
            let field = entity == "job" ? "DateCreatedUtc" : "Date"
            #expect(body.all("\(path)/\(field)") == ["2029-02-03T00:00:00"])
        }
    }

    @Test("Lines are changed, taken out and added by their path")
    func lines() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let all = try await fixture.body("/purchaseorder.api/list?\(always)&detailed=true")
            let key = try #require(all.all("PurchaseOrders/PurchaseOrder/ID").first)
            let path = "/purchaseorder.api/get/\(key)"
            let before = try await fixture.body(path).all("PurchaseOrder/Costs/Cost/Amount")
            try await fixture.control(
                .post, "edit",
                #"""
                {"entity":"purchase_order","key":"\#(key)","set":{"Costs/Cost[1]/Amount":"7.0000","Costs/Cost[1]/Note":null,
                "Costs/Cost[9]":"added","Supplier/Name":"A < B","Job":null}}
                """#)
            let after = try await fixture.body(path)
            #expect(after.all("PurchaseOrder/Costs/Cost/Amount") == ["7.0000"] + before.dropFirst())
            #expect(after["PurchaseOrder/Costs/Cost"] == before.count + 1)
            #expect(after["PurchaseOrder/Costs/Cost/Note"] == before.count - 1)
            #expect(after.all("PurchaseOrder/Supplier/Name") == ["A < B"])
            #expect(after["PurchaseOrder/Job"] == 0)
        }
    }

    @Test("A changed job counts as modified now")
    func modified() async throws {
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try await firstKey(fixture, "job", "Jobs/Job")
            try await fixture.control(.post, "edit", #"{"entity":"job","key":"\#(key)","set":{"State":"Completed"}}"#)
            let instant = "\(LocalDay.today)T00:00:00"
            let body = try await fixture.body("/job.api/list?\(always)&pagesize=9999&modifiedsinceutc=\(instant)")
            #expect(body.all("Jobs/Job/UUID").contains(key))
            #expect(try await !fixture.body("/job.api/current").all("Jobs/Job/UUID").contains(key))
        }
    }

    @Test("Kept bodies are made again after an edit")
    func cached() async throws {
        try await SandboxFixture.run(SandboxFixture.small { $0.cacheBodies = true }) {
            (fixture: SandboxFixture) async throws in
            let key = try await firstKey(fixture, "client", "Clients/Client")
            let path = "/client.api/list?page=1"
            let before = try await fixture.get(path).text
            #expect(try await fixture.get(path).text == before)
            try await fixture.control(.post, "edit", #"{"entity":"client","key":"\#(key)","set":{"Name":"Other"}}"#)
            #expect(try await fixture.get(path).text.contains("<Name>Other</Name>"))
            _ = try await fixture.client.execute(uri: "/sandbox/edit", method: .delete)
            #expect(try await fixture.get(path).text == before)
        }
    }
}
