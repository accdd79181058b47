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
    /// What a reader may read of schema `inflow` as it stands; of connection and run it may read columns.
    private static let shown: Set = [
        "inflow.chunk", "inflow.coverage", "inflow.history", "inflow.rejection", "inflow.drift", "inflow.missing",
        "inflow.parent_read", "inflow.header_only", "inflow.history_pruned",
        "inflow.value_state", "inflow.custom_column", "inflow.open_document", "inflow.sweep",
        "inflow.closing", "inflow.closed_row", "inflow.closed_record",
    ]

    private func ids(_ session: PostgresConnection, _ sql: String) async throws -> Set<Int64> {
        Set(try await session.query(sql).compactMap { try $0["connection_id"].int64 })
    }

    @Test("Of every table and view a reader sees its own rows or nothing at all", arguments: Readers.Seen.allCases)
    func everyTable(seen: Readers.Seen) async throws {
        try await Readers.run { readers in
            let session = try await readers.session(seen)
            let own = Set(readers.ids(seen))
            var refused: Set<String> = []
            for relation in try await session.query(ReaderTests.relations) {
                let name = try relation["name"].string ?? ""
                do throws(PostgresError) {
                    // Days are nobody's.
                    if name == "bi.dim_day" { continue }
                    let rows = try await session.query("select * from \(name)")
                    #expect(try relation["is_keyed"].bool == true, "\(name) does not say whose its rows are")
                    let found = Set(try rows.int64s("connection_id"))
                    #expect(found.isSubset(of: own), "\(name)")
                    if try relation.bool("is_view") == false { #expect(found == own, "\(name)") }
                    if try relation.bool("is_view") == false { #expect(rows.count == own.count, "\(name)") }
                } catch {
                    #expect(error.code == .insufficientPrivilege, "\(name): \(error)")
                    refused.insert(name)
                }
            }
            let all = try await session.query(ReaderTests.relations).compactMap { try $0["name"].string }
            let expected = all.filter { $0.hasPrefix("inflow") && !ReaderTests.shown.contains($0) }
            #expect(refused == Set(expected))
            #expect(expected.contains("inflow.token") && expected.contains("inflow.secret_key"))
            #expect(try await ids(session, "select connection_id from report.coverage") == own)
            #expect(try await ids(session, "select connection_id from report.hours_and_invoiced_by_client") == own)
            #expect(try await ids(session, "select connection_id from report.quality") == own)
            #expect(try await ids(session, "select connection_id from report.staff_day") == own)
            #expect(try await ids(session, "select connection_id from report.job_schedule") == own)
            await session.close()
        }
    }

    @Test("Of connections and runs it sees names, times and counts, of its own, and no secret")
    func columns() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            for table in ["connection", "run"] {
                let columns = try await session.query(
                    "select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0",
                    [.text("inflow.\(table)")]
                ).compactMap { try $0["name"].string }
                var refused: Set<String> = []
                for column in columns {
                    let error = await self.error { try await session.query("select \(column) from inflow.\(table)") }
                    if error?.code == .insufficientPrivilege { refused.insert(column) }
                }
                let secret: Set =
                    table == "run" ? ["holder"] : ["client_secret", "client_id", "account_id", "settings", "token_url"]
                #expect(refused.isSuperset(of: secret), "\(table)")
                #expect(!refused.contains("id"))
            }
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

    private func error<T>(_ work: () async throws -> T) async -> PostgresError? {
        do {
            _ = try await work()
            return nil
        } catch {
            return error as? PostgresError
        }
    }
}
