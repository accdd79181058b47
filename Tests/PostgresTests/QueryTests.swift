import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite("Queries", .database)
struct QueryTests {
    @Test("A query answers with rows, names and counts")
    func rows() async throws {
        let connection = try await connect()
        let result = try await connection.query(
            "select n, n * 2 as twice, null as nothing from generate_series(1, 3) n")
        #expect(result.columns == ["n", "twice", "nothing"])
        #expect(try result.map { try $0["twice"].int } == [2, 4, 6])
        #expect(try result[0, "nothing"].isNull)
        #expect(result.affectedRows == 3)
        #expect(try result[7, "n"].isNull)
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
        #expect(try row["t"].string == "tab\t'\"\\ 🌍")
        #expect(try row["i"].int64 == .min)
        #expect(try row["b"].bool == true)
        #expect(try row["d"].double == 0.1 + 0.2)
        #expect(try row["y"].rawBytes == bytes)
        #expect(try row["n"].isNull)
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
        #expect(try same[0, "same"].bool == true)
        #expect(try same[0, "epoch"].double == (date.timeIntervalSince1970 * 1e6).rounded() / 1e6)
    }

    @Test("Ten thousand instants of all zones are those that the server counts, and the last that it knows is one")
    func manyInstants() async throws {
        for zone in ["Pacific/Auckland", "Asia/Kathmandu", "America/St_Johns", "UTC"] {
            let connection = try await connect(["timezone": zone])
            let rows = try await connection.query(
                """
                select t, extract(epoch from t - timestamptz '2001-01-01 00:00:00+00') * 1000000 as microseconds
                from generate_series(1, 2500) as g,
                    lateral (select timestamptz '1860-01-01' + g * interval '37 days 5 hours 7 minutes 1.234567 seconds'
                        - interval '1 second' * (g % 7)) as made (t)
                """)
            #expect(rows.count == 2500)
            for row in rows {
                let date = try #require(try row["t"].date)
                #expect(try date.timeIntervalSinceReferenceDate == row.double("microseconds") / 1e6)
            }
        }
        let last = try await connect().query("select timestamptz '294276-12-31 23:59:59.999999+00' as t")[0]
        #expect(try last["t"].date != nil)
    }

    @Test(
        "What is no instant is none",
        arguments: [
            "infinity", "-infinity", "", "2026-01-01", "2026-01-01 10:00:00", "2026-01-01 10:00+00",
            "2026-01-01 10:00:00.+00", "2026-01-01 10:00:00.1234567+00", "2026-01-01 10:00:00+0",
            "2026-01-01 10:00:00+00:", "2026-01-01 10:00:00+00 AD", "2026-01-01 10:00:00+00 B",
            "26-01-01 10:00:00+00", "2026-01-01T10:00:00+00", "2026-01-01 10:00:00+00 ",
        ])
    func noInstant(_ text: String) {
        #expect(TimestampText(text) == nil)
    }

    @Test("Arrays keep quotes, backslashes, commas, the word NULL and nulls")
    func arrays() async throws {
        let connection = try await connect()
        let texts: [String?] = ["a,b", "\"", "\\", "NULL", nil, "", "{}"]
        let result = try await connection.query("select t from unnest($1) as t", [.textArray(texts)])
        #expect(try result.map { try $0["t"].string } == texts)
        let numbers = try await connection.query("select n from unnest($1) as n", [.int64Array([3, -1])])
        #expect(try numbers.map { try $0["n"].int } == [3, -1])
    }

    @Test("U+0000 is refused in a parameter and in a statement, not cut off")
    func zero() async throws {
        let connection = try await connect()
        #expect(await code { try await connection.query("select $1", [.text("a\0b")]) } == .badParameter)
        #expect(await code { try await connection.execute("select 1\0; drop table x") } == .badParameter)
    }

    @Test("The error of a wanted column that is missing, null or of another type names it")
    func required() async throws {
        let row = try await connect().query("select null as nothing, 'x' as word")[0]
        for name in ["absent", "nothing", "word"] {
            let error = #expect(throws: PostgresError.self) { try row.require(name, \.int) }
            #expect(error?.code == .badResult && error?.detail?.contains("\"\(name)\"") == true)
        }
    }

    @Test("A misspelt column is an error that names it, however the column is read")
    func misspelt() async throws {
        let connection = try await connect()
        let result = try await connection.query("select 'a' as name, null::text as nothing")
        let row = result[0]
        #expect(try row.text("name") == "a")
        #expect(try row.optionalText("nothing") == nil)
        let readings: [(PostgresResult.Row) throws -> Any?] = [
            { try $0["nmae"] }, { try $0.text("nmae") }, { try $0.optionalText("nmae") }, { try $0.int("nmae") },
            { try $0.optionalInt("nmae") }, { try $0.int64("nmae") }, { try $0.optionalInt64("nmae") },
            { try $0.bool("nmae") }, { try $0.optionalBool("nmae") }, { try $0.date("nmae") },
            { try $0.optionalDate("nmae") }, { try $0.double("nmae") }, { try $0.optionalDouble("nmae") },
            { try $0.bytes("nmae") }, { try $0.optionalBytes("nmae") },
        ]
        for reading in readings {
            let error = #expect(throws: PostgresError.self) { try reading(row) }
            #expect(error?.code == .badResult)
            #expect(error?.detail == "The answer has no column \"nmae\"; it has name, nothing.")
        }
        #expect(throws: PostgresError.self) { try result.texts("nmae") }
        #expect(throws: PostgresError.self) { try row.text("nothing") }
        #expect(throws: PostgresError.self) { try row.optionalInt("name") }
    }

    @Test("The server takes an encrypted password as it is; it does not show the password, and no two are the same")
    func encrypted() async throws {
        let connection = try await connect()
        let verifiers = [
            try await connection.encrypted("open sesame", for: "a"),
            try await connection.encrypted("open sesame", for: "a"),
        ]
        #expect(verifiers.allSatisfy { $0.hasPrefix("SCRAM-SHA-256$4096:") && !$0.contains("sesame") })
        #expect(verifiers[0] != verifiers[1])
        try await connection.execute("begin; create role sesame_user password '\(verifiers[0])'")
        let kept = try await connection.query(
            "select rolpassword from pg_authid where rolname = 'sesame_user'")[0].text("rolpassword")
        try await connection.execute("rollback")
        #expect(kept == verifiers[0])
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
        #expect(try held[0, "n"].int == 20)
    }
}
