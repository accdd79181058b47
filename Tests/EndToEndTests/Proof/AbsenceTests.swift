import Foundation
import Inflow
import Postgres
import Sync
import TestSupport
import Testing
import Warehouse

@Suite("10.A2 to A4 What else proves that a record is gone", .database(.warehouse), .timeLimit(.minutes(5)))
struct AbsenceTests {
    private static var month: Window? { Window(month: InflowFixture.today.startOfMonth.adding(months: -2)) }

    private func marked(_ fixture: InflowFixture, _ table: String) async throws -> Set<String> {
        let rows = try await fixture.query("select uuid from \(table) where deleted_at is not null")
        return Set(try rows.compactMap { try $0["uuid"].string })
    }

    @Test("10.A2 A list without a read by key proves a row gone on another day only, however often it is read in one")
    func otherDay() async throws {
        try await InflowFixture.run { fixture in
            let plan = try fixture.lists("staff")
            try await fixture.sync(plan)
            let key = try #require(try await fixture.sandbox.truth("staff").keys.first)
            try await fixture.sandbox.delete("staff", key)
            for _ in 1...3 {
                let report = try await fixture.sync(plan)
                #expect(report.outcome == .warnings)
                #expect(try await marked(fixture, "wfm.staff").isEmpty)
            }
            // As if the first of these readings had been made yesterday.
            _ = try await fixture.query(
                "update inflow.missing set first_asked_at = first_asked_at - interval '1 day' returning 1")
            #expect(try await fixture.sync(plan).outcome == .green)
            #expect(try await marked(fixture, "wfm.staff") == [key])
        }
    }

    @Test("10.A2 A second list that is much smaller than the first proves nothing, and counts as the first again")
    func smallerList() async throws {
        try await InflowFixture.run { fixture in
            let plan = try fixture.lists("staff")
            try await fixture.sync(plan)
            let key = try #require(try await fixture.sandbox.truth("staff").keys.first)
            try await fixture.sandbox.delete("staff", key)
            try await fixture.sync(plan)
            // As if the first of the two lists had been read two days ago, and had held many more.
            _ = try await fixture.query(
                """
                update inflow.missing set first_asked_at = first_asked_at - interval '2 days', first_rows_sent = 1000
                returning 1
                """)
            #expect(try await fixture.sync(plan).outcome == .warnings)
            #expect(try await marked(fixture, "wfm.staff").isEmpty)
            #expect(
                try await fixture.number(
                    "select count(*) from inflow.missing where first_asked_at = asked_at and first_rows_sent = rows_sent"
                )
                    == 1)
        }
    }

    @Test("10.A3 A deleted document that the last open lists named is marked by the run that reads its month again")
    func openDocuments() async throws {
        try await InflowFixture.run { fixture in
            let invoice = try InflowFixture.entity("invoice")
            let month = try #require(Self.month)
            let open = try await fixture.sandbox.rows("invoice", in: month, where: { _ in true }).prefix(4).map(\.key)
            for key in open { try await fixture.sandbox.mark("invoice", key, "approved") }
            let sweeps = invoice.sweeps.map { Chunk.sweep($0) }
            try await fixture.sync(
                fixture.plan([RunPlan.Part(entity: invoice, chunks: sweeps + [.span(month)])]))
            let listed = try await fixture.query("select key from inflow.open_document where entity = 'invoice'")
            #expect(Set(try listed.compactMap { try $0["key"].string }).isSuperset(of: open))
            for key in open { try await fixture.sandbox.delete("invoice", key) }
            let report = try await fixture.sync(fixture.plan([RunPlan.Part(entity: invoice, chunks: [.span(month)])]))
            #expect(report.outcome == .green, "\(report.warnings)")
            #expect(try await marked(fixture, "wfm.invoice") == Set(open))
        }
    }

    @Test("10.A3 What has left the open lists and is given neither by key nor by its month is marked in the same run")
    func leftTheLists() async throws {
        try await InflowFixture.run { fixture in
            let invoice = try InflowFixture.entity("invoice")
            let month = try #require(Self.month)
            let open = try await fixture.sandbox.rows("invoice", in: month, where: { _ in true }).prefix(3).map(\.key)
            for key in open { try await fixture.sandbox.mark("invoice", key, "approved") }
            let sweeps = invoice.sweeps.map { Chunk.sweep($0) }
            try await fixture.sync(
                fixture.plan([RunPlan.Part(entity: invoice, chunks: sweeps + [.span(month)])]))
            for key in open { try await fixture.sandbox.delete("invoice", key) }
            let report = try await fixture.sync(fixture.plan([RunPlan.Part(entity: invoice, chunks: sweeps)]))
            #expect(report.outcome == .green, "\(report.warnings)")
            #expect(try await marked(fixture, "wfm.invoice") == Set(open))
        }
    }

    @Test("10.A3 A document without a date that has left the open lists is marked in the same run: no month can tell")
    func leftWithoutADate() async throws {
        try await InflowFixture.run { fixture in
            let lead = try InflowFixture.entity("lead")
            try await fixture.sync(RunPlan.syncAll([lead], fixture.connection.settings, now: Date()))
            let open = try await fixture.query(
                "select key from inflow.open_document where entity = 'lead' order by key"
            ).compactMap { try $0["key"].string }
            let gone = try #require(open.first)
            _ = try await fixture.query(
                "update wfm.lead set issued_on = null where uuid = $1 returning 1", [.text(gone)])
            try await fixture.sandbox.delete("lead", gone)
            let sweeps = lead.sweeps.map { Chunk.sweep($0) }
            let report = try await fixture.sync(fixture.plan([RunPlan.Part(entity: lead, chunks: sweeps)]))
            // Where it was the only open lead, the run warns of empty lists.
            #expect(report.error == nil && report.tally.markedDeleted == 1, "\(report.warnings)")
            #expect(try await marked(fixture, "wfm.lead") == [gone])
        }
    }

    @Test("10.A4 A lead without a date is looked for by its key after each whole reading, once a week")
    func undated() async throws {
        try await InflowFixture.run { fixture in
            let lead = try InflowFixture.entity("lead")
            func sync() async throws -> RunReport {
                try await fixture.sync(
                    RunPlan.syncAll([lead], fixture.connection.settings, now: Date()))
            }
            #expect(try await sync().outcome == .green)
            // What an open list named would be looked for because it left the list.
            let keys = try await fixture.query(
                """
                select uuid from wfm.lead
                where uuid not in (select key from inflow.open_document where entity = 'lead') order by uuid
                """
            ).compactMap { try $0["uuid"].string }
            try #require(keys.count >= 2)
            let (gone, kept) = (keys[0], keys[1])
            _ = try await fixture.query(
                """
                update wfm.lead set issued_on = null, asked_at = asked_at - interval '8 days'
                where uuid = any ($1) returning 1
                """, [.textArray([gone, kept])])
            try await fixture.sandbox.delete("lead", gone)
            let report = try await sync()
            #expect(report.outcome == .green, "\(report.warnings)")
            #expect(try await marked(fixture, "wfm.lead") == [gone])
            #expect(try await fixture.number("select count(*) from inflow.missing") == 0)
        }
    }

    @Test("10.A An answer that leaves all lines out, of many records, takes none of them away, and fails")
    func headersOnly() async throws {
        try await InflowFixture.run { fixture in
            let invoice = try InflowFixture.entity("invoice")
            let month = try #require(Self.month)
            let plan = fixture.plan([RunPlan.Part(entity: invoice, chunks: [.span(month)])])
            try await fixture.sync(plan)
            let lines = try await fixture.count("wfm.invoice_task")
            try #require(lines > 5)
            try await fixture.sandbox.fault("header_only", at: "/invoice.api/list", times: -1)
            let report = try await fixture.sync(plan)
            #expect(report.outcome == .failed)
            #expect(report.error?.contains("holds no line of wfm.invoice_") == true, "\(report.error ?? "")")
            #expect(try await fixture.count("wfm.invoice_task") == lines)
        }
    }
}
