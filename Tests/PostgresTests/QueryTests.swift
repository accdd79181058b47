import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Queries", .database)
struct QueryTests {
    @Test("A query answers with rows, names and counts")
    func rows() async throws {
        let connection = try await connect()
        let result = try await connection.query(
            "select n, n * 2 as twice, null as nothing from generate_series(1, 3) n")
        #expect(result.columns == ["n", "twice", "nothing"])
        #expect(result.map { $0["twice"].int } == [2, 4, 6])
        #expect(result[0, "nothing"].isNull)
        #expect(result.affectedRows == 3)
        #expect(result[7, "n"].isNull && result[0, "missing"].isNull)
    }

    @Test("Several statements run at once and are one transaction")
    func severalStatements() async throws {
        let connection = try await connect()
        try await connection.execute("create table a (n int); insert into a values (1), (2)")
        await #expect(throws: PostgresError.self) {
            try await connection.execute("insert into a values (3); select 1 / 0; insert into a values (4)")
        }
        #expect(try await connection.query("select count(*) as n from a")[0, "n"].int == 2)
    }

    @Test("Every kind of parameter comes back as it was bound")
    func roundTrip() async throws {
        let connection = try await connect()
        let instant = Date(timeIntervalSinceReferenceDate: 817_000_000.123_456)
        let bytes = (0...255).map { UInt8($0) }
        let row = try await connection.query(
            "select $1 as t, $2 as i, $3 as b, $4 as d, $5 as y, $6 as n, $7 as s",
            [.text("tab\t'\"\\ 🌍"), .int64(.min), true, .double(0.1 + 0.2), .bytes(bytes), nil, .timestamp(instant)])[0]
        #expect(row["t"].string == "tab\t'\"\\ 🌍")
        #expect(row["i"].int64 == .min)
        #expect(row["b"].bool == true)
        #expect(row["d"].double == 0.1 + 0.2)
        #expect(row["y"].rawBytes == bytes)
        #expect(row["n"].isNull)
        let read = try row.require("s", \.date)
        #expect((read.timeIntervalSinceReferenceDate * 1e6).rounded() == 817_000_000_123_456)
    }

    @Test(
        "An instant is exact to the microsecond in any session time zone and century",
        arguments: [
            "2026-03-29 01:59:59.999999+00", "1883-11-18 12:03:58.000001+00", "0001-01-01 00:00:00+00",
            "0044-03-15 12:00:00+00 BC", "9999-12-31 23:59:59+00",
        ])
    func instants(_ text: String) async throws {
        let connection = try await connect(["timezone": "America/New_York"])
        let first = try await connection.query("select $1::timestamptz as t", [.text(text)])[0, "t"]
        let date = try #require(first.date)
        let same = try await connection.query(
            "select $1 = $2::timestamptz as same, extract(epoch from $1) as epoch", [.timestamp(date), .text(text)])
        #expect(same[0, "same"].bool == true)
        #expect(same[0, "epoch"].double == (date.timeIntervalSince1970 * 1e6).rounded() / 1e6)
    }

    @Test("Arrays keep quotes, backslashes, commas, the word NULL and nulls")
    func arrays() async throws {
        let connection = try await connect()
        let texts: [String?] = ["a,b", "\"", "\\", "NULL", nil, "", "{}"]
        let result = try await connection.query("select t from unnest($1) as t", [.textArray(texts)])
        #expect(result.map { $0["t"].string } == texts)
        let numbers = try await connection.query("select n from unnest($1) as n", [.int64Array([3, -1])])
        #expect(numbers.map { $0["n"].int } == [3, -1])
    }

    @Test("U+0000 is refused in a parameter and in a statement, not cut off")
    func zero() async throws {
        let connection = try await connect()
        #expect(await code { try await connection.query("select $1", [.text("a\0b")]) } == .badParameter)
        #expect(await code { try await connection.execute("select 1\0; drop table x") } == .badParameter)
    }

    @Test("A wanted column that is missing, null or of another type is told by name")
    func required() async throws {
        let row = try await connect().query("select null as nothing, 'x' as word")[0]
        for name in ["absent", "nothing", "word"] {
            let error = #expect(throws: PostgresError.self) { try row.require(name, \.int) }
            #expect(error?.code == .badResult && error?.detail?.contains("\"\(name)\"") == true)
        }
    }

    @Test("A prepared statement runs many times")
    func prepared() async throws {
        let connection = try await connect()
        try await connection.prepare("twice", "select $1::bigint * 2 as n")
        for n in [1, 21] {
            #expect(try await connection.queryPrepared("twice", [.int(n)])[0, "n"].int == 2 * n)
        }
    }

    @Test("Notices are collected or handed on")
    func notices() async throws {
        let connection = try await connect()
        try await connection.execute("drop table if exists nothing_of_the_kind")
        let notices = await connection.takeNotices()
        #expect(notices.map(\.severity) == ["NOTICE"] && notices.map(\.sqlState) == ["00000"])
        #expect(await connection.takeNotices().isEmpty)
    }

    @Test("Twenty connections work side by side")
    func parallel() async throws {
        let connections = try await withThrowingTaskGroup(of: PostgresConnection.self) { group in
            for _ in 1...20 { group.addTask { try await connect() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // Each holds a share of one lock, so all twenty are seen at once by the last.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in connections {
                group.addTask { try await connection.execute("select pg_advisory_lock_shared(1)") }
            }
            try await group.waitForAll()
        }
        let held = try await connections[0].query(
            """
            select count(*) as n from pg_locks
            where locktype = 'advisory' and granted
                and database = (select oid from pg_database where datname = current_database())
            """)
        #expect(held[0, "n"].int == 20)
    }
}
