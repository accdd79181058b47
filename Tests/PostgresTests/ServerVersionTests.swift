import TestSupport
import Testing

@testable import Postgres

@Suite("The server's version")
struct ServerVersionTests {
    @Test("Version 15 and later are taken", arguments: [150_000, 150_020, 180_001])
    func taken(number: Int) throws {
        try ServerVersion(number: number).check()
    }

    @Test(
        "An older one is refused in words that name both",
        arguments: [(149_999, "14.9999"), (140_011, "14.11"), (90_624, "9.624")])
    func refused(number: Int, text: String) async {
        let error = await failure { try ServerVersion(number: number).check() }
        #expect(error?.code == .serverTooOld)
        #expect(error?.detail == "The server is PostgreSQL \(text); Inflow needs version 15 or later.")
    }

    @Test("A session knows where it reached its server", .database)
    func place() async throws {
        let connection = try await connect()
        let port = try await connection.query("select current_setting('port')::int as port")[0]["port"].int
        #expect(await connection.serverPort == port)
        #expect(await !connection.serverHost.isEmpty)
        await connection.close()
    }
}
