import Foundation
import Inflow
import Postgres
import Sync
import TestSupport
import Testing
import Warehouse

@Suite("10.B6 and B8 The brake on deletions, and what a braked answer verifies", .database(.warehouse))
struct DeletionBrakeTests {
    private static func month(_ back: Int) throws -> Window {
        try #require(Window(month: InflowFixture.today.startOfMonth.adding(months: -back)))
    }

    private func plan(_ fixture: InflowFixture, _ months: [Window]) throws -> RunPlan {
        let timesheet = try InflowFixture.entity("timesheet")
        return fixture.plan([RunPlan.Part(entity: timesheet, chunks: months.map { .span($0) })])
    }

    /// Takes three entries of each month out of the platform: few for a month.
    private func delete(_ fixture: InflowFixture, _ months: [Window]) async throws -> Int {
        for month in months {
            let keys = try await fixture.sandbox.truth("timesheet", in: month).keys
            try #require(keys.count > 6)
            for key in keys.prefix(3) { try await fixture.sandbox.delete("timesheet", key) }
        }
        return months.count * 3
    }

    private func statuses(_ fixture: InflowFixture) async throws -> [String] {
        InflowFixture.rows(try await fixture.query("select status, count(*) from inflow.missing group by 1 order by 1"))
    }

    private func marked(_ fixture: InflowFixture) async throws -> Int {
        try await fixture.number("select count(*) from wfm.timesheet where deleted_at is not null")
    }

    @Test("10.B6 A few rows of each month are too many for a run: all are held, and none is asked for")
    func run() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            fixture.connection.settings.brakeRunRows = 8
            let months = try (1...3).map { try Self.month($0) }
            try await fixture.sync(try plan(fixture, months))
            let sum = try await delete(fixture, months)
            let report = try await fixture.sync(try plan(fixture, months))
            #expect(report.outcome == .warnings)
            #expect(report.entities[0].held == sum)
            #expect(try await statuses(fixture) == ["held | \(sum)"])
            #expect(try await fixture.number("select count(*) from inflow.chunk where chunk like '%by key%'") == 0)
            // Read again month by month they would be few: what is held stays so.
            for month in months { #expect(try await fixture.sync(try plan(fixture, [month])).outcome == .warnings) }
            #expect(try await statuses(fixture) == ["held | \(sum)"])
            #expect(try await marked(fixture) == 0)
        }
    }

    @Test("10.B6 The brake counts all that is missing, also what is more than a run asks for")
    func moreThanAsked() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            // The brake on one answer lets all of them pass.
            fixture.connection.settings.brakeRows = 1_000
            fixture.connection.settings.brakeRunRows = MissingRows.mostAsked
            let months = try (1...6).map { try Self.month($0) }
            try await fixture.sync(try plan(fixture, months))
            var gone: [String] = []
            for month in months { gone += try await fixture.sandbox.truth("timesheet", in: month).keys.dropFirst() }
            let sum = MissingRows.mostAsked + 1
            try #require(gone.count >= sum)
            for key in gone.prefix(sum) { try await fixture.sandbox.delete("timesheet", key) }
            #expect(try await fixture.sync(try plan(fixture, months)).outcome == .warnings)
            #expect(try await statuses(fixture) == ["held | \(sum)"])
            #expect(try await marked(fixture) == 0)
        }
    }

    @Test("10.B6 Night after night a few rows are too many for a week")
    func week() async throws {
        try await InflowFixture.run { fixture in
            var fixture = fixture
            fixture.connection.settings.brakeWeekRows = 5
            let months = try (1...2).map { try Self.month($0) }
            try await fixture.sync(try plan(fixture, months))
            _ = try await delete(fixture, months)
            #expect(try await fixture.sync(try plan(fixture, [months[0]])).outcome == .green)
            #expect(try await marked(fixture) == 3)
            #expect(try await fixture.sync(try plan(fixture, [months[1]])).outcome == .warnings)
            #expect(try await marked(fixture) == 3)
            #expect(try await statuses(fixture) == ["held | 3"])
            // A week later there is room for them, but a person has been asked.
            _ = try await fixture.query(
                "update inflow.chunk set ended_at = ended_at - interval '8 days' where chunk = 'deletions' returning 1")
            #expect(try await fixture.sync(try plan(fixture, [months[1]])).outcome == .warnings)
            #expect(try await statuses(fixture) == ["held | 3"])
            let missing = MissingRows(fixture.warehouse, fixture.connection)
            _ = try await missing.decide(approving: true, entity: nil, ids: [])
            #expect(try await fixture.sync(try plan(fixture, [months[1]])).outcome == .green)
            #expect(try await marked(fixture) == 6)
        }
    }

    @Test("10.B8 An answer of which rows are held or not settled verifies no month; one whose rows are settled does")
    func verifies() async throws {
        try await InflowFixture.run { fixture in
            let month = try Self.month(2)
            let plan = try plan(fixture, [month])
            func verifiedBy() async throws -> [String] {
                InflowFixture.rows(
                    try await fixture.query("select run_id from inflow.coverage where entity = 'timesheet'"))
            }
            let first = try await fixture.sync(plan)
            #expect(try await verifiedBy() == ["\(first.run)"])
            let keys = try await fixture.sandbox.truth("timesheet", in: month).keys
            try #require(keys.count > 20)
            try await fixture.sandbox.delete("timesheet", keys[0])
            try await fixture.sandbox.fault("generic_error", at: "/time.api/get", times: 1)
            #expect(try await fixture.sync(plan).outcome == .warnings)
            #expect(try await verifiedBy() == ["\(first.run)"], "one row is not settled")
            let settled = try await fixture.sync(plan)
            #expect(settled.outcome == .green)
            #expect(try await verifiedBy() == ["\(settled.run)"])
            for key in keys[1...(keys.count / 5 + 6)] { try await fixture.sandbox.delete("timesheet", key) }
            #expect(try await fixture.sync(plan).outcome == .warnings)
            #expect(try await verifiedBy() == ["\(settled.run)"], "rows are held")
        }
    }

    @Test("10.B8 A list of which a row is missing is verified once the row is settled")
    func list() async throws {
        try await InflowFixture.run { fixture in
            let plan = try fixture.lists("staff")
            func verifiedBy() async throws -> [String] {
                InflowFixture.rows(try await fixture.query("select run_id from inflow.coverage where entity = 'staff'"))
            }
            let first = try await fixture.sync(plan)
            try await fixture.sandbox.delete("staff", try #require(try await fixture.sandbox.truth("staff").keys.first))
            #expect(try await fixture.sync(plan).outcome == .warnings)
            #expect(try await verifiedBy() == ["\(first.run)"])
            _ = try await fixture.query(
                "update inflow.missing set first_asked_at = first_asked_at - interval '1 day' returning 1")
            let settled = try await fixture.sync(plan)
            #expect(try await verifiedBy() == ["\(settled.run)"])
        }
    }
}
