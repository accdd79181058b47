import Foundation
import TestSupport
import Testing
import Warehouse

@Suite("Schema snapshot")
struct SchemaSnapshotTests {
    /// `sql/schema.sql` of the checkout the tests were built from.
    private let file = Checkout.file("sql/schema.sql")

    @Test("sql/schema.sql is what the migrations come to", .platform)
    func snapshot() async throws {
        let present = try await SchemaPrinter(Warehouse(url: try TestDatabase.current.url)).text()
        if ProcessInfo.processInfo.environment["INFLOW_WRITE_SCHEMA"] != nil {
            try present.write(to: file, atomically: true, encoding: .utf8)
        }
        let committed = try String(contentsOf: file, encoding: .utf8)
        #expect(
            present == committed,
            "Write it anew: INFLOW_WRITE_SCHEMA=1 scripts/test --filter SchemaSnapshot, and read the difference.")
    }
}
