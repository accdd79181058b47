import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("State before a run", .warehouse)
struct SyncStateStoreTests {
    @Test("A list without dates counts as read whole, which its month 0001-01-01 says; a month counts as that month")
    func readWhole() async throws {
        let fixture = try await LoaderFixture()
        _ = try await fixture.warehouse.query(
            """
            insert into inflow.coverage (connection_id, entity, month, verified_at) values
                ($1, 'client', '0001-01-01', '2026-03-05 06:07:08Z'), ($1, 'invoice', '2026-02-01', '2026-03-04 00:00:00Z'),
                ($1, 'staff', '0001-01-01', null)
            """, of: fixture.connection, doing: "writing coverage")
        let state = try await SyncStateStore(fixture.warehouse, fixture.connection).read()
        #expect(state.readWhole == ["client": Date(timeIntervalSince1970: 1_772_690_828)])
        #expect(state.months.map(\.entity) == ["invoice"])
        #expect(state.months.first?.month == LocalDate("2026-02-01"))
    }
}
