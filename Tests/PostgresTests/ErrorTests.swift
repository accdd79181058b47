import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Errors", .database)
struct ErrorTests {
    @Test(
        "SQLSTATE decides the code",
        arguments: [
            ("select * from nowhere", PostgresError.Code.undefinedObject, "42P01"),
            ("select 1 / 0", .statementFailed, "22012"),
            ("create table t (n int); create table t (n int)", .duplicateObject, "42P07"),
            ("create table u (n int primary key); insert into u values (1), (1)", .uniqueViolation, "23505"),
            ("create table c (n int not null); insert into c values (null)", .constraintViolation, "23502"),
            ("set role pg_monitor; create table public.x (n int)", .insufficientPrivilege, "42501"),
            ("set statement_timeout = 1; select pg_sleep(60)", .statementCancelled, "57014"),
        ])
    func codes(_ sql: String, _ expected: PostgresError.Code, _ sqlState: String) async throws {
        let connection = try await connect()
        let error = await failure { try await connection.execute(sql) }
        #expect(error?.code == expected && error?.sqlState == sqlState)
        #expect(error?.statement == sql)
        try await connection.execute("select 1")
    }

    @Test(
        "Whether the same may pass in a moment is known by the SQLSTATE, also of a server that refuses a session",
        arguments: [
            ("postgresql://127.0.0.1:1/x", nil, true), ("postgresql:///x?host=/tmp/no-such-folder", nil, true),
            ("postgresql://[::1/x", nil, false), ("dbname=no_such_database", "3D000", false),
            ("user=no_such_role", "28000", false), ("busy", "53300", true),
        ] as [(String, String?, Bool)])
    func refusals(_ url: String, _ sqlState: String?, _ mayPass: Bool) async throws {
        let own = try TestDatabase.current.url
        let name = PostgresConnection.quoted(try TestDatabase.current.name)
        var given = url
        if url == "busy" {
            // A limit holds for everybody but superusers.
            let owner = try await connect()
            try await owner.execute("create role \(name) login; alter database \(name) connection limit 0")
            given = own.replacing("user=postgres", with: "user=\(try TestDatabase.current.name)")
        } else if !url.contains("://") {
            let part = url.split(separator: "=").map(String.init)
            given =
                part[0] == "user"
                ? own.replacing("user=postgres", with: "user=\(part[1])")
                : try TestURL.replacingDatabase(of: own, with: part[1])
        }
        let error = await failure { try await PostgresConnection.connect(to: given, applicationName: "tests") }
        #expect(error?.code == .cannotConnect && error?.sqlState == sqlState && error?.mayPass == mayPass)
        #expect(
            error?.detail?.contains("LOCATION") == false && error?.detail?.contains(sqlState ?? "LOCATION") == false)
        if url == "busy" { try await connect().execute("drop role \(name)") }
    }

    @Test("A lock that is not free is a lock timeout")
    func lockTimeout() async throws {
        let (first, second) = (try await connect(), try await connect(["lock_timeout": "1"]))
        try await first.execute("select pg_advisory_lock(7)")
        #expect(await code { try await second.execute("select pg_advisory_lock(7)") } == .lockTimeout)
    }

    @Test("Values show in the debug description only")
    func privacy() async throws {
        let connection = try await connect()
        let error = try #require(await failure { try await connection.query("select $1::int", [.text("secret-7")]) })
        #expect(!error.description.contains("secret-7") && !"\(error)".contains("select"))
        #expect(error.debugDescription.contains("secret-7"))
    }

    @Test(
        "A password never shows, whatever is wrong with the connection string",
        arguments: [
            "postgresql://me:hush-hush@127.0.0.1:1/x?connect_timeout=2", "postgresql://me:hush-hush@[::1/x",
            "host=127.0.0.1 port=1 password=hush-hush", "password='hush-hush", "hush-hush",
            "postgresql://me:hush-hush@127.0.0.1:99999/x", "postgresql://me:hush@hush@127.0.0.1/x",
            "postgresql://me:hush/hush@127.0.0.1/x", "postgresql://me:hush:hush/@127.0.0.1/x",
            "postgresql://me:hush?hush@127.0.0.1/x", "postgresql://me:hush#hush@127.0.0.1/x",
        ])
    func passwords(_ url: String) async throws {
        let error = await failure { try await PostgresConnection.connect(to: url, applicationName: "tests") }
        #expect(error?.code == .cannotConnect)
        #expect(error?.debugDescription.contains("hush") == false)
    }

    @Test("Key and value connection strings work as well as URLs")
    func keysAndValues() async throws {
        let name = try TestDatabase.current.name
        let url = try await TestCluster.shared.url()
        // A server given by key and value is reached that way by every other test.
        guard url.contains("://"), let host = url.firstMatch(of: /host=([^&]+)/)?.1.removingPercentEncoding else {
            return
        }
        let connection = try await PostgresConnection.connect(
            to: "host='\(host)' dbname=\(name) user=postgres", applicationName: "tests")
        #expect(try await connection.query("select current_database() as d")[0, "d"].string == name)
    }

    @Test("A session ended by the server is a lost connection, and stays one")
    func terminated() async throws {
        let (victim, other) = (try await connect(), try await connect())
        #expect(await victim.isAlive)
        let process = await victim.backendPID
        try await other.query("select pg_terminate_backend($1::int, 10000)", [.int(Int(process))])
        #expect(await code { try await victim.query("select 1") } == .connectionLost)
        #expect(await !victim.isAlive)
        #expect(await code { try await victim.execute("select 1") } == .connectionLost)
    }

    @Test("A session ended while idle is seen to be dead without asking it anything")
    func idleDeath() async throws {
        let (victim, other) = (try await connect(), try await connect())
        let process = await victim.backendPID
        try await other.query("select pg_terminate_backend($1::int, 10000)", [.int(Int(process))])
        #expect(await !victim.isAlive)
    }

    @Test("A closed connection says that it was closed")
    func closed() async throws {
        let connection = try await connect()
        await connection.close()
        await connection.close()
        #expect(await code { try await connection.execute("select 1") } == .connectionLost)
    }
}
