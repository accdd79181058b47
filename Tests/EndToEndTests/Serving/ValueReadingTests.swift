import Foundation
@testable import Inflow
import Postgres
import Sandbox
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

@Suite("Values in order of worth, and in the background", .database(.warehouse), .timeLimit(.minutes(5)))
struct ValueReadingTests {
    private static let complete = """
        select entity || ' ' || report.is_complete(1, entity, $1::date, $1::date)::text from inflow.value_state
        where entity in ('job_cost', 'job_custom_field', 'timesheet_custom_field') order by 1
        """

    /// Runs `body` on a small organisation whose settings are as a new connection has them, but for a few.
    private func run(
        _ settings: (inout ConnectionSettings) -> Void = { _ in }, _ body: (InflowFixture) async throws -> Void
    ) async throws {
        try await InflowFixture.run(RunningSandbox.small { $0.scale = 0.02 }) { fixture in
            var fixture = fixture
            fixture.connection.settings.perParentPercent = 60
            fixture.connection.settings.perParentCalls = 1_000
            fixture.connection.settings.perParentSyncCalls = 20
            fixture.connection.settings.values = ValueKind.usual
            settings(&fixture.connection.settings)
            try await ConnectionStore(fixture.warehouse).update(fixture.connection)
            try await body(fixture)
        }
    }

    private struct Status: Decodable {
        struct Values: Decodable {
            struct Kind: Decodable {
                var entity: String
                var read, complete: Bool
                var records, toBeAsked, proven: Int
            }
            var served: Bool
            var toBeAsked: Int
            var kinds: [Kind]
        }
        struct Entity: Decodable {
            var entity: String
            var status: String?
        }
        var values: Values
        var entities: [Entity]
    }

    private func status(_ fixture: InflowFixture) async throws -> Status {
        try await fixture.inflow("status", "acme", "--json").json(Status.self)
    }

    @Test("A Sync All is green for the lists, and says of values which are partial, how far and what follows")
    func partial() async throws {
        try await run { fixture in
            let sync = try await fixture.inflow("sync", "acme")
            #expect(sync.code == 0 && sync.output.contains("values are partial"), "\(sync)")
            #expect(!sync.output.contains("everything read"), "\(sync)")
            #expect(sync.error.contains("Values: ") && sync.error.contains("inflow serve"), "\(sync)")
            let parts = InflowFixture.rows(
                try await fixture.query(
                    "select entity, status from inflow.entity_run where entity in ('job', 'job_cost', 'lead_custom_field', "
                        + "'timesheet_custom_field') order by 1"))
            #expect(parts == ["job | green", "job_cost | partial", "lead_custom_field | partial"])
            let status = try await status(fixture)
            #expect(!status.values.served && status.values.toBeAsked > 0)
            #expect(status.values.kinds.map(\.entity).prefix(3) == ["invoice_payment", "job_cost", "job_custom_field"])
            #expect(status.entities.first { $0.entity == "job_cost" }?.status == "partial")
            let time = status.values.kinds.first { $0.entity == "timesheet_custom_field" }
            #expect(time?.read == false && time?.complete == false)
            #expect(status.entities.first { $0.entity == "timesheet_custom_field" }?.status == nil)
            let text = try await fixture.inflow("status", "acme")
            #expect(text.output.contains("job costs") && text.output.contains("complete in about"), "\(text)")
            #expect(text.output.contains("not read (by choice)"), "\(text)")
            #expect(try await fixture.inflow("status").output.contains("partial"))
        }
    }

    @Test(
        "Invoices that say that nothing is paid get no call, and all the same their payments are known to be complete")
    func unpaid() async throws {
        try await run({
            $0.values = [.payments]; $0.perParentSyncCalls = 1_000_000
        }) { fixture in
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let paid = try await fixture.query("select number from wfm.invoice where amount_paid <> 0").texts("number")
            let log = try await fixture.sandbox.log().map(\.target).filter { $0.contains("/payments/") }
            let asked = Set(log.map { $0.split(separator: "/").last.map(String.init) ?? "" })
            #expect(asked == Set(paid) && log.count == asked.count)
            #expect(try await fixture.count("wfm.invoice where amount_paid = 0") > 0)
            let kind = try #require(try await status(fixture).values.kinds.first)
            #expect(kind.complete && kind.proven == kind.records && kind.records > paid.count)
            let payments = "select report.is_complete(1, 'invoice_payment', $1::date, $1::date)"
            let day = InflowFixture.today.startOfMonth.adding(days: -20).description
            let isComplete = try await fixture.query(payments, [.text(day)])[0][0].string
            let isInvoice = try await fixture.query(
                payments.replacing("invoice_payment", with: "invoice"), [.text(day)])[0][0].string
            #expect(isComplete == isInvoice)
            #expect(try await fixture.query(payments, [.text("1999-01-01")])[0][0].string == "f")
        }
    }

    @Test("A daemon reads the rest in the background, and what Inflow does not read is never called complete")
    func background() async throws {
        try await run { fixture in
            let daemon = try fixture.serve()
            #expect(await daemon.error.contains("Serving"))
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            try await eventually("the daemon has read all values", within: .seconds(120)) {
                try await fixture.number(
                    "select count(*) from inflow.value_state where is_read and waiting = 0") == ValueKind.usual.count
            }
            #expect(
                InflowFixture.rows(
                    try await fixture.query(
                        Self.complete, [.text(InflowFixture.today.startOfMonth.adding(days: -40).description)]))
                    == ["job_cost true", "job_custom_field true", "timesheet_custom_field false"])
            try await fixture.expectTruth(try InflowFixture.entity("job_cost"))
            let status = try await status(fixture)
            #expect(status.values.served && status.values.toBeAsked == 0)
            #expect(status.entities.first { $0.entity == "job_cost" }?.status == "green")
            daemon.interrupt()
            #expect(await daemon.ending().code == 0)
        }
    }

    @Test("A reading in the background that gives way ends well, and what it did not begin stays due")
    func givesWay() async throws {
        try await run { fixture in
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let report = try await fixture.readValues(isStopping: { true })
            #expect(report.outcome == .green && report.traffic.calls == 0)
            #expect(report.entities.first { $0.entity == "job_cost" }?.status == .partial)
            let rest = try await fixture.readValues(isStopping: { false })
            #expect(rest.outcome == .green && rest.traffic.calls > 0)
            #expect(rest.entities.allSatisfy { $0.status == .green }, "\(rest.entities.map(\.note))")
        }
    }

    @Test("A run of a person has its turn while it holds the lock, and as soon as it waits in the queue")
    func turn() async throws {
        try await run { fixture in
            func isTaken() async throws -> Bool {
                try await RunTurn.of(fixture.connection, in: fixture.warehouse).isTaken
            }
            #expect(try await !isTaken())
            for (purpose, isTheirs) in [(RunLock.Purpose.run, true), (.values, false), (.backfill, false)] {
                let lock = try await RunLock.take(fixture.warehouse, for: fixture.connection, purpose) { _ in }
                #expect(try await isTaken() == isTheirs, "\(purpose)")
                await lock.release()
            }
            try await eventually("the locks are free") { try await !isTaken() }
            _ = try await RunQueue(fixture.warehouse).ask(
                SyncRequest(.syncAll, askedAt: Date()), of: fixture.connection)
            #expect(try await isTaken())
        }
    }

    @Test("Plans tell what a run costs: seeding reads lists alone, and reconciling has a plan")
    func plans() async throws {
        try await run { fixture in
            struct Plan: Decodable {
                var calls, moreValueCalls: Int
                var values: Status.Values
            }
            func plan(_ arguments: String...) async throws -> Plan {
                let ending = try await fixture.start(arguments).ending()
                #expect(ending.code == 0, "\(ending)")
                return try ending.json(Plan.self)
            }
            #expect(try await plan("sync", "acme", "--plan", "--json").moreValueCalls == 20)
            let seed = try await plan("seed", "acme", "--plan", "--json")
            #expect(seed.moreValueCalls == 0)
            #expect(try await fixture.inflow("seed", "acme").code == 0)
            let made = try await fixture.sandbox.log().map(\.target).filter { $0.contains(".api/") }
            let groups = try await fixture.count("wfm.client_group")
            #expect(made.count <= seed.calls + groups + 2, "\(made)")
            #expect(try await fixture.inflow("sync", "acme").code == 0)
            let before = try await fixture.sandbox.log().count
            let reconcile = try await plan("reconcile", "acme", "--plan", "--json")
            #expect(reconcile.calls > 5 && reconcile.values.toBeAsked > 0)
            #expect(try await fixture.sandbox.log().count == before, "a plan asks the platform nothing")
        }
    }
}
