import Postgres
import TestSupport
import Testing

@Suite("Transactions", .database)
struct TransactionTests {
    private struct Refusal: Error {
        let code: PostgresError.Code?
    }

    private func table() async throws -> PostgresConnection {
        let connection = try await connect()
        try await connection.execute("create table t (n int)")
        return connection
    }

    private func numbers(_ connection: PostgresConnection) async throws -> [Int?] {
        try await connection.query("select n from t order by n").map { try $0["n"].int }
    }

    @Test("What returns is committed")
    func commit() async throws {
        let connection = try await table()
        let tag = try await connection.transaction { connection throws(PostgresError) in
            try connection.query("insert into t values (1)").commandTag
        }
        #expect(tag == "INSERT 0 1")
        #expect(try await numbers(connection) == [1])
    }

    @Test("What throws is rolled back and the error passes through")
    func rollback() async throws {
        let connection = try await table()
        let error = await failure {
            try await connection.transaction { connection throws(PostgresError) in
                try connection.execute("insert into t values (1)")
                try connection.execute("select 1 / 0")
            }
        }
        #expect(error?.sqlState == "22012")
        #expect(try await numbers(connection).isEmpty)
    }

    @Test("An error of another kind rolls back too, and the transaction's own are lifted into it")
    func lifting() async throws {
        let connection = try await table()
        await #expect(throws: Refusal.self) {
            try await connection.transaction(lifting: { Refusal(code: $0.code) }) { connection throws(Refusal) in
                try? connection.execute("insert into t values (1)")
                throw Refusal(code: nil)
            }
        }
        #expect(try await numbers(connection).isEmpty)
        await connection.close()
        do throws(Refusal) {
            try await connection.transaction(lifting: { Refusal(code: $0.code) }) { _ throws(Refusal) in }
            Issue.record("A closed connection began a transaction.")
        } catch {
            #expect(error.code == .connectionLost)
        }
    }

    @Test("A failure hidden by the work does not pass for a commit")
    func hidden() async throws {
        let connection = try await table()
        let error = await failure {
            try await connection.transaction { connection throws(PostgresError) in
                try connection.execute("insert into t values (1)")
                try? connection.execute("select 1 / 0")
            }
        }
        #expect(error?.code == .rolledBack)
        #expect(try await numbers(connection).isEmpty)
        try await connection.transaction { connection throws(PostgresError) in
            try connection.execute("insert into t values (2)")
        }
        #expect(try await numbers(connection) == [2])
    }

    @Test("A transaction within one is undone alone")
    func nested() async throws {
        let connection = try await table()
        try await connection.transaction { connection throws(PostgresError) in
            try connection.execute("insert into t values (1)")
            try? connection.transaction { connection throws(PostgresError) in
                try connection.execute("insert into t values (2); select 1 / 0")
            }
            try connection.transaction { connection throws(PostgresError) in
                try connection.execute("insert into t values (3)")
            }
        }
        #expect(try await numbers(connection) == [1, 3])
    }

    @Test("A COPY left open is given up with its transaction")
    func openCopy() async throws {
        let connection = try await table()
        let error = await failure {
            try await connection.transaction { connection throws(PostgresError) in
                try connection.copyIn("copy t from stdin")
                try connection.putCopy(Array("1\n".utf8))
                try connection.execute("select 1")
            }
        }
        #expect(error?.code == .outOfOrder)
        #expect(try await numbers(connection).isEmpty)
    }
}
