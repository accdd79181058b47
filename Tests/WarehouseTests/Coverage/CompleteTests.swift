import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

/// What counts as complete: `report.is_complete`, `report.complete_to` and what they are made of.
@Suite("Complete", .platform)
struct CompleteTests {
    /// Notes that a month of invoices was read at a moment, by an answer without faults.
    private func read(_ fixture: LoaderFixture, _ month: String, at moment: String) async throws {
        try await fixture.rows(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at)
            values ($1, 'invoice', $2::date, $3::timestamptz)
            on conflict (connection_id, entity, month) do update set verified_at = excluded.verified_at
            """, .int64(fixture.connection.id), .text(month), .text(moment))
    }

    private func isComplete(_ fixture: LoaderFixture, _ from: String, _ to: String) async throws -> Bool {
        try await fixture.rows(
            "select report.is_complete($1, 'invoice', $2::date, $3::date)", .int64(fixture.connection.id), .text(from),
            .text(to)) == ["t"]
    }

    private func completeTo(_ fixture: LoaderFixture, from: String? = nil) async throws -> String? {
        try await fixture.rows(
            "select report.complete_to($1, 'invoice', $2::date)", .int64(fixture.connection.id),
            from.map { .text($0) } ?? .null
        ).first
    }

    @Test("10.D14 a month is complete by a reading sent after its end and a day, not by an earlier one")
    func afterItsEnd() async throws {
        let fixture = try await LoaderFixture()
        for (moment, day, isWhole) in [
            ("2025-03-20 08:00Z", "2025-03-18", false), ("2025-04-01 23:59Z", "2025-03-30", false),
            ("2025-04-02 00:00Z", "2025-03-31", true), ("2025-02-27 08:00Z", "∅", false),
        ] {
            try await read(fixture, "2025-03-01", at: moment)
            #expect(try await isComplete(fixture, "2025-03-01", "2025-03-31") == isWhole, "\(moment)")
            #expect(try await completeTo(fixture) == day, "\(moment)")
        }
    }

    @Test("12.4 a connection or an entity that does not exist is an error, and not data that is not complete")
    func unknown() async throws {
        let fixture = try await LoaderFixture()
        try await read(fixture, "2025-03-01", at: "2025-05-01 08:00Z")
        let id = fixture.connection.id
        for (call, words) in [
            ("is_complete('Acme', 'invoice', '2025-03-01', '2025-03-31')", nil),
            ("is_complete('Acme', 'quote', '2025-03-01', '2025-03-31')", nil),
            ("is_complete('acme', 'invoice', '2025-03-01', '2025-03-31')", "There is no connection \"acme\""),
            ("is_complete('Acme', 'invoices', '2025-03-01', '2025-03-31')", "There is no entity \"invoices\""),
            ("is_complete('Acme', 'invoice_task', '2025-03-01', '2025-03-31')", "There is no entity \"invoice_task\""),
            ("is_complete(\(id), null, '2025-03-01', '2025-03-31')", "There is no entity"),
            ("is_complete(\(id + 99), 'invoice', '2025-03-01', '2025-03-31')", "There is no connection number"),
            ("complete_to('Nobody', 'invoice')", "There is no connection \"Nobody\""),
            ("complete_to('Acme', 'Invoice')", "There is no entity \"Invoice\""),
        ] as [(String, String?)] {
            do {
                let rows = try await fixture.rows("select report.\(call)")
                #expect(words == nil, "\(call) gave \(rows)")
            } catch let error as PostgresError {
                #expect(error.sqlState == "22023" && error.detail?.contains(words ?? "no error") == true, "\(call)")
            }
        }
    }

    @Test("10.D14 the current month is complete to a day, and a span up to that day is complete")
    func toADay() async throws {
        let fixture = try await LoaderFixture()
        try await read(fixture, "2025-02-01", at: "2025-03-10 08:00Z")
        try await read(fixture, "2025-03-01", at: "2025-03-20 08:00Z")
        try await read(fixture, "2025-04-01", at: "2025-03-20 08:00Z")
        #expect(try await isComplete(fixture, "2025-02-15", "2025-03-18"))
        #expect(try await !isComplete(fixture, "2025-02-15", "2025-03-19"))
        #expect(try await completeTo(fixture) == "2025-03-18")
        #expect(try await completeTo(fixture, from: "2025-03-05") == "2025-03-18")
        #expect(try await completeTo(fixture, from: "2025-03-19") == "∅")
        #expect(try await completeTo(fixture, from: "2025-01-15") == "∅", "January was never read")
    }

    @Test("10.D14 a month read before its end, with no month read after it, begins no span where later ones were read")
    func loneMonth() async throws {
        let fixture = try await LoaderFixture()
        func from() async throws -> String? {
            try await fixture.rows(
                "select complete_from || ' to ' || coalesce(complete_to::text, '') from report.data_freshness "
                    + "where entity = 'invoice'"
            ).first
        }
        try await read(fixture, "2024-11-01", at: "2024-11-10 08:00Z")
        #expect(try await completeTo(fixture) == "2024-11-08", "it is all there is")
        // A month far ahead, as leave that is booked: nothing can be said of it, and the current month counts.
        try await read(fixture, "2025-12-01", at: "2024-11-10 08:00Z")
        #expect(try await completeTo(fixture) == "2024-11-08")
        for month in ["2025-02-01", "2025-03-01"] { try await read(fixture, month, at: "2025-06-01 08:00Z") }
        #expect(try await completeTo(fixture) == "2025-03-31")
        #expect(try await from() == "2025-02-01 to 2025-03-31")
        #expect(try await completeTo(fixture, from: "2024-11-01") == "2024-11-08", "whoever names the month gets it")
        // With the month after it read, there is a gap in what is covered.
        try await read(fixture, "2024-12-01", at: "2025-06-01 08:00Z")
        #expect(try await completeTo(fixture) == "2024-11-08")
        #expect(try await from() == "2024-11-01 to 2024-11-08")
        // One that was read whole begins the span, alone or not; one whose last reading failed, too.
        try await fixture.rows("delete from inflow.coverage where month = '2024-12-01'")
        try await read(fixture, "2024-11-01", at: "2025-06-01 08:00Z")
        #expect(try await completeTo(fixture) == "2024-11-30")
        try await fixture.rows("update inflow.coverage set failed_at = '2025-06-02' where month = '2024-11-01'")
        #expect(try await completeTo(fixture) == "∅")
        #expect(try await from() == "2024-11-01 to ")
    }

    @Test("10.D14 the month ends in the connection's zone, and late-entry-days are the connection's")
    func zoneAndSetting() async throws {
        let fixture = try await LoaderFixture()
        try await read(fixture, "2025-03-01", at: "2025-04-01 12:00Z")
        #expect(try await !isComplete(fixture, "2025-03-01", "2025-03-31"))
        try await fixture.rows("update inflow.connection set time_zone = 'Pacific/Auckland'")
        #expect(try await isComplete(fixture, "2025-03-01", "2025-03-31"), "there it is 2 April, one o'clock")
        try await fixture.rows("update inflow.connection set late_entry_days = 3")
        #expect(try await completeTo(fixture) == "2025-03-29")
    }

    @Test(
        "10.D15 a span is not complete while a record of it is missing, held, rejected or without its lines",
        arguments: [
            """
            insert into inflow.missing (connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at)
            values ($1, 'invoice', 'k', 'missing', $2::date, 'c', 1, 1, now())
            """,
            """
            insert into inflow.missing (connection_id, entity, key, status, dated_on, chunk, run_id, first_run_id, asked_at)
            values ($1, 'invoice', 'k', 'held', $2::date, 'c', 1, 1, now())
            """,
            """
            insert into inflow.rejection (
                connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason, dated_on)
            values ($1, 1, 1, 'invoice', 'c', 'k', 't', 'c', '', 'missing', $2::date)
            """,
            """
            insert into inflow.header_only (connection_id, entity, key, dated_on, asked_at, run_id)
            values ($1, 'invoice', 'k', $2::date, now(), 1)
            """,
        ])
    func gaps(statement: String) async throws {
        let fixture = try await LoaderFixture()
        for month in ["2025-01-01", "2025-02-01", "2025-03-01"] {
            try await read(fixture, month, at: "2025-06-01 08:00Z")
        }
        #expect(try await isComplete(fixture, "2025-01-01", "2025-03-31"))
        try await fixture.rows(statement, .int64(fixture.connection.id), .text("2025-02-10"))
        #expect(try await !isComplete(fixture, "2025-01-01", "2025-03-31"))
        #expect(try await isComplete(fixture, "2025-01-01", "2025-02-09"), "the days before are complete")
        #expect(try await isComplete(fixture, "2025-02-11", "2025-03-31"), "and those after")
        #expect(try await completeTo(fixture) == "2025-02-09")
        #expect(
            try await fixture.rows("select status, complete_to_on from report.coverage order by month_on") == [
                "old | 2025-01-31", "partial | 2025-02-09", "old | 2025-03-31",
            ])
    }

    @Test("10.D18 a rejected record without a readable date keeps its span, or every month, from being complete")
    func undated() async throws {
        let fixture = try await LoaderFixture()
        for month in ["2025-01-01", "2025-02-01", "2025-03-01"] {
            try await read(fixture, month, at: "2025-06-01 08:00Z")
        }
        func reject(_ key: String, from: String?, until: String?) async throws {
            try await fixture.rows(
                """
                insert into inflow.rejection (
                    connection_id, run_id, last_run_id, entity, chunk, key, table_name, column_name, raw, reason,
                    span_from, span_until)
                values ($1, 1, 1, 'invoice', 'c', $2, 't', 'c', '', 'missing', $3::date, $4::date)
                """, .int64(fixture.connection.id), .text(key), from.map { .text($0) } ?? .null,
                until.map { .text($0) } ?? .null)
        }
        try await reject("of February and March", from: "2025-02-01", until: "2025-04-01")
        #expect(try await isComplete(fixture, "2025-01-01", "2025-01-31"))
        #expect(try await !isComplete(fixture, "2025-02-01", "2025-02-28"))
        #expect(try await !isComplete(fixture, "2025-03-31", "2025-03-31"))
        // February is read again, and no longer holds the record.
        try await read(fixture, "2025-02-01", at: "\(Date().addingTimeInterval(60).formatted(.iso8601))")
        #expect(try await isComplete(fixture, "2025-02-01", "2025-02-28"))
        #expect(try await !isComplete(fixture, "2025-03-31", "2025-03-31"))
        try await reject("of a list that says no day", from: nil, until: nil)
        #expect(try await !isComplete(fixture, "2025-01-01", "2025-01-31"))
        #expect(try await completeTo(fixture) == "∅")
    }
}
