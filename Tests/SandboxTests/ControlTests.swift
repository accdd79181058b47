import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Sandbox

/// What the truth tells, as far as these tests look.
private struct Told: Decodable {
    var count: Int
    var children: [String: Int]
    var keys: [String]
}

/// The truth about an entity, drafts included.
private func told(_ play: Play, _ entity: String, _ more: String = "") async throws -> Told {
    let response = try await play.control(.get, "truth/\(entity)?keys=true&drafts=with\(more)")
    return try JSONDecoder().decode(Told.self, from: Data(response.body.readableBytesView))
}

/// Keys at a path of a list.
private func keys(_ play: Play, _ list: String, _ path: String) async throws -> [String] {
    try await play.body("/\(list)").all(path)
}

// MARK: states

@Test("An open invoice marked paid owes nothing, leaves the open list, and stays in the dated one")
func pay() async throws {
    try await Play.run { (play: Play) async throws in
        let current = try await play.body("/invoice.api/current")
        let key = try #require(current.all("Invoices/Invoice/UUID").first)
        let total = try #require(current.all("Invoices/Invoice/AmountIncludingTax").first)
        try await play.control(.post, "edit", #"{"entity":"invoice","key":"\#(key)","mark":"paid"}"#)
        #expect(try await !keys(play, "invoice.api/current", "Invoices/Invoice/UUID").contains(key))
        let body = try await play.body("/invoice.api/get/\(key)")
        #expect(body.all("Invoice/Status") == ["Paid"])
        #expect(body.all("Invoice/AmountPaid") == [total] && body.all("Invoice/AmountOutstanding") == ["0.0000"])
        #expect(try await keys(play, "invoice.api/list?\(always)", "Invoices/Invoice/UUID").contains(key))
        try await play.control(.post, "edit", #"{"entity":"invoice","key":"\#(key)","mark":"approved"}"#)
        #expect(try await keys(play, "invoice.api/current", "Invoices/Invoice/UUID").contains(key))
    }
}

@Test(
    "A draft that is approved goes from the drafts to the open list and the dated one, and back",
    arguments: [
        ("invoice", "invoice", "Invoices/Invoice/UUID", "approved"), ("quote", "quote", "Quotes/Quote/UUID", "issued"),
        ("purchase_order", "purchaseorder", "PurchaseOrders/PurchaseOrder/ID", "issued"),
    ])
func approve(entity: String, list: String, path: String, state: String) async throws {
    try await Play.run { (play: Play) async throws in
        let key = try #require(try await keys(play, "\(list).api/list?\(always)", path).first)
        for (mark, isDraft) in [("draft", true), (state, false)] {
            try await play.control(.post, "edit", #"{"entity":"\#(entity)","key":"\#(key)","mark":"\#(mark)"}"#)
            #expect(try await keys(play, "\(list).api/draft", path).contains(key) == isDraft)
            #expect(try await keys(play, "\(list).api/current", path).contains(key) == !isDraft)
            #expect(try await keys(play, "\(list).api/list?\(always)", path).contains(key) == !isDraft)
        }
    }
}

@Test("A completed job has its day and leaves the open list; opened again it has none and is back")
func complete() async throws {
    try await Play.run { (play: Play) async throws in
        let key = try #require(try await keys(play, "job.api/current", "Jobs/Job/UUID").last)
        try await play.control(.post, "edit", #"{"entity":"job","key":"\#(key)","mark":"completed"}"#)
        #expect(try await play.body("/job.api/get/\(key)").all("Job/CompletedDate") == ["2026-11-21T00:00:00"])
        #expect(try await !keys(play, "job.api/current", "Jobs/Job/UUID").contains(key))
        try await play.control(.post, "edit", #"{"entity":"job","key":"\#(key)","mark":"open"}"#)
        #expect(try await play.body("/job.api/get/\(key)")["Job/CompletedDate"] == 0)
        #expect(try await keys(play, "job.api/current", "Jobs/Job/UUID").contains(key))
    }
}

// MARK: numbers

@Test("A job's new number stands wherever the job is named, and the old one names nothing")
func renumberJob() async throws {
    try await Play.run { (play: Play) async throws in
        let times = try await play.body("/time.api/list?\(always)").all("Times/Time/Job/ID")
        let orders = try await play.body("/purchaseorder.api/list?\(always)").all("PurchaseOrders/PurchaseOrder/Job/ID")
        let invoices = "/invoice.api/list?\(always)&detailed=true"
        let billed = try await play.body(invoices).all("Invoices/Invoice/Jobs/Job/ID")
        let old = try #require(Set(times).intersection(orders).intersection(billed).min())
        let key = try #require(try await play.body("/job.api/get/\(old)").all("Job/UUID").first)
        try await play.control(.post, "edit", #"{"entity":"job","key":"\#(old)","number":"J-NEW"}"#)
        func counts(_ all: [String]) -> [Int] { [all.count { $0 == old }, all.count { $0 == "J-NEW" }] }
        #expect(
            counts(try await play.body("/time.api/list?\(always)").all("Times/Time/Job/ID"))
                == [0, times.count { $0 == old }])
        #expect(
            counts(
                try await play.body("/purchaseorder.api/list?\(always)").all("PurchaseOrders/PurchaseOrder/Job/ID"))
                == [0, orders.count { $0 == old }])
        #expect(
            counts(try await play.body(invoices).all("Invoices/Invoice/Jobs/Job/ID"))
                == [0, billed.count { $0 == old }])
        #expect(try await play.body("/job.api/get/J-NEW").all("Job/UUID") == [key])
        #expect(try await play.get("/job.api/get/\(old)").status == .notFound)
    }
}

@Test("A purchase order with another number is another to whoever knows it by number")
func renumberOrder() async throws {
    try await Play.run { (play: Play) async throws in
        let path = "purchaseorder.api/list?\(always)"
        let old = try #require(try await keys(play, path, "PurchaseOrders/PurchaseOrder/ID").first)
        let answer = try await play.control(
            .post, "edit", #"{"entity":"purchase_order","key":"\#(old)","set":{"ID":"PO777777"}}"#)
        #expect(answer.text.contains(#""keys":["PO777777"]"#))
        let now = try await keys(play, path, "PurchaseOrders/PurchaseOrder/ID")
        #expect(now.contains("PO777777") && !now.contains(old))
        #expect(try await play.get("/purchaseorder.api/get/\(old)").status == .notFound)
        #expect(try await play.control(.get, "truth/purchase_order?keys=true").text.contains(#""PO777777""#))
    }
}

@Test("What has no number is not given one, and an unknown mark is refused")
func refusedEdits() async throws {
    try await Play.run { (play: Play) async throws in
        let key = try #require(try await keys(play, "client.api/list", "Clients/Client/UUID").first)
        for edit in [#""number":"C1""#, #""mark":"paid""#, #""date":"soon""#] {
            let response = try await play.client.execute(
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
    try await Play.run { (play: Play) async throws in
        let before = try await told(play, entity)
        let model = try #require(before.keys.last)
        let answer = try await play.control(
            .post, "edit", #"{"entity":"\#(entity)","add":true,"like":"\#(model)","date":"2019-05-05"}"#)
        let found = try await told(play, entity, "&from=2019-05-05&to=2019-05-05")
        #expect(found.count == 1 && !before.keys.contains(found.keys[0]) && answer.text.contains(found.keys[0]))
        let after = try await told(play, entity)
        #expect(after.count == before.count + 1)
        for (table, count) in found.children { #expect(after.children[table] == (before.children[table] ?? 0) + count) }
        _ = try await play.client.execute(uri: "/sandbox/edit", method: .delete)
        #expect(try await told(play, entity).keys == before.keys)
    }
}

@Test(
    "A new row of a list without dates is in the list, once",
    arguments: ["client", "client_group", "staff", "supplier", "task", "cost", "job_category", "custom_field"])
func addListed(entity: String) async throws {
    try await Play.run { (play: Play) async throws in
        let before = try await told(play, entity).keys
        try await play.control(.post, "edit", #"{"entity":"\#(entity)","add":true}"#)
        let after = try await told(play, entity).keys
        #expect(Set(after).isSuperset(of: before))
        #expect(Set(after).count == after.count && after.count == before.count + 1)
    }
}

// MARK: deletions

@Test("A deleted client or job is gone from every list, also from those of others")
func deletedEverywhere() async throws {
    try await Play.run { (play: Play) async throws in
        let groups = try await keys(play, "clientgroup.api/list", "Groups/Group/UUID")
        let group = try #require(groups.first)
        let path = "clientgroup.api/get/\(group)"
        let member = try #require(try await keys(play, path, "Group/Clients/Client/UUID").first)
        let members = try await play.body("/\(path)")["Group/Clients/Client"]
        try await play.control(.post, "edit", #"{"entity":"client","key":"\#(member)","delete":true}"#)
        #expect(try await play.body("/\(path)")["Group/Clients/Client"] == members - 1)
        #expect(try await play.get("/client.api/get/\(member)").status == .notFound)
        let since = "client.api/list?pagesize=9999&modifiedsince=2000-01-01T00:00:00"
        #expect(try await !keys(play, since, "Clients/Client/UUID").contains(member))

        let job = try #require(try await keys(play, "job.api/current", "Jobs/Job/ID").first)
        let tasks = "job.api/tasks?pagesize=99999"
        #expect(try await keys(play, tasks, "Tasks/Task/Job/ID").contains(job))
        try await play.control(.post, "edit", #"{"entity":"job","key":"\#(job)","delete":true}"#)
        #expect(try await !keys(play, tasks, "Tasks/Task/Job/ID").contains(job))
        for list in ["job.api/current?", "job.api/list?\(always)&modifiedsinceutc=2000-01-01T00:00:00"] {
            #expect(try await !keys(play, "\(list)&pagesize=9999", "Jobs/Job/ID").contains(job))
        }
        try await play.control(.post, "switches", #"{"unknownIsStatusError":true}"#)
        let gone = try await play.get("/job.api/get/\(job)")
        #expect(gone.status == .ok && gone.text.contains("<Status>ERROR</Status>"))
    }
}

// MARK: the clock

@Test("The platform's clock can stand still and be wrong: modified records and the Date header follow it")
func platformClock() async throws {
    try await Play.run(live: true) { (play: Play) async throws in
        _ = try await play.client.execute(uri: "/sandbox/clock?at=2031-03-02T08:15:00&shift=-60", method: .post)
        let response = try await play.get("/staff.api/list")
        #expect(response.headers[values: .date] == ["Sun, 02 Mar 2031 08:14:00 GMT"])
        let key = try #require(try await keys(play, "job.api/current", "Jobs/Job/UUID").first)
        try await play.control(.post, "edit", #"{"entity":"job","key":"\#(key)","set":{"Name":"Later"}}"#)
        #expect(try await play.body("/job.api/get/\(key)").all("Job/DateModifiedUtc") == ["2031-03-02T08:14:00"])
        let list = "job.api/list?\(always)&pagesize=9999&modifiedsinceutc="
        #expect(try await keys(play, "\(list)2031-03-02T00:00:00", "Jobs/Job/UUID") == [key])
        let client = try #require(try await keys(play, "client.api/list", "Clients/Client/UUID").first)
        try await play.control(.post, "edit", #"{"entity":"client","key":"\#(client)","set":{"Name":"Later"}}"#)
        let since = "client.api/list?modifiedsince=2031-03-02T08:13:59"
        #expect(try await keys(play, since, "Clients/Client/UUID") == [client])
        try await play.control(.post, "clock/clear")
        let right = try await play.get("/staff.api/list").headers[values: .date]
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
    @Sendable func state(_ play: Play) async throws -> [String] {
        var state: [String] = []
        for (entity, list, path) in lists {
            let body = try await play.body("/\(list).api/list?\(always)&pagesize=99999").all("\(path)/UUID").sorted()
            let truth = try await play.control(.get, "truth/\(entity)?keys=true&rows=true").text
            let keys = try JSONDecoder().decode(Told.self, from: Data(truth.utf8)).keys
            #expect(keys == body)
            state.append(truth)
        }
        return state
    }
    let (first, teller) = AsyncStream.makeStream(of: (lines: String, state: [String]).self)
    try await Play.run { (play: Play) async throws in
        let lines = try await play.control(.post, "mutate?seed=7&count=60").text
        #expect(lines.split(separator: "\n").count == 60)
        for word in ["\"delete\":true", "\"delete\":false", "\"add\":true", "\"number\":", "\"date\":", "\"mark\":"] {
            #expect(lines.contains(word), "\(word)")
        }
        teller.yield((lines, try await state(play)))
        teller.finish()
    }
    var made = first.makeAsyncIterator()
    let one = try #require(await made.next())
    try await Play.run { (play: Play) async throws in
        let other = try await play.control(.post, "mutate?seed=8&count=5").text
        #expect(!one.lines.hasPrefix(other))
        try await play.control(.post, "edit/clear")
        for line in one.lines.split(separator: "\n") { try await play.control(.post, "edit", String(line)) }
        let replayed = try await state(play)
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
    try await Play.run { (play: Play) async throws in
        let key = try #require(
            try await keys(play, "purchaseorder.api/list?\(always)", "PurchaseOrders/PurchaseOrder/ID").first)
        try await play.control(
            .post, "edit",
            #"{"entity":"purchase_order","key":"\#(key)","set":{"Costs/Cost[1]/Amount":"7.5","Description":"<a> & b"}}"#
        )
        let text = try await play.control(.get, "truth/purchase_order?rows=true").text
        let row = try #require(
            try JSONDecoder().decode(Rows.self, from: Data(text.utf8)).rows.first { $0.key == key })
        let body = try await play.body("/purchaseorder.api/get/\(key)")
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

@Test("A tiny firm has a few dozen rows over more than a year")
func tiny() async throws {
    var configuration = SandboxConfiguration.tiny()
    configuration.today = LocalDay(year: 2026, month: 11, day: 21)
    try await Play.run(configuration) { (play: Play) async throws in
        for (list, path) in [("time", "Times/Time"), ("invoice", "Invoices/Invoice"), ("quote", "Quotes/Quote")] {
            let count = try await play.body("/\(list).api/list?\(always)")[path]
            #expect((1...150).contains(count), "\(list): \(count)")
        }
        #expect(try await play.control(.get, "first-day").text.contains("2025-"))
    }
}
