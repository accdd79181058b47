import Inflow
import Postgres
import TestSupport
import Testing

@testable import SQLFiles
@testable import Warehouse
@testable import WorkflowMax

@Suite("Migrator", .database)
struct MigratorTests {
    private static let one = SQLFile(folder: "migrations", name: "0001_one", text: "create table one (n int);")
    private static let two = SQLFile(folder: "migrations", name: "0002_two", text: "create table two (n int);")
    private static let report = SQLFile(
        folder: "reports", name: "ones", text: "create or replace view ones as select count(*) as n from one;")

    private func warehouse() throws -> Warehouse { Warehouse(url: try TestDatabase.current.url) }

    private func migrator(_ files: SQLFile..., reports: [SQLFile] = []) throws -> Migrator {
        Migrator(try warehouse(), files: files, reports: reports)
    }

    private func look(_ sql: String) async throws -> [String] {
        try await warehouse().withSession("test") { session throws(WarehouseError) in
            try await lifting("looking") { () async throws(PostgresError) in
                try await session.query(sql).map { $0[0].string ?? "∅" }
            }
        }
    }

    @Test("A new database gets every migration and report, once; a second time there is nothing to do")
    func fresh() async throws {
        let migrator = Migrator(try warehouse())
        #expect(await failure { try await migrator.check() }?.code == .olderSchema)
        let first = try await migrator.migrate()
        #expect(first.applied == SQLFile.all(in: "migrations").map(\.name))
        #expect(first.applied.first == "0001_inflow")
        #expect(first.reports == SQLFile.views.map(\.name))
        try await migrator.check()
        let before = try await look("select applied_at::text from inflow_migration.applied order by version")
        let second = try await migrator.migrate()
        #expect(second.applied == [])
        #expect(second.reports == [])
        #expect(try await look("select applied_at::text from inflow_migration.applied order by version") == before)
    }

    @Test("The migrated tables are as the definitions of every entity say, and nothing is left over")
    func agrees() async throws {
        _ = try await Migrator(try warehouse()).migrate()
        let differences = try await SchemaCheck(try warehouse(), entities: WorkflowMax.entities).differences()
        #expect(differences == [])
        let tables = WorkflowMax.entities.flatMap { [$0.table] + $0.children.map(\.table) }
        let there = try await look("select schemaname || '.' || tablename from pg_tables where schemaname = 'wfm'")
        #expect(Set(there) == Set(tables))
    }

    @Test("Later migrations are applied to what is there, in order")
    func forward() async throws {
        _ = try await migrator(MigratorTests.one).migrate()
        let migrator = try migrator(MigratorTests.one, MigratorTests.two)
        let error = await failure { try await migrator.check() }
        #expect(error?.code == .olderSchema)
        #expect(error?.message.contains("lacks 1 migration(s)") == true)
        #expect(try await migrator.migrate().applied == ["0002_two"])
        try await migrator.check()
    }

    @Test("A migration that was applied with another text is refused, by name; nothing is changed")
    func changed() async throws {
        _ = try await migrator(MigratorTests.one).migrate()
        let edited = SQLFile(folder: "migrations", name: "0001_one", text: MigratorTests.one.text + "\n")
        let migrator = try migrator(edited, MigratorTests.two)
        let errors = [await failure { try await migrator.migrate() }, await failure { try await migrator.check() }]
        for error in errors {
            #expect(error?.code == .changedMigration)
            #expect(error?.message.contains("0001_one") == true)
        }
        #expect(try await look("select to_regclass('two')::text") == ["∅"])
    }

    @Test("An older Inflow refuses a newer schema")
    func newer() async throws {
        _ = try await migrator(MigratorTests.one, MigratorTests.two).migrate()
        let older = try migrator(MigratorTests.one)
        let errors = [await failure { try await older.migrate() }, await failure { try await older.check() }]
        for error in errors {
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("migration 2; this one knows 1") == true)
        }
    }

    @Test("A migration that fails leaves nothing of itself; those before it stay, and it can be mended")
    func failing() async throws {
        let bad = SQLFile(
            folder: "migrations", name: "0002_bad", text: "create table half (n int); insert into half values ('x');")
        let error = await failure { try await migrator(MigratorTests.one, bad).migrate() }
        #expect(error?.code == .statementFailed)
        #expect(error?.message.contains("0002_bad") == true)
        #expect(try await look("select to_regclass('half')::text") == ["∅"])
        #expect(try await look("select name from inflow_migration.applied") == ["0001_one"])
        #expect(try await migrator(MigratorTests.one, MigratorTests.two).migrate().applied == ["0002_two"])
    }

    @Test("Many at once migrate once: one applies, the others find it done")
    func atOnce() async throws {
        let slow = SQLFile(
            folder: "migrations", name: "0002_slow", text: "create table two (n int); select pg_sleep(0.1);")
        let migrator = try migrator(MigratorTests.one, slow, reports: [MigratorTests.report])
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<5 { group.addTask { try await migrator.migrate().applied } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(applied.filter { $0 == ["0001_one", "0002_slow"] }.count == 1)
        #expect(applied.filter { $0.isEmpty }.count == 4)
        #expect(try await look("select count(*)::text from inflow_migration.applied") == ["2"])
    }

    @Test("A report is made again when its text changes and after any migration, else left alone")
    func reports() async throws {
        #expect(try await migrator(MigratorTests.one, reports: [MigratorTests.report]).migrate().reports == ["ones"])
        #expect(try await migrator(MigratorTests.one, reports: [MigratorTests.report]).migrate().reports == [])
        let other = SQLFile(
            folder: "reports", name: "ones", text: "create or replace view ones as select count(*) + 7 as n from one;")
        #expect(try await migrator(MigratorTests.one, reports: [other]).migrate().reports == ["ones"])
        #expect(try await look("select n::text from ones") == ["7"])
        #expect(
            try await migrator(MigratorTests.one, MigratorTests.two, reports: [other]).migrate().reports == ["ones"])
    }

    @Test("A schema of a person's own that a migration is to make is refused by name, before anything is changed")
    func namesake() async throws {
        let two = SQLFile(
            folder: "migrations", name: "0002_schema", text: "create schema mine;\ncreate table mine.two (n int);")
        _ = try await look("create schema mine")
        _ = try await look("create table mine.own (n int)")
        let error = await failure { try await migrator(MigratorTests.one, two).migrate() }
        #expect(error?.code == .schemaDiffers)
        #expect(error?.message.contains("schema mine, which Inflow did not make") == true, "\(error?.message ?? "")")
        #expect(try await look("select to_regclass('one')::text") == ["∅"])
        _ = try await look("alter schema mine rename to theirs")
        #expect(try await migrator(MigratorTests.one, two).migrate().applied == ["0001_one", "0002_schema"])
        #expect(try await migrator(MigratorTests.one, two).migrate().applied == [])
    }

    @Test("A database that cannot be reached is said to be so, without its address's password")
    func unreachable() async throws {
        let nowhere = Warehouse(url: "postgresql://u:s3cret@127.0.0.1:1/none")
        let error = await failure { try await Migrator(nowhere).check() }
        #expect(error?.code == .unreachable)
        #expect(!String(reflecting: error).contains("s3cret"))
    }
}

@Suite("SchemaCheck", .warehouse)
struct SchemaCheckTests {
    private func alter(_ statements: String...) async throws -> SchemaCheck {
        let warehouse = Warehouse(url: try TestDatabase.current.url)
        try await warehouse.withSession("test") { session throws(WarehouseError) in
            for one in statements {
                try await lifting("altering") { () async throws(PostgresError) in try await session.execute(one) }
            }
        }
        return SchemaCheck(warehouse, entities: [.thing(2)])
    }

    @Test("Tables as defined have no differences; a type's precision is the table's own matter")
    func none() async throws {
        let check = try await alter()
        #expect(try await check.differences() == [])
        try await check.run()
    }

    @Test("All differences are listed at once, in the error too; 11.21 a column of the user's own is none")
    func all() async throws {
        let check = try await alter(
            "alter table t.thing drop column colour", "alter table t.thing alter name type varchar(10)",
            "alter table t.thing alter on_day type timestamp", "alter table t.thing alter amount set not null",
            "alter table t.thing drop column asked_at", "alter table t.thing add column mine text",
            "alter table t.thing add column theirs text not null default ''",
            "alter table t.line alter position drop not null", "alter table t.line drop constraint line_pkey",
            "alter table t.line alter amount type double precision", "drop table t.tag")
        let expected = [
            #"column "name" of "t.thing" is character varying, the definition needs text"#,
            #"column "amount" of "t.thing" refuses null, the definition allows none"#,
            #"column "on_day" of "t.thing" is timestamp without time zone, the definition needs date"#,
            #"column "colour" of "t.thing" does not exist"#,
            #"system column "asked_at" of "t.thing" does not exist"#,
            #"column "theirs" of "t.thing" is filled by no definition and takes no null; run "alter table t.thing alter column "theirs" drop not null""#,
            #"column "position" of "t.line" takes null, the definition requires a value"#,
            #"column "amount" of "t.line" is double precision, the definition needs numeric"#,
            #""t.line" has no primary key (connection_id, thing_uuid, uuid)"#,
            #"table "t.tag" does not exist"#,
        ]
        #expect(try await check.differences() == expected)
        let error = await failure { try await check.run() }
        #expect(error?.code == .schemaDiffers)
        for one in expected { #expect(error?.message.contains(one) == true) }
    }

    @Test("A primary key in another order is another key")
    func keyOrder() async throws {
        let check = try await alter(
            "alter table t.line drop constraint line_pkey",
            "alter table t.line add primary key (thing_uuid, connection_id, uuid)")
        #expect(
            try await check.differences() == [#""t.line" has no primary key (connection_id, thing_uuid, uuid)"#])
    }
}
