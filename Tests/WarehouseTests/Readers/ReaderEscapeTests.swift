import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Readers cannot get out", .platform)
struct ReaderEscapeTests {
    /// The SQLSTATE of what a statement fails with, or "done".
    private func outcome(_ session: PostgresConnection, _ sql: String) async -> String {
        do {
            try await session.execute(sql)
            return "done"
        } catch {
            return error.sqlState ?? error.code.rawValue
        }
    }

    @Test("No other role can be taken, and none is any use to be: each way is refused")
    func roles() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            let loader = try await readers.acme.rows("select current_user")[0]
            #expect(await outcome(session, "set default_transaction_read_only = off") == "done")
            for sql in ["set role pg_read_all_data", "grant pg_read_all_data to current_user"] {
                #expect(await outcome(session, sql) == "42501", "\(sql)")
            }
            let others = [loader, readers.accesses[.other]?.user ?? "", readers.accesses[.all]?.user ?? ""]
            for role in others.map({ "\"\($0)\"" }) {
                for sql in [
                    "set role \(role)", "set session authorization \(role)", "grant \(role) to current_user",
                    "alter role \(role) password 'x'", "drop role \(role)",
                ] { #expect(await outcome(session, sql) == "42501", "\(sql)") }
            }
            for sql in [
                "alter role current_user superuser", "alter role current_user bypassrls", "create role mine",
                "alter role current_user connection limit -1", "alter system set log_statement = 'all'",
                "create database mine",
            ] { #expect(await outcome(session, sql) == "42501", "\(sql)") }
            // These are allowed and lead nowhere.
            for sql in ["reset role", "reset session authorization", "reset all", "discard all"] {
                #expect(await outcome(session, sql) == "done", "\(sql)")
                try await expectOwnOnly(session, readers)
            }
            await session.close()
        }
    }

    @Test("Row-level security cannot be turned off, and no setting changes what is seen")
    func settings() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            #expect(await outcome(session, "set row_security = off") == "done")
            #expect(await outcome(session, "select * from wfm.client") == "42501")
            #expect(await outcome(session, "set row_security = on") == "done")
            #expect(await outcome(session, "set default_transaction_read_only = off") == "done")
            for sql in [
                "alter table wfm.client disable row level security", "drop policy inflow_reader_all on wfm.client",
                "create policy mine on wfm.client using (true)",
                "alter policy inflow_reader_\(readers.acme.connection.id) on wfm.client using (true)",
                "alter table wfm.client owner to current_user", "grant select on pg_authid to current_user",
                "set session_replication_role = replica",
            ] { #expect(await outcome(session, sql) == "42501", "\(sql)") }
            try await expectOwnOnly(session, readers)
            await session.close()
        }
    }

    @Test("Nothing can be written, in a transaction that may write either, and nothing made", arguments: [false, true])
    func writes(isAll: Bool) async throws {
        try await Readers.run { readers in
            let session = try await readers.session(isAll ? .all : .acme)
            #expect(await outcome(session, "delete from wfm.client") == "25006", "read only unless it says otherwise")
            #expect(await outcome(session, "set default_transaction_read_only = off") == "done")
            let tables = try await readers.acme.rows(
                """
                select format('%I.%I', schemaname, tablename) from pg_tables
                where schemaname in ('wfm', 'setting', 'inflow')
                """)
            for table in tables {
                for sql in [
                    "delete from \(table)", "truncate \(table)", "insert into \(table) default values",
                    "do $$ begin lock table \(table) in exclusive mode; end $$",
                    "alter table \(table) add column mine text",
                ] { #expect(await outcome(session, sql) == "42501", "\(sql)") }
            }
            for sql in [
                "update wfm.client set name = 'x'", "update inflow.coverage set rows_sent = 1",
                "create table public.mine (n int)", "create table wfm.mine (n int)", "create temp table mine (n int)",
                "create view report.mine as select 1 as one", "create schema mine",
                "create function public.mine() returns int language sql as 'select 1'",
                "create function pg_temp.mine() returns int language sql as 'select 1'",
                "create or replace view report.coverage as select 1 as one",
                "comment on table wfm.client is 'mine'", "select lo_create(0)", "select lo_from_bytea(0, 'x')",
                "select nextval('inflow.run_id_seq')",
            ] { #expect(await outcome(session, sql) == "42501", "\(sql)") }
            await session.close()
        }
    }

    @Test(
        "The right to refer to a table, which shows its key, is of no use; a role that may make tables does not have it"
    )
    func references() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            let mayRefer = "select has_table_privilege('wfm.client', 'references') as may"
            #expect(try await session.query(mayRefer)[0].bool("may"))
            #expect(await outcome(session, "set default_transaction_read_only = off") == "done")
            let key = "(connection_id bigint, uuid text, foreign key (connection_id, uuid) references wfm.client)"
            for schema in ["public", "wfm", "report", "setting", "bi", "inflow"] {
                #expect(await outcome(session, "create table \(schema).mine \(key)") == "42501", "\(schema)")
            }
            #expect(await outcome(session, "create temporary table mine \(key)") == "42501")
            let role = "\"\(readers.accesses[.acme]?.user ?? "")\""
            // Even where an administrator lets it make temporary tables: these may refer to no lasting one.
            let database = try await readers.acme.rows("select quote_ident(current_database())")[0]
            try await readers.acme.rows("grant temporary on database \(database) to \(role)")
            #expect(await outcome(session, "create temporary table mine \(key)") == "42P16")
            try await readers.acme.rows("create schema own_of_reader")
            try await readers.acme.rows("grant create, usage on schema own_of_reader to \(role)")
            try await readers.roles.refresh()
            #expect(try await !session.query(mayRefer)[0].bool("may"))
            #expect(await outcome(session, "create table own_of_reader.mine \(key)") == "42501")
            try await readers.acme.rows("drop schema own_of_reader")
            try await readers.roles.refresh()
            #expect(try await session.query(mayRefer)[0].bool("may"))
            await session.close()
        }
    }

    @Test("No file, no program, no other session, no statistics of others' values")
    func server() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            for sql in [
                "copy wfm.client to program 'cat'", "copy wfm.client to '/tmp/inflow-reader'",
                "select pg_read_file('postgresql.conf')", "select pg_read_binary_file('postgresql.conf')",
                "select pg_ls_dir('.')", "select lo_import('/etc/passwd')", "select * from pg_authid",
                "select * from pg_statistic", "select * from pg_user_mapping", "select pg_reload_conf()",
                "select * from pg_hba_file_rules", "select pg_current_logfile()", "select pg_stat_reset()",
            ] { #expect(await outcome(session, sql) == "42501", "\(sql)") }
            let watched = try await readers.acme.warehouse.session("secret statement")
            let pid = await watched.backendPID
            #expect(await outcome(session, "select pg_terminate_backend(\(pid))") == "42501")
            let seen = try await session.query("select query from pg_stat_activity where pid = \(pid)")
            #expect(try seen.map { try $0["query"].string } == ["<insufficient privilege>"])
            await watched.close()
            let lock = try await RunLock.take(readers.acme.warehouse, for: readers.other.connection) { _ in }
            let called = try await session.query("select application_name as name from pg_stat_activity")
            #expect(
                try called.contains {
                    try $0["name"].string?.hasPrefix("inflow run of connection \(readers.other.connection.id) [")
                        == true
                })
            #expect(try called.allSatisfy { try $0["name"].string?.contains(readers.other.connection.name) != true })
            await lock.release()
            // The values the planner knows of a table with others' rows in it are hidden from a role that sees a part only.
            let loaders = try await readers.acme.rows("select count(*) > 100 from pg_stats where schemaname = 'wfm'")
            #expect(loaders == ["t"])
            let stats = try await session.query("select count(*) from pg_stats where schemaname in ('wfm', 'inflow')")
            #expect(stats[0, 0].int == 0)
            await session.close()
        }
    }

    @Test("A condition that fails on others' values is never tried on them, in tables, views and functions")
    func conditions() async throws {
        try await Readers.run { readers in
            let session = try await readers.session(.acme)
            for from in ["wfm.client", "wfm.client_as_of(now())"] {
                let rows = try await session.query("select name from \(from) where name::int = 1")
                #expect(try rows.map { try $0["name"].string } == ["1"], "\(from)")
            }
            let findings = try await session.query("select found from report.quality where found::int = 1")
            #expect(try findings.map { try $0["found"].string } == ["1"])
            let told = await outcome(session, "select name::date from wfm.client")
            #expect(told.hasPrefix("22"), "its own value fails: \(told)")
            // The one who sees all does fail on them: the condition can fail.
            let all = try await readers.session(.all)
            #expect(await outcome(all, "select from wfm.client where name::int = 1") == "22P02")
            await all.close()
            await session.close()
        }
    }

    private func expectOwnOnly(_ session: PostgresConnection, _ readers: Readers) async throws {
        let rows = try await session.query("select connection_id from wfm.client").map { try $0["connection_id"].int64 }
        #expect(rows == [readers.acme.connection.id])
    }
}
