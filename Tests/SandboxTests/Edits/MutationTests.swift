import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

@Suite("Random edits")
struct MutationTests {
    // MARK: the clock

    @Test("The platform's clock can stand still and be wrong: modified records and the Date header follow it")
    func platformClock() async throws {
        try await SandboxFixture.run(live: true) { (fixture: SandboxFixture) async throws in
            _ = try await fixture.client.execute(uri: "/sandbox/clock?at=2031-03-02T08:15:00&shift=-60", method: .post)
            let response = try await fixture.get("/staff.api/list")
            #expect(response.headers[values: .date] == ["Sun, 02 Mar 2031 08:14:00 GMT"])
            let key = try #require(try await listed(fixture, "job.api/current", "Jobs/Job/UUID").first)
            try await fixture.control(.post, "edit", #"{"entity":"job","key":"\#(key)","set":{"Name":"Later"}}"#)
            #expect(try await fixture.body("/job.api/get/\(key)").all("Job/DateModifiedUtc") == ["2031-03-02T08:14:00"])
            let list = "job.api/list?\(always)&pagesize=9999&modifiedsinceutc="
            #expect(try await listed(fixture, "\(list)2031-03-02T00:00:00", "Jobs/Job/UUID") == [key])
            let client = try #require(try await listed(fixture, "client.api/list", "Clients/Client/UUID").first)
            try await fixture.control(.post, "edit", #"{"entity":"client","key":"\#(client)","set":{"Name":"Later"}}"#)
            let since = "client.api/list?modifiedsince=2031-03-02T08:13:59"
            #expect(try await listed(fixture, since, "Clients/Client/UUID") == [client])
            try await fixture.control(.post, "clock/clear")
            let right = try await fixture.get("/staff.api/list").headers[values: .date]
            #expect(right.count == 1 && right.first?.contains("2031") == false)
        }
    }

    // MARK: random changes

    @Test("Random changes are the same for the same seed, can be replayed as edits, and leave list and truth agreeing")
    func mutations() async throws {
        let lists = [
            ("invoice", "invoice", "Invoices/Invoice"), ("quote", "quote", "Quotes/Quote"), ("job", "job", "Jobs/Job"),
            ("timesheet", "time", "Times/Time"), ("lead", "lead", "Leads/Lead"),
        ]
        @Sendable func state(_ fixture: SandboxFixture) async throws -> [String] {
            var state: [String] = []
            for (entity, list, path) in lists {
                let body = try await fixture.body("/\(list).api/list?\(always)&pagesize=99999").all("\(path)/UUID")
                    .sorted()
                let truth = try await fixture.control(.get, "truth/\(entity)?keys=true&rows=true").text
                let keys = try JSONDecoder().decode(ListedKeys.self, from: Data(truth.utf8)).keys
                #expect(keys == body)
                state.append(truth)
            }
            return state
        }
        let (first, teller) = AsyncStream.makeStream(of: (lines: String, state: [String]).self)
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let lines = try await fixture.control(.post, "mutate?seed=7&count=60").text
            #expect(lines.split(separator: "\n").count == 60)
            for word in [
                "\"delete\":true", "\"delete\":false", "\"add\":true", "\"number\":", "\"date\":", "\"mark\":",
            ] {
                #expect(lines.contains(word), "\(word)")
            }
            teller.yield((lines, try await state(fixture)))
            teller.finish()
        }
        var made = first.makeAsyncIterator()
        let one = try #require(await made.next())
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let other = try await fixture.control(.post, "mutate?seed=8&count=5").text
            #expect(!one.lines.hasPrefix(other))
            try await fixture.control(.post, "edit/clear")
            for line in one.lines.split(separator: "\n") { try await fixture.control(.post, "edit", String(line)) }
            let replayed = try await state(fixture)
            #expect(replayed.map(withoutInstants) == one.state.map(withoutInstants))
        }
    }

    /// A truth without the instants at which rows were changed.
    private func withoutInstants(_ truth: String) -> String {
        truth.replacing(#/"DateModifiedUtc":"[^"]*"/#, with: "")
    }

    @Test("The truth of a row has its values, also those of changed lines, and its lines counted and added up")
    func rowTruth() async throws {
        struct Lines: Decodable {
            var count: Int
            var sums: [String: String]
        }
        struct Row: Decodable {
            var key: String
            var isDraft: Bool
            var day: String?
            var fields: [String: String]
            var lines: [String: Lines]
            enum CodingKeys: String, CodingKey {
                case key, day, fields, lines
                case isDraft = "is_draft"
            }
        }
        struct Rows: Decodable { var rows: [Row] }
        try await SandboxFixture.run { (fixture: SandboxFixture) async throws in
            let key = try #require(
                try await listed(fixture, "purchaseorder.api/list?\(always)", "PurchaseOrders/PurchaseOrder/ID").first)
            try await fixture.control(
                .post, "edit",
                #"{"entity":"purchase_order","key":"\#(key)","set":{"Costs/Cost[1]/Amount":"7.5","Description":"<a> & b"}}"#
            )
            let text = try await fixture.control(.get, "truth/purchase_order?rows=true").text
            let row = try #require(
                try JSONDecoder().decode(Rows.self, from: Data(text.utf8)).rows.first { $0.key == key })
            let body = try await fixture.body("/purchaseorder.api/get/\(key)")
            #expect(row.fields["Description"] == "<a> & b" && !row.isDraft)
            for path in ["ID", "State", "Date", "Amount", "Job/ID", "Supplier/UUID"] {
                #expect(body.all("PurchaseOrder/\(path)") == [row.fields[path] ?? ""], "\(path)")
            }
            #expect(row.day.map { body.all("PurchaseOrder/Date") == ["\($0)T00:00:00"] } == true)
            let lines = try #require(row.lines["purchase_order_cost"])
            #expect(lines.count == body["PurchaseOrder/Costs/Cost"])
            #expect(Decimal(string: lines.sums["amount"] ?? "") == body.sum("PurchaseOrder/Costs/Cost/Amount"))
            #expect(row.fields["Costs/Cost/Amount"] == nil)
        }
    }

    @Test("A tiny organisation has a few dozen rows over more than a year")
    func tiny() async throws {
        var configuration = SandboxConfiguration.tiny()
        configuration.today = LocalDay(year: 2026, month: 11, day: 21)
        try await SandboxFixture.run(configuration) { (fixture: SandboxFixture) async throws in
            for (list, path) in [("time", "Times/Time"), ("invoice", "Invoices/Invoice"), ("quote", "Quotes/Quote")] {
                let count = try await fixture.body("/\(list).api/list?\(always)")[path]
                #expect((1...150).contains(count), "\(list): \(count)")
            }
            #expect(try await fixture.control(.get, "first-day").text.contains("2025-"))
        }
    }
}
