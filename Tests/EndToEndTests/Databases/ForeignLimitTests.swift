import Inflow
import Postgres
import Sync
import TestSupport
import Testing
import Warehouse
import WorkflowMax

/// Time limits of the role or the database, and people who cancel statements.
@Suite("Limits that are not Inflow's", .timeLimit(.minutes(5)))
struct ForeignLimitTests {
    /// Each of them would end a session, a transaction or a statement of a run within milliseconds.
    private static let limits = [
        "statement_timeout = '40ms'", "lock_timeout = '1ms'", "idle_in_transaction_session_timeout = '1ms'",
        "idle_session_timeout = '200ms'", "default_transaction_isolation = 'serializable'", "datestyle = 'German'",
    ]

    @Test(
        "No limit of the role ends a statement, a transaction or a session of a run; doctor notes them",
        .database(.warehouse))
    func limitsOfTheRole() async throws {
        try await InflowFixture.run { fixture in
            try await limit(fixture)
            // Each merge into this table takes longer than the limit for statements.
            try await onInsert(fixture, into: "wfm.staff", "perform pg_sleep(0.2)")
            let sync = try await fixture.inflow("sync", "acme", "staff", "client", "task")
            #expect(sync.code == 0, "\(sync)")
            #expect(try await statuses(fixture) == ["green"])
            #expect(try await fixture.number("select max(tries) from inflow.chunk") == 1)
            let doctor = try await fixture.inflow("doctor")
            #expect(doctor.code == 0, "\(doctor)")
            #expect(doctor.output.contains("note   statement_timeout is 40 ms"), "\(doctor)")
            #expect(doctor.output.contains("note   idle_session_timeout is 200 ms"), "\(doctor)")
        }
    }

    @Test("A database with such limits is migrated", .database)
    func migration() async throws {
        try await InflowFixture.run(connects: false) { fixture in
            try await limit(fixture)
            let migrate = try await fixture.inflow("migrate")
            #expect(migrate.code == 0, "\(migrate)")
        }
    }

    @Test("A chunk whose statement somebody cancels is loaded again: the run is green", .database(.warehouse))
    func cancelledOnce() async throws {
        try await InflowFixture.run { fixture in
            _ = try await fixture.query("create sequence inflow.test_cancelled")
            try await onInsert(
                fixture, into: "wfm.staff",
                "if nextval('inflow.test_cancelled') = 1 then raise exception using errcode = '57014'; end if")
            let report = try await fixture.sync(try fixture.lists("staff", "task"))
            #expect(report.outcome == .green, "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "staff").int("tries") == 2)
        }
    }

    @Test(
        "Statements that are cancelled each time fail the run, with an incident and no rejected record",
        .database(.warehouse),
        arguments: ["57014", "57P05", "25P03", "25P04"])
    func cancelledAlways(sqlState: String) async throws {
        try await InflowFixture.run { fixture in
            try await onInsert(fixture, into: "wfm.staff", "raise exception using errcode = '\(sqlState)'")
            let report = try await fixture.sync(try fixture.lists("staff", "task"))
            #expect(report.outcome == .failed && report.outcome.exitCode == 1, "\(report.error ?? "")")
            #expect(try await fixture.chunk(report, "staff").int("tries") == 6)
            #expect(try await fixture.count("inflow.rejection") == 0)
            #expect(try await fixture.count("wfm.task") > 0, "the other entity is read")
            // A run of a person's, of all that is planned: only such a run is an incident.
            let all = RunPlan(
                trigger: .manual, scope: "Sync All", parts: try fixture.lists("staff").parts,
                known: WorkflowMax.entities)
            #expect(try await fixture.sync(all).outcome == .failed)
            let review = try await Incidents(fixture.warehouse, fixture.connection).review(
                entities: WorkflowMax.entities.map(\.name))
            #expect(review.opened.map(\.kind).contains(.runFailed), "\(review)")
        }
    }

    /// Sets the limits for every session of the test's database.
    private func limit(_ fixture: InflowFixture) async throws {
        let name = PostgresConnection.quoted(try TestDatabase.current.name)
        for limit in Self.limits {
            _ = try await fixture.query("alter role current_user in database \(name) set \(limit)")
        }
    }

    /// Runs PL/pgSQL before each insert into a table.
    private func onInsert(_ fixture: InflowFixture, into table: String, _ body: String) async throws {
        _ = try await fixture.query(
            """
            create function inflow.test_on_insert() returns trigger language plpgsql as $$
            begin
                \(body);
                return null;
            end $$
            """)
        _ = try await fixture.query(
            "create trigger test_on_insert after insert on \(table) for each statement execute function inflow.test_on_insert()"
        )
    }

    private func statuses(_ fixture: InflowFixture) async throws -> [String] {
        InflowFixture.rows(try await fixture.query("select status from inflow.run order by id"))
    }
}
