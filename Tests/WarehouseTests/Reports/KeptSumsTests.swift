import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.8 Sums that are kept while loading", .platform)
struct KeptSumsTests {
    /// An organisation in which everything that sums depend on occurs.
    private func filled() async throws -> ReportFixture {
        let acme = try await ReportFixture()
        try await acme.insert(
            "job", "uuid, number, name, created_at", "'j1', 'J1', 'Plan', '2026-01-01'",
            "'j2', 'J2', 'Build', '2026-01-02'",
            "'j3', 'J1', 'Plan again', '2025-01-01'", "'j4', 'J4', 'Alone', '2026-01-01'")
        try await acme.insert(
            "job_task", "job_uuid, uuid, position, name, estimated_minutes", "'j1', 'a', 1, 'Draw', 60",
            "'j2', 'b', 1, 'Build', 90")
        try await acme.insert(
            "invoice",
            "uuid, number, type, status, job_text, issued_on, amount, amount_tax, amount_including_tax, deleted_at",
            "'i1', 'I1', 'Progress Invoice', 'Paid', 'J1', '2026-01-31', 300, 30, 330, null",
            "'i2', 'I2', 'Progress Invoice', 'Cancelled', 'J2', '2026-02-28', 500, 50, 550, null",
            "'i3', 'I3', 'Final Invoice', 'Approved', 'J2', '2026-02-10', 90, 9, 99, null",
            "'i4', 'I4', 'Miscellaneous', 'Paid', 'J4', '2026-02-10', 70, 7, 77, null")
        try await acme.insert(
            "invoice_task",
            "invoice_uuid, uuid, position, job_number, minutes, billable, amount, amount_tax, amount_including_tax",
            "'i1', 'l1', 1, 'J1', 120, true, 200, 20, 220", "'i1', 'l2', 2, 'J1', 0, true, 100, 10, 110",
            "'i2', 'l3', 1, 'J2', 60, true, 500, 50, 550", "'i3', 'l4', 1, 'J2', 0, true, 90, 9, 99")
        try await acme.insert(
            "invoice_cost", "invoice_uuid, position, job_number, amount, amount_tax, amount_including_tax",
            "'i1', 1, 'J1', 40, 4, 44")
        try await acme.insert(
            "job_cost", "job_number, uuid, incurred_on, quantity, unit_cost, unit_price, billable, supplier_uuid",
            "'J1', 'k1', '2026-02-01', 2, 30, 50, true, 's'", "'J2', 'k2', '2026-03-01', 1, 5, 9, true, null")
        try await acme.insert(
            "purchase_order", "number, job_number, issued_on, state, amount, supplier_uuid",
            "'P1', 'J1', '2026-01-01', 'Approved', 100, 's'")
        try await acme.set(
            "staff_rate", "staff_uuid, valid_from, cost_rate, charge_rate", "'s1', '2020-01-01', 50, 100",
            "'s1', '2026-02-15', 60, 120")
        try await acme.set("leave_job", "job_number", "'J9'")
        try await acme.insert(
            "timesheet",
            "uuid, job_number, task_uuid, staff_uuid, staff_name, worked_on, minutes, billable, invoice_task_uuid, deleted_at",
            "'t1', 'J1', 'a', 's1', 'Una', '2026-01-05', 60, true, 'l1', null",
            "'t2', 'J1', 'a', 's1', 'Una', '2026-02-05', 90, true, null, null",
            "'t3', 'J2', 'b', 's1', 'Una', '2026-02-05', 30, true, 'l3', null",
            "'t4', 'J2', 'b', 's2', 'Due', '2026-03-05', 45, false, null, null",
            "'t5', 'J2', 'b', null, 'Tre', '2026-03-06', -15, true, null, null",
            "'t6', 'J9', null, 's2', 'Due', '2026-03-07', 480, false, null, null",
            "'t7', null, 'c', null, null, '2026-03-07', 10, true, null, null",
            "'t8', 'J1', 'a', 's1', 'Una', '2026-01-06', 600, true, null, now()")
        return acme
    }

    private func sums(_ acme: ReportFixture) -> KeptSums { KeptSums(acme.fixture.warehouse, acme.fixture.connection) }

    /// What the views of sums answer, of what is kept and of what is due.
    private func shown(_ acme: ReportFixture) async throws -> [String] {
        try await acme.fixture.rows(
            """
            select 'job ' || to_jsonb(s)::text from inflow.job_sum_now s
            union all select 'day ' || to_jsonb(s)::text from inflow.day_sum_now s
            union all select 'task ' || to_jsonb(e)::text from report.estimate_accuracy e order by 1
            """)
    }

    /// All that is kept and all that is due, of this connection.
    private func state(_ acme: ReportFixture) async throws -> (kept: [String], due: [String]) {
        let kept = try await acme.fixture.rows(
            """
            select s::text from inflow.job_sum s union all select s::text from inflow.task_sum s
            union all select s::text from inflow.day_sum s order by 1
            """)
        let due = try await acme.fixture.rows(
            "select distinct job_number from inflow.job_due union select month_on::text from inflow.month_due order by 1"
        )
        return (kept, due)
    }

    @Test(
        "The first sums of a second connection are computed after PostgreSQL has looked at its rows, later ones are not"
    )
    func firstOfSecond() async throws {
        let (acme, other) = (try await ReportFixture(), try await ReportFixture("Other"))
        // Else PostgreSQL might look at the table of its own accord in the middle of the test.
        try await acme.fixture.rows("alter table wfm.timesheet set (autovacuum_enabled = off)")
        func add(_ count: Int, from first: Int, to organisation: ReportFixture) async throws {
            try await organisation.run(
                """
                insert into wfm.timesheet (
                    connection_id, uuid, job_number, worked_on, minutes, first_run_id, changed_run_id, changed_at, asked_at,
                    content_hash)
                select $1, 't' || n, 'J' || n % 7, '2026-01-05', 60, 1, 1, now(), now(), ''
                from generate_series(\(first), \(first + count - 1)) n
                """)
        }
        /// The rows that PostgreSQL plans for, and whether it knows of the second connection.
        func planned() async throws -> [String] {
            try await other.fixture.rows(
                """
                select c.reltuples::bigint, $1::bigint = any (s.most_common_vals::text::bigint[])
                from pg_class c
                left join pg_stats s on s.schemaname = 'wfm' and s.tablename = 'timesheet' and s.attname = 'connection_id'
                where c.oid = 'wfm.timesheet'::regclass
                """, .int64(other.id))
        }
        try await add(600, from: 1, to: acme)
        try await sums(acme).keep()
        #expect(try await planned() == ["600 | f"])
        try await add(400, from: 1, to: other)
        // What grew by less than half is not looked at otherwise.
        try await GrownTables(acme.fixture.warehouse).analyze()
        #expect(try await planned() == ["600 | f"])
        try await sums(other).keep()
        #expect(try await planned() == ["1000 | t"])
        try await add(50, from: 401, to: other)
        try await sums(other).keep()
        #expect(try await planned() == ["1000 | t"])
    }

    @Test(
        "Whatever is written, a sum that does not hold any more is marked; what is computed then is what the records come to",
        arguments: [
            // Time: new, changed, moved to another job, task, person and day, marked, back, gone.
            "insert into wfm.timesheet select (jsonb_populate_record(t, '{\"uuid\": \"t9\", \"minutes\": 5}')).* "
                + "from wfm.timesheet t where uuid = 't2'",
            "update wfm.timesheet set minutes = minutes + 1 where uuid = 't2'",
            "update wfm.timesheet set billable = not billable where uuid = 't2'",
            "update wfm.timesheet set job_number = 'J2' where uuid = 't2'",
            "update wfm.timesheet set job_number = null where uuid = 't2'",
            "update wfm.timesheet set job_number = 'J1' where uuid = 't7'",
            "update wfm.timesheet set task_uuid = 'z' where uuid = 't2'",
            "update wfm.timesheet set staff_uuid = 's2' where uuid = 't2'",
            "update wfm.timesheet set staff_name = 'Quattro' where uuid = 't5'",
            "update wfm.timesheet set worked_on = '2026-04-01' where uuid = 't2'",
            "update wfm.timesheet set invoice_task_uuid = 'l2' where uuid = 't4'",
            "update wfm.timesheet set invoice_task_uuid = null where uuid = 't1'",
            "update wfm.timesheet set deleted_at = now() where uuid = 't2'",
            "update wfm.timesheet set deleted_at = null where uuid = 't8'",
            "update wfm.timesheet set uuid = 'other', minutes = 7 where uuid = 't2'",
            "delete from wfm.timesheet where uuid = 't2'", "delete from wfm.timesheet where uuid = 't7'",
            "delete from wfm.timesheet", "truncate wfm.timesheet",
            // Invoices: cancelled, approved, gone, dated otherwise, made final, of another amount.
            "update wfm.invoice set status = 'Cancelled' where uuid = 'i1'",
            "update wfm.invoice set status = 'Approved' where uuid = 'i2'",
            "update wfm.invoice set deleted_at = now() where uuid = 'i1'",
            "update wfm.invoice set issued_on = '2026-04-30' where uuid = 'i3'",
            "update wfm.invoice set type = 'Final Invoice' where uuid = 'i1'",
            "update wfm.invoice set amount = amount + 5 where uuid = 'i1'",
            "update wfm.invoice set job_text = 'J1' where uuid = 'i4'",
            "delete from wfm.invoice where uuid = 'i1'", "truncate wfm.invoice",
            "update wfm.invoice_task set amount = amount + 1 where uuid = 'l1'",
            "update wfm.invoice_task set minutes = null where uuid = 'l1'",
            "update wfm.invoice_task set job_number = 'J2' where uuid = 'l1'",
            "update wfm.invoice_task set uuid = 'l9' where uuid = 'l1'",
            "update wfm.invoice_task set invoice_uuid = 'i4' where uuid = 'l3'",
            "insert into wfm.invoice_task (connection_id, invoice_uuid, uuid, position, job_number, amount, minutes) "
                + "select connection_id, 'i4', 'l3', 1, 'J4', 3, 5 from wfm.invoice where uuid = 'i4'",
            "delete from wfm.invoice_task where uuid = 'l3'", "delete from wfm.invoice_task where invoice_uuid = 'i1'",
            "update wfm.invoice_cost set amount = 1", "delete from wfm.invoice_cost",
            // Jobs, costs, orders, settings.
            "update wfm.job set number = 'J5' where uuid = 'j1'",
            "update wfm.job set deleted_at = now() where uuid = 'j1'",
            "update wfm.job set created_at = '2027-01-01' where uuid = 'j3'", "delete from wfm.job where uuid = 'j4'",
            "update wfm.job_cost set unit_price = 3 where uuid = 'k1'", "update wfm.job_cost set job_number = 'J4'",
            "delete from wfm.job_cost", "update wfm.purchase_order set state = 'Draft'",
            "delete from wfm.purchase_order",
            "update setting.staff_rate set charge_rate = 7 where valid_from < '2021-01-01'",
            "delete from setting.staff_rate",
            "insert into setting.leave_job select connection_id, 'J1' from setting.leave_job",
            "delete from setting.leave_job",
        ])
    func marks(change: String) async throws {
        let acme = try await filled()
        try await sums(acme).keep()
        let before = try await state(acme)
        #expect(before.due == [])
        #expect(try await sums(acme).wrong() == [])
        try await acme.fixture.rows(change)
        #expect(try await sums(acme).wrong() == [])
        #expect(try await state(acme).kept == before.kept)
        let computed = try await shown(acme)
        try await sums(acme).keep()
        #expect(try await shown(acme) == computed, "a view is right at any moment, and says each sum once")
        let after = try await state(acme)
        #expect(after.kept != before.kept, "the change touches no sum: it proves nothing")
        #expect(after.due == [])
        #expect(try await sums(acme).wrong() == [])
        // What was computed bit by bit is what is computed at once.
        try await sums(acme).rebuild()
        #expect(try await state(acme).kept == after.kept)
    }

    @Test("A first load marks nothing: all is due until the sums are computed for the first time")
    func firstLoad() async throws {
        let acme = try await filled()
        #expect(try await acme.fixture.rows("select from inflow.job_due union all select from inflow.month_due") == [])
        let columns = "job_number, worked_hours, invoiced"
        let before = try await acme.view(columns, "job_profitability", by: "job_uuid")
        #expect(before.count == 4 && before.contains("J1 | 2.5000 | 300.0000"))
        #expect(try await acme.fixture.rows("select count(*) from inflow.sums_kept") == ["1"])
        try await acme.run("update wfm.timesheet set minutes = 61 where connection_id = $1 and uuid = 't1'")
        #expect(try await state(acme).due == ["2026-01-01", "J1"])
    }

    @Test("What touches no sum marks nothing: a payment, a note, a record that is merely written again")
    func untouched() async throws {
        let acme = try await filled()
        try await sums(acme).keep()
        for change in [
            "update wfm.invoice set status = 'Paid', amount_paid = 99 where uuid = 'i3'",
            "update wfm.timesheet set note = 'x', asked_at = now()", "update wfm.job set name = 'x'",
        ] { try await acme.fixture.rows(change) }
        #expect(try await state(acme).due == [])
    }

    @Test("A sum that is wrong is found, and computed anew by a rebuild")
    func wrong() async throws {
        let acme = try await filled()
        try await sums(acme).keep()
        for change in [
            "update inflow.job_sum set open_value = open_value + 0.0001 where job_number = 'J1'",
            "update inflow.job_sum set day_values[1] = day_values[1] + 1 where job_number = 'J1'",
            "update inflow.task_sum set minutes = 1 where task_uuid = 'b'",
            "delete from inflow.day_sum where day_on = '2026-01-05'",
        ] {
            try await acme.fixture.rows(change)
            #expect(try await sums(acme).wrong().count == 1, "\(change)")
            try await sums(acme).rebuild()
            #expect(try await sums(acme).wrong() == [])
        }
        try await acme.fixture.rows(
            "insert into inflow.job_sum select connection_id, 'J77', job_uuid, 1, 1, 1, 1, 1, 1, 1, null, null, 1, true, 1, 1, "
                + "true, 1, 1, 1, 1, 1, 1, 1, 1, null, null, '{}', '{}', 1, 1 from inflow.job_sum where job_number = 'J1'"
        )
        #expect(try await sums(acme).wrong() == [.init(kind: "job", key: "J77")])
    }

    @Test("Transactions that write the same jobs in another order do not wait for each other")
    func noDeadlock() async throws {
        let acme = try await filled()
        let (one, two) = (
            try await acme.fixture.warehouse.session("one"), try await acme.fixture.warehouse.session("two")
        )
        for session in [one, two] { try await session.execute("set lock_timeout = '2s'; begin") }
        let change = "update wfm.timesheet set minutes = minutes + 1 where uuid = "
        try await one.execute(change + "'t1'")
        try await two.execute(change + "'t3'")
        try await one.execute(change + "'t4'")
        try await two.execute(change + "'t2'")
        for session in [one, two] { try await session.execute("commit") }
        try await sums(acme).keep()
        #expect(try await sums(acme).wrong() == [])
        for session in [one, two] { await session.close() }
    }

    @Test("Sums are computed after the transactions that mark them have ended, and have what these wrote")
    func waits() async throws {
        let acme = try await filled()
        let writer = try await acme.fixture.warehouse.session("writer")
        try await writer.execute("begin; update wfm.timesheet set minutes = 1000 where uuid = 't2'")
        // What is marked by one that has ended is computed only with what the other is writing.
        try await acme.fixture.rows("update wfm.timesheet set minutes = 61 where uuid = 't1'")
        async let kept: Void = sums(acme).keep()
        do {
            // Where nothing keeps it from settling, nobody ever waits.
            try await eventually("sums that wait for the writer", within: .seconds(20)) {
                try await acme.fixture.rows(
                    "select from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and not granted "
                        + "and database = (select oid from pg_database where datname = current_database())") != []
            }
        } catch {
            await writer.close()
            throw error
        }
        try await writer.execute("commit")
        try await kept
        #expect(try await acme.fixture.rows("select minutes from inflow.job_sum where job_number = 'J1'") == ["1061"])
        #expect(try await state(acme).due == [])
        await writer.close()
    }

    @Test("A report of one month computes the sums of that month only, however many are due")
    func month() async throws {
        let acme = try await filled()
        try await sums(acme).keep()
        try await acme.run("update wfm.timesheet set minutes = minutes + 1 where connection_id = $1")
        #expect(try await acme.fixture.rows("select count(distinct month_on) from inflow.month_due") == ["3"])
        for (view, day) in [("staff_day", "day_on"), ("staff_utilisation", "month_on")] {
            // A session of its own: it sees what it has counted itself.
            let session = try await acme.fixture.warehouse.session("counting")
            try await session.execute("begin; set local track_functions = 'pl'")
            let rows = try await session.query(
                "select hours from report.\(view) where month_on = '2026-02-01' and \(day) >= '2026-02-01'")
            #expect(rows.count > 0)
            let calls = try await session.query(
                """
                select coalesce(sum(calls), 0)::bigint as calls from pg_stat_xact_user_functions
                where schemaname = 'inflow' and funcname = 'day_sums'
                """)
            let made = try calls[0].int64("calls")
            #expect(made == 1, "\(view)")
            await session.close()
        }
    }

    @Test("A reader sees the sums of its connection, kept and due, and the same figures as the owner")
    func readers() async throws {
        let (acme, other) = (try await filled(), try await ReportFixture("Other"))
        try await other.insert(
            "timesheet", "uuid, job_number, staff_uuid, worked_on, minutes, billable",
            "'t1', 'J1', 's1', '2026-01-05', 60, true")
        try await sums(acme).keep()
        try await acme.run("update wfm.timesheet set minutes = 59 where connection_id = $1 and uuid = 't1'")
        let roles = ReaderRoles(acme.fixture.warehouse)
        let access = try await roles.access(for: .connection(acme.fixture.connection))
        let reader = try await ReaderRoles.login(access)
        for view in ["job_profitability", "work_in_progress", "estimate_accuracy", "staff_day"] {
            let own = try await acme.fixture.rows(
                "select v from report.\(view) v where connection_id = $1 order by 1", .int64(acme.id))
            #expect(!own.isEmpty || view == "estimate_accuracy")
            let seen = try await reader.query("select v::text from report.\(view) v order by 1")
            #expect(seen.compactMap { $0[0].string }.sorted() == own.sorted(), "\(view)")
        }
        await reader.close()
        try await Readers.dropRole(access.user)
    }
}
