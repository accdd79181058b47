import Foundation
import Postgres
import TestSupport
import Testing

@Suite("COPY", .database)
struct CopyTests {
    static let nasty: [String] = [
        "", "\\N", "\\", "\\\\", "\t", "\n", "\r\n", "\u{8}\u{B}\u{C}", "\\.", "🌍 \u{10FFFF} é", "1234567\t",
        "12345678\n", "12345678", "1234567\\12345678", "\u{1}\u{2}\u{7}\u{E}\u{1F}\u{7F}", "'\"$$;--",
        String(repeating: "x\\", count: 5_000),
    ]

    @Test("Any text comes back as it was")
    func nastyText() async throws {
        let connection = try await connect()
        try await connection.execute("create table t (n bigint, a text, b text, c boolean, d float8)")
        var text = CopyText(capacity: 1)
        for (n, value) in Self.nasty.enumerated() {
            text.append(Int64(n))
            text.append(value)
            text.appendNull()
            text.append(n % 2 == 0)
            text.append(Double(n) / 3)
            text.endRow()
        }
        try await connection.copyIn("copy t from stdin")
        try await connection.putCopy(text)
        #expect(try await connection.endCopy() == Self.nasty.count)
        let rows = try await connection.query("select * from t order by n")
        #expect(try rows.map { try $0["a"].string } == Self.nasty)
        #expect(try rows.allSatisfy { try $0["b"].isNull })
        #expect(try rows.map { try $0["c"].bool } == Self.nasty.indices.map { $0 % 2 == 0 })
        #expect(try rows.map { try $0["d"].double } == Self.nasty.indices.map { Double($0) / 3 })
    }

    @Test("Whole numbers of every length are written right")
    func numbers() async throws {
        var values: [Int64] = [0, 9, 10, .max, .min, -1]
        for power in 1...18 { values += [Int64(pow(10, Double(power))), Int64(pow(10, Double(power))) - 1] }
        var text = CopyText()
        for value in values {
            text.append(value)
            text.endRow()
        }
        let written = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        #expect(written == values.map { "\($0)\n" }.joined())
        #expect(text.rowCount == values.count)
    }

    @Test("An emptied buffer leaves nothing behind")
    func discarded() {
        var text = CopyText()
        text.append("a")
        text.endRow()
        text.append("c")
        #expect(text.byteCount == 2)
        text.endRow()
        #expect(text.withUnsafeBytes { Array($0) } == Array("a\nc\n".utf8))
        text.removeAll()
        #expect(text.byteCount == 0 && text.rowCount == 0)
    }

    @Test("The error of a refused line names its number and column, and the connection goes on")
    func refusedLine() async throws {
        let connection = try await connect()
        try await connection.execute("create table \"odd, 7 name\" (a int, b date)")
        let error = await failure {
            try await connection.copyIn("copy \"odd, 7 name\" from stdin")
            try await connection.putCopy(Array("1\t2026-01-01\n2\t2026-02-30\n3\t2026-01-01\n".utf8))
            try await connection.endCopy()
        }
        #expect(error?.code == .copyRejected && error?.sqlState == "22008")
        #expect(error?.copyLine == 2 && error?.column == "b")
        #expect(error?.description.contains("2026-02-30") == false)
        #expect(try await connection.query("select from \"odd, 7 name\"").isEmpty)
    }

    @Test("A line refused early ends the COPY before all is sent")
    func refusedEarly() async throws {
        let connection = try await connect()
        try await connection.execute("create table t (a int)")
        try await connection.copyIn("copy t from stdin")
        let piece = Array(String(repeating: "1\n", count: 100_000).utf8)
        let error = await failure {
            // The refusal may be there as soon as the bad line is sent.
            try await connection.putCopy(Array("x\n".utf8))
            while true { try await connection.putCopy(piece) }
        }
        #expect(error?.code == .copyRejected && error?.copyLine == 1)
        #expect(await code { try await connection.endCopy() } == .outOfOrder)
        try await connection.execute("select 1")
    }

    @Test("Integrity is checked with the code of COPY and its own SQLSTATE")
    func duplicateKey() async throws {
        let connection = try await connect()
        try await connection.execute("create table t (a int primary key, b int not null)")
        for (lines, sqlState) in [("1\t1\n1\t1\n", "23505"), ("1\t\\N\n", "23502"), ("1\n", "22P04")] {
            let error = await failure {
                try await connection.copyIn("copy t from stdin")
                try await connection.putCopy(Array(lines.utf8))
                try await connection.endCopy()
            }
            #expect(error?.code == .copyRejected && error?.sqlState == sqlState && error?.copyLine != nil)
        }
    }

    @Test(
        "U+0000 and broken UTF-8 are refused by the server with their line",
        arguments: [[UInt8(0)], [0xC3], [0xED, 0xA0, 0x80]])
    func badBytes(_ bytes: [UInt8]) async throws {
        let connection = try await connect()
        try await connection.execute("create table t (a text)")
        var text = CopyText()
        text.append("good")
        text.endRow()
        text.append(Array("1234567890".utf8) + bytes + Array("1234567890".utf8))
        text.endRow()
        let error = await failure { [text] in
            try await connection.copyIn("copy t from stdin")
            try await connection.putCopy(text)
            try await connection.endCopy()
        }
        #expect(error?.code == .copyRejected && error?.sqlState == "22021" && error?.copyLine == 2)
    }

    @Test("An abandoned COPY leaves nothing, and giving up twice does no harm")
    func abandoned() async throws {
        let connection = try await connect()
        try await connection.execute("create table t (a int)")
        try await connection.copyIn("copy t from stdin")
        try await connection.putCopy(Array("1\n".utf8))
        await connection.abortCopy(reason: "enough")
        await connection.abortCopy(reason: "enough")
        #expect(try await connection.query("select from t").isEmpty)
    }

    @Test("COPY in the wrong place is refused and the connection goes on")
    func misplaced() async throws {
        let connection = try await connect()
        try await connection.execute("create table t (a int)")
        #expect(await code { try await connection.execute("copy t from stdin") } == .outOfOrder)
        #expect(await code { try await connection.execute("copy t to stdout") } == .outOfOrder)
        #expect(await code { try await connection.copyIn("copy t to stdout") } == .outOfOrder)
        #expect(await code { try await connection.copyIn("select 1") } == .outOfOrder)
        #expect(await code { try await connection.copyIn("copy nowhere from stdin") } == .undefinedObject)
        #expect(await code { try await connection.putCopy([1]) } == .outOfOrder)
        try await connection.execute("select 1")
    }

    @Test("A server that ends the session during COPY is a lost connection")
    func lost() async throws {
        let (connection, other) = (try await connect(), try await connect())
        try await connection.execute("create temporary table t (a int)")
        try await connection.copyIn("copy t from stdin")
        try await other.query(
            "select pg_terminate_backend($1::int, 10000)", [.int(Int(await connection.backendPID))])
        let piece = [UInt8](repeating: 0x0A, count: 1 << 20)
        #expect(await code { while true { try await connection.putCopy(piece) } } == .connectionLost)
    }
}
