import Postgres
import TestSupport
import Testing

/// The fittings other tests stand on.
@Suite("Test databases")
struct TestDatabaseTests {
    static let template = TestTemplate(name: "counted") { url in
        let connection = try await PostgresConnection.connect(to: url, applicationName: "template")
        try await connection.execute("create table made (n int); insert into made values (1)")
        await connection.close()
    }

    @Test("Each case has a copy of the template of its own", .database(template), arguments: 1...8)
    func copies(_ n: Int) async throws {
        let connection = try await connect()
        try await connection.query("insert into made values ($1::int)", [.int(100 + n)])
        #expect(try await connection.query("select n from made order by n").map { try $0["n"].int } == [1, 100 + n])
    }

    @Test("A test without the trait gets an error that says what to write")
    func without() {
        #expect(throws: NoTestDatabase.self) { try TestDatabase.current }
    }
}
