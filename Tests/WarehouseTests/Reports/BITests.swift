import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.2 Facts and dimensions", .platform)
struct BITests {
    /// Two organisations whose records name what is there, what is gone, what was never loaded, and nothing.
    private func filled(_ name: String = "Acme") async throws -> ReportFixture {
        let acme = try await ReportFixture(name)
        try await acme.insert("client", "uuid, name, deleted_at", "'c1', 'Bolt', null", "'c2', 'Cog', now()")
        try await acme.insert("staff", "uuid, name, deleted_at", "'s1', 'Una ', null", "'s2', 'Lee', now()")
        try await acme.insert(
            "job", "uuid, number, name, client_uuid, deleted_at", "'j1', 'J1', 'Plan', 'c1', null",
            "'j2', 'J2', 'Gone', 'c2', now()", "'j3', 'J3', 'Open', 'c9', null")
        try await acme.insert(
            "timesheet", "uuid, staff_uuid, staff_name, job_number, worked_on, minutes, billable, deleted_at",
            "'e1', 's1', 'Una', 'J1', '2024-02-29', 60, true, null",
            "'e2', 's2', 'Lee', 'J2', '2026-01-01', -30, true, null",
            "'e3', 's9', 'Former Fay', 'J3', '2026-01-02', 15, false, null",
            "'e4', null, null, 'J9', '2026-01-03', 5, false, null",
            "'e5', 's1', 'Una', null, '2026-01-04', 10, true, null",
            "'e6', 's1', 'Una', 'J1', '2026-01-04', 600, true, now()")
        try await acme.insert(
            "invoice", "uuid, number, status, issued_on, amount, client_uuid",
            "'i1', 'I1', 'Paid', '2026-03-31', 100, 'c1'",
            "'i2', 'I2', 'Approved', '2026-03-31', 50, 'c9'", "'i3', 'I3', 'Draft', '2026-03-31', 900, 'c1'")
        try await acme.insert(
            "invoice_task", "invoice_uuid, uuid, position, job_number, amount", "'i1', 't1', 1, 'J1', 90")
        try await acme.insert(
            "job_cost", "job_number, uuid, quantity, unit_cost, unit_price, incurred_on",
            "'J1', 'k1', 2, 10, 15, '2026-01-05'",
            "'J9', 'k2', 1, 1, 1, null")
        return acme
    }

    @Test("Each key is that of one row of its dimension, also where the fact names nothing or what was never loaded")
    func keys() async throws {
        let (acme, _) = (try await filled(), try await filled("Other"))
        for dimension in ["client", "job", "staff", "task"] {
            let doubled = try await acme.fixture.rows(
                "select \(dimension)_key from bi.dim_\(dimension) group by 1 having count(*) > 1")
            #expect(doubled == [], "\(dimension)")
        }
        for (fact, dimensions) in [
            ("time", ["client", "job", "staff", "task"]), ("invoice_line", ["client", "job"]),
            ("job_cost", ["client", "job"]), ("quote", ["client", "job"]),
        ] {
            for dimension in dimensions {
                let lost = try await acme.fixture.rows(
                    """
                    select f.\(dimension)_key from bi.fact_\(fact) f
                    where not exists (
                        select from bi.dim_\(dimension) d
                        where d.\(dimension)_key = f.\(dimension)_key and d.connection_id = f.connection_id)
                    """)
                #expect(lost == [], "\(fact) \(dimension)")
            }
            let days = try await acme.fixture.rows(
                "select day from bi.fact_\(fact) where day is not null and day not in (select day from bi.dim_day)")
            #expect(days == [], "\(fact)")
        }
        let gaps = try await acme.fixture.rows("select max(day) - min(day) + 1 - count(*) from bi.dim_day")
        #expect(gaps == ["0"], "every day once")
    }

    @Test("Facts joined with their dimensions are all facts: nothing is lost, nothing doubled")
    func sums() async throws {
        let (acme, _) = (try await filled(), try await filled("Other"))
        let joined = try await acme.fixture.rows(
            """
            select s.staff_name, j.job_name, c.client_name, d.year, f.hours, f.is_billable
            from bi.fact_time f
            join bi.dim_staff s using (staff_key)
            join bi.dim_job j using (job_key)
            join bi.dim_client c using (client_key)
            join bi.dim_day d using (day)
            where f.connection_id = $1
            order by f.day
            """, .int64(acme.id))
        #expect(
            joined == [
                "Una | Plan | Bolt | 2024 | 1.0000 | t", "Lee | Gone | Cog | 2026 | -0.5000 | t",
                "Former Fay | Open | (none or unknown) | 2026 | 0.2500 | f",
                "(none) | (none or unknown) | (none or unknown) | 2026 | 0.0833 | f",
                "Una | (none or unknown) | (none or unknown) | 2026 | 0.1667 | t",
            ])
        #expect(
            try await acme.fixture.rows(
                """
                select c.client_name, sum(f.amount) from bi.fact_invoice_line f join bi.dim_client c using (client_key)
                where f.connection_id = $1 group by 1 order by 2
                """, .int64(acme.id)) == ["(none or unknown) | 50.0000", "Bolt | 100.0000"])
        #expect(
            try await acme.fixture.rows(
                """
                select j.job_name, f.day, f.cost, f.price from bi.fact_job_cost f join bi.dim_job j using (job_key)
                where f.connection_id = $1 order by 3
                """, .int64(acme.id)) == [
                    "(none or unknown) | ∅ | 1.0000 | 1.0000", "Plan | 2026-01-05 | 20.0000 | 30.0000",
                ])
    }

    @Test(
        "Time is invoiced where a line has it that is of no cancelled or deleted invoice only, each in its connection")
    func invoiced() async throws {
        let (acme, other) = (try await ReportFixture(), try await ReportFixture("Other"))
        for (fixture, status) in [(acme, "Cancelled"), (other, "Paid")] {
            try await fixture.insert(
                "invoice", "uuid, number, status, issued_on, deleted_at", "'i1', 'I1', 'Paid', '2026-03-31', null",
                "'i2', 'I2', '\(status)', '2026-03-31', null", "'i3', 'I3', 'Paid', '2026-03-31', now()",
                "'i4', 'I4', 'Draft', '2026-03-31', null")
        }
        let line = "invoice_uuid, uuid, position, job_number"
        try await acme.insert(
            "invoice_task", line, "'i1', 'live', 1, 'J1'", "'i2', 'void', 1, 'J1'", "'i3', 'gone', 1, 'J1'",
            "'i4', 'draft', 1, 'J1'", "'i2', 'both', 2, 'J1'", "'i1', 'both', 2, 'J1'", "'i2', 'elsewhere', 3, 'J1'")
        try await other.insert("invoice_task", line, "'i2', 'void', 1, 'J1'")
        for fixture in [acme, other] {
            for key in ["live", "void", "gone", "draft", "both", "elsewhere", "unknown"] {
                try await fixture.insert(
                    "timesheet", "uuid, job_number, worked_on, minutes, invoice_task_uuid",
                    "'\(key)', 'J1', '2026-01-05', 60, '\(key)'")
            }
            try await fixture.insert("timesheet", "uuid, worked_on, minutes", "'none', '2026-01-05', 60")
        }
        func count(_ fixture: ReportFixture, where condition: String) async throws -> [String] {
            try await fixture.fixture.rows(
                "select count(*), sum(hours) from bi.fact_time where connection_id = $1 and \(condition)",
                .int64(fixture.id))
        }
        // Of the line that two invoices have, one counts; of lines that are not loaded nobody knows otherwise.
        #expect(try await count(acme, where: "is_invoiced") == ["4 | 4.0000"], "live, draft, both, unknown")
        #expect(try await count(acme, where: "not is_invoiced") == ["4 | 4.0000"], "void, gone, elsewhere, none")
        #expect(try await count(other, where: "is_invoiced") == ["7 | 7.0000"], "all of its lines, loaded or not")
        #expect(try await count(other, where: "not is_invoiced") == ["1 | 1.0000"])
    }

    @Test("Of a number that several jobs bear one job counts; the task is the catalogue's, by the task of that job")
    func jobs() async throws {
        let (acme, other) = (try await ReportFixture(), try await ReportFixture("Other"))
        for fixture in [acme, other] {
            try await fixture.insert("client", "uuid, name", "'c1', 'Bolt'", "'c2', 'Cog'")
            try await fixture.insert(
                "job", "uuid, number, name, client_uuid, created_at, deleted_at",
                "'j1', 'J1', 'Old', 'c1', '2025-01-01', null", "'j2', 'J1', 'New', 'c2', '2026-01-01', null",
                "'j3', 'J1', 'Gone', 'c1', '2026-05-01', now()")
            try await fixture.insert("task", "uuid, name", "'k1', 'Draw'")
            try await fixture.insert(
                "job_task", "job_uuid, uuid, position, name, task_uuid", "'j2', 'a', 1, 'Draw', 'k1'",
                "'j2', 'b', 2, 'By hand', null", "'j1', 'c', 1, 'Of the old one', 'k1'",
                "'j2', 'd', 3, 'Not loaded', 'k9'")
            for task in ["a", "b", "c", "d", "e"] {
                try await fixture.insert(
                    "timesheet", "uuid, job_number, task_uuid, worked_on, minutes",
                    "'\(task)', 'J1', '\(task)', '2026-01-05', 60")
            }
        }
        try await acme.set("leave_job", "job_number", "'J1'")
        for fixture in [acme, other] {
            let id = fixture.id
            #expect(
                try await fixture.fixture.rows(
                    """
                    select job_key, client_key, task_key, is_leave, connection_name, count(*)
                    from bi.fact_time where connection_id = $1 group by 1, 2, 3, 4, 5 order by 6
                    """, .int64(id)) == [
                        "\(id):j2 | \(id):c2 | \(id):k1 | \(id == acme.id ? "t | Acme" : "f | Other") | 1",
                        "\(id):j2 | \(id):c2 | \(id): | \(id == acme.id ? "t | Acme" : "f | Other") | 4",
                    ])
        }
    }

    @Test("A fiscal year is there where all connections agree on it")
    func fiscalYear() async throws {
        let acme = try await filled()
        let year = "select fiscal_year from bi.dim_day where day = '2026-04-01'"
        try await acme.run("update inflow.connection set fiscal_year_start = 4 where id = $1")
        #expect(try await acme.fixture.rows(year) == ["2027"])
        _ = try await filled("Other")
        #expect(try await acme.fixture.rows(year) == ["∅"])
    }

    @Test("Columns have comments, views read with the caller's rights, and none has a column of Inflow's own")
    func form() async throws {
        let acme = try await ReportFixture()
        let faults = try await acme.fixture.rows(
            """
            select c.relname, a.attname
            from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
            where c.relnamespace = 'bi'::regnamespace and (
                coalesce(col_description(c.oid, a.attnum), '') !~ '\\.$' or coalesce(obj_description(c.oid), '') !~ '\\.$'
                or not coalesce('security_invoker=true' = any (c.reloptions), false)
                or a.attname in ('changed_at', 'asked_at', 'content_hash', 'children_hash', 'extra', 'deleted_at')
                or format_type(a.atttypid, a.atttypmod) = 'numeric')
            """)
        #expect(faults == [])
        #expect(
            try await acme.fixture.rows("select count(*) from pg_class where relnamespace = 'bi'::regnamespace") == [
                "9"
            ])
    }
}
