import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Readers see their rows", .platform)
struct ReaderTests {
    /// Everything a role could select from that is ours.
    private static let relations = """
        select format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'v' as is_view,
            exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'connection_id') as is_keyed
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        order by 1
        """
    /// The tables of schema `inflow` of which a reader sees its rows.
    private static let shown: Set = [
        "inflow.connection", "inflow.run", "inflow.custom_schema",
        "inflow.chunk", "inflow.coverage", "inflow.history", "inflow.rejection", "inflow.drift", "inflow.missing",
        "inflow.parent_read", "inflow.header_only", "inflow.history_pruned",
        "inflow.value_state", "inflow.custom_column", "inflow.open_document", "inflow.sweep",
        "inflow.closing", "inflow.closed_row", "inflow.closed_record",
        "inflow.job_sum", "inflow.task_sum", "inflow.day_sum", "inflow.job_due", "inflow.month_due", "inflow.sums_kept",
        "inflow.job_sum_now", "inflow.day_sum_now", "inflow.jobs_due", "inflow.months_due",
    ]

    private func ids(_ session: PostgresConnection, _ sql: String) async throws -> Set<Int64> {
        Set(try await session.query(sql).compactMap { try $0["connection_id"].int64 })
    }

    @Test(
        "Of every table and view a reader sees its own rows, or may look and sees nothing",
        arguments: Readers.Seen.allCases
    )
    func everyTable(seen: Readers.Seen) async throws {
        try await Readers.run { readers in
            for fixture in [readers.acme, readers.other] {
                try await fixture.rows(
                    "update wfm.custom_field set use_job = true, value_element = 'Text', name = 'Own'")
                _ = try await CustomFieldViews(fixture.warehouse, fixture.connection).refresh()
            }
            let session = try await readers.session(seen)
            let own = Set(readers.ids(seen))
            var guarded: Set<String> = []
            for relation in try await session.query(ReaderTests.relations) {
                let (name, isView) = (try relation.text("name"), try relation.bool("is_view"))
                // Days and migrations are nobody's.
                if name == "bi.dim_day" || name.hasPrefix("inflow_migration.") { continue }
                let rows = try await session.query("select * from \(name)")
                if name.hasPrefix("inflow"), !ReaderTests.shown.contains(name) {
                    #expect(rows.isEmpty, "\(name)")
                    guarded.insert(name)
                    continue
                }
                let key = name == "inflow.connection" ? "id" : "connection_id"
                let isKeyed = try relation.bool("is_keyed")
                #expect(isKeyed || key == "id", "\(name) does not say whose its rows are")
                let found = Set(try rows.int64s(key))
                #expect(found.isSubset(of: own), "\(name)")
                if isView { continue }
                #expect(found == own, "\(name)")
                #expect(rows.count == own.count || name == "inflow.custom_column" || name.hasSuffix("_due"), "\(name)")
            }
            #expect(
                guarded.isSuperset(of: [
                    "inflow.token", "inflow.connection_secret", "inflow.secret_key", "inflow.archive_piece",
                    "inflow.alert_channel", "inflow.mail_server", "inflow.reader",
                ]))
            let held = try await readers.acme.rows(
                "select count(*) from inflow.token union all "
                    + "select count(*) from inflow.connection_secret")
            #expect(held == ["2", "2"], "there are rows that it does not see")
            #expect(try await ids(session, "select connection_id from report.coverage") == own)
            #expect(try await ids(session, "select connection_id from report.hours_and_invoiced_by_client") == own)
            #expect(try await ids(session, "select connection_id from report.quality") == own)
            #expect(try await ids(session, "select connection_id from report.staff_day") == own)
            #expect(try await ids(session, "select connection_id from report.job_schedule") == own)
            await session.close()
        }
    }

    @Test("No table of which a reader sees a row has a column for secrets; of connections and runs it sees its own")
    func columns() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            let sealed = Set(SecretColumn.all.map(\.table))
            #expect(sealed.isDisjoint(with: ReaderTests.shown))
            // Of hashes there is no way back; every other column of bytes is sealed or as the platform sent it.
            let bytes = try await session.query(
                """
                select distinct attrelid::regclass::text as name from pg_attribute a
                join pg_class c on c.oid = a.attrelid
                where c.relnamespace = 'inflow'::regnamespace and c.relkind = 'r' and atttypid = 'bytea'::regtype
                """
            ).texts("name")
            #expect(sealed.isSubset(of: bytes) && ReaderTests.shown.isDisjoint(with: bytes))
            let names = try await session.query("select id, name from inflow.connection").map { try $0["name"].string }
            #expect(names == ["Acme"])
            let runs = try await session.query("select id, connection_id from inflow.run").map { try $0["id"].int64 }
            #expect(runs == [readers.acme.run])
            await session.close()
        }
    }

    @Test("Every function answers with its rows only", arguments: Readers.Seen.allCases)
    func functions(seen: Readers.Seen) async throws {
        try await Readers.run { readers in
            let session = try await readers.session(seen)
            let functions = try await session.query(
                """
                select p.pronamespace::regnamespace || '.' || p.proname as name, p.prosecdef as is_definer
                from pg_proc p
                where p.pronamespace in ('wfm'::regnamespace, 'report'::regnamespace, 'inflow'::regnamespace)
                """)
            #expect(functions.count >= 9)
            #expect(try functions.allSatisfy { try $0["is_definer"].bool == false })
            let expected = Set(readers.ids(seen))
            for statement in Readers.shownInReports { try await readers.acme.rows(statement) }
            let timed = try functions.compactMap { try $0["name"].string }.filter { $0.hasSuffix("_as_of") }
            #expect(timed.count == 9)
            for name in timed {
                let moment = name.hasPrefix("wfm.") ? "now()" : "current_date + 1"
                #expect(
                    try await ids(session, "select connection_id from \(name)(\(moment))") == expected, "\(name)")
            }
            // The rows of today are younger than that: these come from history.
            let then = try await ids(session, "select connection_id from wfm.invoice_as_of('2026-01-02')")
            #expect(then == expected)
            for (fixture, name) in [(readers.acme, "Acme"), (readers.other, "Other")] {
                let isOwn = expected.contains(fixture.connection.id)
                let parameters: [(String, PostgresParameter)] = [
                    ("bigint", .int64(fixture.connection.id)), ("text", .text(name)),
                ]
                for (type, parameter) in parameters {
                    let statement = "select report.is_complete($1::\(type), 'invoice', '2026-01-01', '2026-01-31') as b"
                    guard isOwn else {
                        let error = await #expect(throws: PostgresError.self, "\(seen) \(name) by \(type)") {
                            try await session.query(statement, [parameter])
                        }
                        #expect(error?.detail?.contains("that you may read") == true, "\(error?.detail ?? "")")
                        continue
                    }
                    #expect(try await session.query(statement, [parameter])[0]["b"].bool == true, "\(seen) \(name)")
                }
            }
            await session.close()
        }
    }

    @Test(
        "Of every report a reader sees the rows of its own organisations, all of them", arguments: Readers.Seen.allCases
    )
    func everyReport(seen: Readers.Seen) async throws {
        try await Readers.run { readers in
            for statement in Readers.shownInReports { try await readers.acme.rows(statement) }
            let session = try await readers.session(seen)
            let views = try await ReportContractTests().recordViews(readers.acme)
            #expect(views.count >= 19)
            for view in views + ["connection", "run", "data_freshness", "document_job"] {
                #expect(
                    try await ids(session, "select connection_id from report.\(view)") == Set(readers.ids(seen)),
                    "\(view)"
                )
                let names = try await session.query("select distinct connection_name from report.\(view)")
                #expect(names.count == readers.ids(seen).count, "\(view)")
            }
            for view in [
                "fact_time", "fact_invoice_line", "fact_job_cost", "fact_quote", "dim_client", "dim_job", "dim_staff",
                "dim_task",
            ] {
                #expect(
                    try await ids(session, "select connection_id from bi.\(view)") == Set(readers.ids(seen)),
                    "\(view)")
            }
            #expect(try await !session.query("select from bi.dim_day").isEmpty)
            await session.close()
        }
    }

    @Test("Every table of records is guarded, and every reader has a policy on each; the loader is not held up by any")
    func everyPolicy() async throws {
        try await Readers.run { readers in
            let open = try await readers.acme.rows(
                """
                select oid::regclass from pg_class
                where relnamespace in ('wfm'::regnamespace, 'setting'::regnamespace, 'inflow'::regnamespace)
                    and relkind in ('r', 'p')
                    and (not relrowsecurity or relforcerowsecurity)
                """)
            #expect(open == [])
            let bare = try await readers.acme.rows(
                """
                select c.relname, r.role_name
                from pg_class c
                cross join inflow.reader r
                where c.relnamespace in ('wfm'::regnamespace, 'setting'::regnamespace) and c.relkind in ('r', 'p')
                    and 1 <> (
                    select count(*) from pg_policies p
                    where p.schemaname = c.relnamespace::regnamespace::text and p.tablename = c.relname and p.roles = array[r.role_name::name]
                        and p.cmd = 'SELECT' and p.qual = case when r.connection_id is null then 'true'
                            else format('(connection_id = %L::bigint)', r.connection_id) end)
                """)
            #expect(bare == [])
            let views = try await readers.acme.rows(
                """
                select oid::regclass from pg_class
                where relnamespace in ('wfm'::regnamespace, 'setting'::regnamespace, 'report'::regnamespace,
                        'bi'::regnamespace, 'inflow'::regnamespace)
                    and (relkind = 'm' or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))
                """)
            #expect(views == [], "every view reads with the caller's rights")
            #expect(try await readers.roles.outstanding() == [])
        }
    }

    @Test("A table and a view that come later are the readers' after the next migrate, never with others' rows")
    func later() async throws {
        try await Readers.run { readers in
            let (acme, other) = (readers.acme.connection.id, readers.other.connection.id)
            for sql in [
                "create table wfm.novel (connection_id bigint not null, uuid text not null)",
                "insert into wfm.novel values (\(acme), 'a'), (\(other), 'b')",
                "create view report.safe with (security_invoker = true) as select * from wfm.novel",
                "create view report.leak as select * from wfm.novel",
                "alter policy inflow_reader_\(acme) on wfm.job using (true)",
                "alter table wfm.staff disable row level security",
            ] { try await readers.acme.rows(sql) }
            let session = try await readers.session(.acme)
            #expect(await error { try await session.query("select * from wfm.novel") }?.code == .insufficientPrivilege)
            // As a migrate leaves it that was interrupted before its end.
            try await readers.acme.rows("update inflow_migration.report set checksum = '' where name = '(readers)'")
            _ = try await Migrator(readers.acme.warehouse).migrate()
            for name in ["wfm.novel", "report.safe", "wfm.job", "wfm.staff"] {
                #expect(try await ids(session, "select connection_id from \(name)") == [acme], "\(name)")
            }
            #expect(
                await error { try await session.query("select * from report.leak") }?.code == .insufficientPrivilege)
            // A view that was safe and is made anew without its caller's rights is taken away again.
            try await readers.acme.rows("alter view report.safe reset (security_invoker)")
            try await readers.roles.refresh()
            #expect(
                await error { try await session.query("select * from report.safe") }?.code == .insufficientPrivilege)
            await session.close()
        }
    }

    @Test(
        "A reader can read all that its catalogue lists, with its types; primary keys are in information_schema",
        arguments: Readers.Seen.allCases)
    func catalogue(seen: Readers.Seen) async throws {
        try await Readers.run { readers in
            let session = try await readers.session(seen)
            let read = try await ReadableCatalogue.read(session)
            #expect(read.faults == [])
            #expect(read.listed > 130 && read.filled > 60, "\(read.listed) listed, \(read.filled) with rows")
            let keyed = try await session.query(
                """
                select count(*) as tables, count(*) filter (where columns is distinct from (
                    select array_agg(k.column_name::text order by k.ordinal_position)
                    from information_schema.table_constraints t
                    join information_schema.key_column_usage k using (constraint_schema, constraint_name)
                    where t.constraint_type = 'PRIMARY KEY' and t.table_schema = own.schema and t.table_name = own.name
                        and k.table_name = own.name)) as hidden
                from (
                    select n.nspname as schema, c.relname as name, array(
                        select a.attname::text from unnest(p.conkey) with ordinality key (number, place)
                        join pg_attribute a on a.attrelid = c.oid and a.attnum = key.number
                        order by key.place) as columns
                    from pg_class c
                    join pg_namespace n on n.oid = c.relnamespace
                    join pg_constraint p on p.conrelid = c.oid and p.contype = 'p'
                    where n.nspname in ('wfm', 'setting')
                        or n.nspname = 'inflow' and exists (select from pg_policy y where y.polrelid = c.oid)
                ) own
                """)[0]
            #expect(try keyed.int("tables") > 60 && keyed.int("hidden") == 0)
            await session.close()
        }
    }

    private func error<T>(_ work: () async throws -> T) async -> PostgresError? {
        do {
            _ = try await work()
            return nil
        } catch {
            return error as? PostgresError
        }
    }
}
