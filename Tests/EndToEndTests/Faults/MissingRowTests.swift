import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import Warehouse

@Suite("Rows that are missing where they were", .database(.warehouse), .timeLimit(.minutes(5)))
struct MissingRowTests {
    /// How many rows of an entity are marked as deleted.
    private func marked(_ fixture: InflowFixture, _ entity: EntityDefinition) async throws -> Int {
        try await fixture.number("select count(*) from \(entity.table) where deleted_at is not null")
    }

    /// Expects that a sync whose answer lacked rows marks none as deleted.
    ///
    /// More than five rows, and all of them, are held for a person. Fewer rows of a list wait until a second answer
    /// lacks them too; fewer documents of a month are asked for by key, and found.
    private func expectNoneMarked(
        _ ending: InflowProcess.Ending, _ entity: EntityDefinition, absent: Int, isEmpty: Bool,
        _ fixture: InflowFixture
    ) async throws {
        try #require(absent > 0)
        #expect(try await marked(fixture, entity) == 0)
        let missing = InflowFixture.rows(
            try await fixture.query(
                "select status, count(*) from inflow.missing where entity = $1 group by 1", [.text(entity.name)]))
        if isEmpty || absent > 5 {
            #expect(ending.code == 2 && ending.error.contains("inflow deletions acme"), "\(ending)")
            #expect(missing == ["held | \(absent)"])
        } else {
            // Nothing but a list of another day can tell of a row that cannot be asked for by key.
            #expect(ending.code == (entity.isDated ? 0 : 2), "\(ending)")
            #expect(missing == (entity.isDated ? [] : ["missing | \(absent)"]))
        }
    }

    @Test(
        "A list that answers a valid empty document deletes nothing",
        arguments: [("task", "/task.api"), ("staff", "/staff.api"), ("client", "/client.api"), ("cost", "/cost.api")])
    func emptyList(name: String, path: String) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(name)
            #expect(try await fixture.inflow("sync", "acme", name).code == 0)
            let rows = try await fixture.count(entity.table)
            try await fixture.sandbox.fault("valid_empty", at: path, times: -1)
            let ending = try await fixture.inflow("sync", "acme", name)
            try await expectNoneMarked(ending, entity, absent: rows, isEmpty: true, fixture)
            #expect(try await fixture.count(entity.table) == rows)
        }
    }

    @Test(
        "A month that answers a valid empty document, or half of its rows, deletes nothing",
        arguments: [("timesheet", "/time.api/list"), ("invoice", "/invoice.api/list")], ["valid_empty", "half_list"])
    func thinMonth(list: (name: String, path: String), kind: String) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(list.name)
            let first = InflowFixture.today.startOfMonth.adding(months: -2)
            let span = ["--from", "\(first)", "--to", "\(first.adding(months: 1).adding(days: -1))"]
            let sync = ["sync", "acme", list.name] + span
            #expect(try await fixture.start(sync).ending().code == 0)
            let rows = try await fixture.count(entity.table)
            try #require(rows > 1)
            try await fixture.sandbox.fault(kind, at: list.path, times: -1)
            let isEmpty = kind == "valid_empty"
            try await expectNoneMarked(
                try await fixture.start(sync).ending(), entity, absent: isEmpty ? rows : rows - rows / 2,
                isEmpty: isEmpty, fixture)
        }
    }

    @Test(
        "A list that lacks half of its records deletes nothing without asking",
        arguments: [("task", "/task.api/list"), ("client", "/client.api/list"), ("staff", "/staff.api/list")])
    func halfList(name: String, path: String) async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity(name)
            #expect(try await fixture.inflow("sync", "acme", name).code == 0)
            let rows = try await fixture.count(entity.table)
            try await fixture.sandbox.fault("half_list", at: path, times: -1)
            let ending = try await fixture.inflow("sync", "acme", name)
            try await expectNoneMarked(ending, entity, absent: rows - rows / 2, isEmpty: false, fixture)
        }
    }

    @Test("An invoice of last year that was paid yesterday is right after one plain Sync All, with its lines")
    func oldInvoicePaid() async throws {
        try await InflowFixture.run { fixture in
            let invoice = try await fixture.sandbox.row("invoice", where: \.isPaidWithTasks)
            let day = InflowFixture.today.adding(months: -12)
            try await fixture.sandbox.mark("invoice", invoice.key, "approved")
            try await fixture.sandbox.move("invoice", invoice.key, to: day)
            let load = try await fixture.inflow("sync", "acme", "invoice", "--from", "\(day)", "--to", "\(day)")
            #expect(load.code == 0, "\(load)")
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            try await fixture.sandbox.mark("invoice", invoice.key, "paid")
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            let row = try await fixture.query(
                """
                select status, amount_paid, amount_including_tax, amount_outstanding, deleted_at,
                    (select count(*) from wfm.invoice_task t where t.invoice_uuid = i.uuid) as lines
                from wfm.invoice i where uuid = $1
                """, [.text(invoice.key)])[0]
            #expect(try row["status"].string == "Paid" && row["deleted_at"].isNull)
            #expect(try row["amount_paid"].decimal == row["amount_including_tax"].decimal)
            #expect(try row["amount_outstanding"].decimal == 0)
            #expect(try row["lines"].int == invoice.lines["invoice_task"]?.count)
        }
    }

    @Test("A paid invoice moved to another month is moved, and never marked as deleted")
    func movedInvoice() async throws {
        try await InflowFixture.run { fixture in
            let month = Window.lastMonth(of: InflowFixture.today)
            let key = try await fixture.sandbox.row("invoice", where: \.isPaidWithTasks).key
            try await fixture.sandbox.move("invoice", key, to: month.from)
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let day = month.from.adding(months: -5)
            try await fixture.sandbox.move("invoice", key, to: day)
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0, "\(sync)")
            let row = try await fixture.query(
                "select issued_on, deleted_at from wfm.invoice where uuid = $1", [.text(key)])[0]
            #expect(try row["issued_on"].string == day.description && row["deleted_at"].isNull)
            #expect(try await marked(fixture, try InflowFixture.entity("invoice")) == 0)
            // One version kept, for the change of the date; none for a deletion.
            let kept = try await fixture.query("select change from inflow.history where key = $1", [.text(key)])
            #expect(try kept.compactMap { try $0["change"].string } == ["updated"])
        }
    }

    @Test("A time entry deleted in a covered month is marked when the month is read again, and live when it is back")
    func deletedTime() async throws {
        try await InflowFixture.run { fixture in
            let first = InflowFixture.today.startOfMonth.adding(months: -3)
            let last = first.adding(months: 1).adding(days: -1)
            let window = try #require(Window(first: first, last: last))
            let sync = ["sync", "acme", "timesheet", "--from", "\(first)", "--to", "\(last)"]
            #expect(try await fixture.start(sync).ending().code == 0)
            let keys = try await fixture.sandbox.truth("timesheet", in: window).keys
            let key = try await fixture.sandbox.row("timesheet", in: window, where: \.isUnbilled).key
            for (isDeleted, expected) in [(true, [key]), (false, [])] {
                try await fixture.sandbox.delete("timesheet", key, isDeleted)
                let ending = try await fixture.start(sync).ending()
                #expect(ending.code == 0, "\(ending)")
                let marked = try await fixture.query("select uuid from wfm.timesheet where deleted_at is not null")
                #expect(try marked.compactMap { try $0["uuid"].string } == expected)
            }
            #expect(try await fixture.count("wfm.timesheet") == keys.count)
        }
    }

    @Test("Many deletions at once are held until a person approves, and then marked; rejected ones stay live")
    func heldAndDecided() async throws {
        try await InflowFixture.run { fixture in
            let entity = try InflowFixture.entity("timesheet")
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let sync = ["sync", "acme", "timesheet", "--from", "\(month.from)", "--to", "\(month.last)"]
            #expect(try await fixture.start(sync).ending().code == 0)
            let keys = try await fixture.sandbox.rows("timesheet", in: month, where: \.isUnbilled).map(\.key)
            let count = max(8, try await fixture.count("wfm.timesheet") / 5)
            try #require(keys.count > count && count <= MissingRows.mostAsked)
            for key in keys.prefix(count) { try await fixture.sandbox.delete("timesheet", key) }
            let held = try await fixture.start(sync).ending()
            #expect(held.code == 2 && held.error.contains("inflow deletions acme"), "\(held)")
            #expect(try await marked(fixture, entity) == 0)
            let one = try #require(keys.first)
            let id = try await fixture.number("select id from inflow.missing where key = '\(one)'")
            let reject = try await fixture.inflow("deletions", "acme", "reject", "\(id)")
            #expect(reject.code == 0, "\(reject)")
            let approve = try await fixture.inflow("deletions", "acme", "approve")
            #expect(approve.code == 0, "\(approve)")
            let gone = try await fixture.query("select uuid from wfm.timesheet where deleted_at is not null")
            #expect(try Set(gone.compactMap { try $0["uuid"].string }) == Set(keys.prefix(count)).subtracting([one]))
            let log = AuditLog(fixture.warehouse)
            #expect(try await log.list(action: .deletionsRejected, limit: 9).map(\.subject) == ["timesheet 1"])
            #expect(
                try await log.list(action: .deletionsApproved, limit: 9).map(\.subject) == ["timesheet \(count - 1)"])
            #expect(try await fixture.start(sync).ending().code == 0, "what is kept is not asked about again")
        }
    }

    @Test("12.4 An approval reads the month again first: rows that the platform lists again are asked for by no call")
    func approvedAndBack() async throws {
        try await InflowFixture.run { fixture in
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let sync = ["sync", "acme", "timesheet", "--from", "\(month.from)", "--to", "\(month.last)"]
            #expect(try await fixture.start(sync).ending().code == 0)
            let rows = try await fixture.count("wfm.timesheet")
            try await fixture.sandbox.fault("half_list", at: "/time.api/list", times: 1)
            #expect(try await fixture.start(sync).ending().code == 2)
            let list = try await fixture.inflow("deletions", "acme", "--limit", "2")
            let months = "\(month.from)".prefix(7)
            let summary = "timesheet: \(rows - rows / 2) rows, \(months), run 2, held: "
            #expect(
                list.output.contains(summary) && list.output.contains("An error at the platform is likelier"), "\(list)"
            )
            let person = try await fixture.query(
                """
                select concat_ws(', ', t.job_number, left(t.staff_name, 40)) as label from inflow.missing m
                join wfm.timesheet t on t.uuid = m.key order by m.dated_on desc nulls last, m.key limit 1
                """)[0].text("label")
            #expect(list.output.contains(person) && list.error.contains("more rows are not shown"), "\(list)")
            let before = try await fixture.sandbox.log().count
            let approve = try await fixture.inflow("deletions", "acme", "approve")
            #expect(approve.code == 0, "\(approve)")
            let calls = try await fixture.sandbox.log().dropFirst(before).map(\.target)
            #expect(
                calls.count == 1 && calls.first?.hasPrefix("/time.api/list") == true, "no row is asked for by its key")
            #expect(try await fixture.number("select count(*) from inflow.missing") == 0)
            #expect(try await fixture.number("select count(*) from wfm.timesheet where deleted_at is null") == rows)
        }
    }

    @Test("Reconcile finds, mends and lists what was edited, added and deleted in covered months")
    func reconciled() async throws {
        struct Document: Decodable {
            struct Difference: Decodable { var entity, key, change: String }
            var differences: [Difference]
        }
        try await InflowFixture.run { fixture in
            let month = try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -2)))
            let sync = ["sync", "acme", "timesheet", "--from", "\(month.from)", "--to", "\(month.last)"]
            #expect(try await fixture.start(sync).ending().code == 0)
            let keys = try await fixture.sandbox.rows("timesheet", in: month, where: \.isUnbilled).map(\.key)
            try #require(keys.count > 3)
            try await fixture.sandbox.delete("timesheet", keys[0])
            try await fixture.sandbox.edit("timesheet", keys[1], "Minutes", "7")
            let ending = try await fixture.inflow("reconcile", "acme", "--json")
            #expect(ending.code == 0, "\(ending)")
            let found = try ending.json(Document.self).differences.map { "\($0.entity) \($0.key) \($0.change)" }
            #expect(Set(found) == ["timesheet \(keys[0]) marked_deleted", "timesheet \(keys[1]) updated"])
            let again = try await fixture.inflow("reconcile", "acme", "--json")
            #expect(try again.json(Document.self).differences.isEmpty)
        }
    }

    @Test("A plan says what would be read and why, and asks nothing of the platform")
    func planned() async throws {
        try await InflowFixture.run { fixture in
            let ending = try await fixture.inflow("sync", "acme", "--plan")
            #expect(ending.code == 0, "\(ending)")
            for words in [
                "open documents of any age", "the year ahead", "the whole list, due after", "the whole list",
            ] {
                #expect(ending.output.contains(words), "\(words)")
            }
            #expect(try await fixture.sandbox.calls("/invoice.api/list") == 0)
            #expect(try await fixture.number("select count(*) from inflow.run") == 0)
        }
    }
}
