import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("Tables as of a time whose history was deleted", .platform)
struct PrunedHistoryTests {
    @Test("10.D19 a moment whose versions were deleted raises, and names the first moment that can be asked for")
    func raises() async throws {
        let fixture = try await LoaderFixture()
        var connection = fixture.connection
        connection.settings.historyDays = 10
        for entity in ["job", "client"] {
            try await fixture.rows(
                """
                insert into inflow.chunk (connection_id, run_id, entity, chunk, status, asked_at, ended_at)
                values ($1, $2, $3, 'x', 'loaded', now() - interval '90 days', now() - interval '90 days')
                """, .int64(connection.id), .int64(fixture.run), .text(entity))
        }
        // One version was superseded twenty days ago, one five days ago.
        for (key, days) in [("old", 20), ("new", 5)] {
            try await fixture.rows(
                """
                insert into inflow.history (
                    connection_id, entity, key, valid_from, valid_until, run_id, change, record, lines)
                values ($1, 'job', $2, now() - interval '60 days', now() - make_interval(days => $3::integer), 1, 'updated',
                    jsonb_build_object('uuid', $2::text), '{}')
                """, .int64(connection.id), .text(key), .int(days))
        }
        func jobs(daysAgo days: Int) async throws -> [String] {
            try await fixture.rows("select uuid from wfm.job_as_of(now() - interval '\(days) days') order by 1")
        }
        #expect(try await jobs(daysAgo: 30) == ["new", "old"])
        #expect(try await Retention(fixture.warehouse, connection).run().versions == 1)
        let error = await #expect(throws: PostgresError.self) { try await jobs(daysAgo: 30) }
        #expect(error?.sqlState == "22023")
        #expect(
            error?.serverDetail?.contains("history-days") == true || error?.detail?.contains("history-days") == true)
        #expect(try await jobs(daysAgo: 15) == ["new"], "of that moment nothing was deleted")
        #expect(try await fixture.rows("select uuid from wfm.client_as_of(now() - interval '30 days')") == [])
        // Deleting nothing more moves nothing.
        #expect(try await Retention(fixture.warehouse, connection).run().versions == 0)
        #expect(try await jobs(daysAgo: 15) == ["new"])
    }
}
