import Foundation
import Inflow
import Postgres
import TestSupport
import Testing
import WorkflowMax

@testable import Warehouse

@Suite("What messages call records", .platform)
struct RecordNamesTests {
    private static let client = "0a1b2c3d-1111-2222-3333-444455556666"
    private static let contact = "aaaaaaaa-1111-2222-3333-444455556666"
    private static let unknown = "ffffffff-1111-2222-3333-444455556666"
    private static let field = "cccccccc-1111-2222-3333-444455556666"

    private func withRecords(
        _ body: (LoaderFixture, (String, String, String?) async throws -> String) async throws -> Void
    ) async throws {
        let fixture = try await LoaderFixture()
        let id = fixture.connection.id
        _ = try await fixture.rows(
            """
            insert into wfm.client (connection_id, uuid, name, first_run_id, changed_run_id, changed_at, asked_at,
                content_hash)
            values ($1, $2, 'Smith Ltd', 1, 1, now(), now(), '')
            """, .int64(id), .text(Self.client))
        _ = try await fixture.rows(
            """
            insert into wfm.client_contact (connection_id, client_uuid, uuid, name, position)
            values ($1, $2, $3, 'Jo Smith', 1)
            """, .int64(id), .text(Self.client), .text(Self.contact))
        _ = try await fixture.rows(
            """
            insert into wfm.client_custom_field (connection_id, client_uuid, custom_field_uuid, name, first_run_id,
                changed_run_id, changed_at, asked_at, content_hash)
            values ($1, $2, $3, 'Region', 1, 1, now(), now(), '')
            """, .int64(id), .text(Self.client), .text(Self.field))
        let names = RecordNames(connection: id, known: WorkflowMax.entities)
        try await body(fixture) { entity, key, stored in
            try await fixture.session.perform { session throws(PostgresError) in
                try names.name(entity, key: key, stored: stored, session)
            }
        }
    }

    @Test(
        "The name is the tables', else the answer's, else a key that is no identifier; values have their owner's too"
    )
    func names() async throws {
        try await withRecords { (_, name) async throws in
            #expect(try await name("client", Self.client, "Smith") == "Smith Ltd")
            #expect(try await name("client", Self.unknown, "Jones") == "Jones")
            #expect(try await name("client", Self.unknown, nil) == "without a known number")
            #expect(try await name("client", "", nil) == "(its key cannot be read)")
            #expect(try await name("client", "", "Jones") == "Jones")
            #expect(try await name("purchase_order", "PO-7", nil) == "PO-7")
            #expect(try await name("client_custom_field", "\(Self.client)/\(Self.field)", nil) == "Smith Ltd, Region")
            #expect(try await name("contact_custom_field", "\(Self.contact)/\(Self.unknown)", "Age") == "Jo Smith, Age")
            #expect(try await name("client_custom_field", "\(Self.unknown)/\(Self.field)", "Region") == "Region")
            #expect(try await name("job_cost", "J-12/\(Self.unknown)", "Paint") == "J-12, Paint")
            #expect(try await name("invoice_payment", "INV-7/1", nil) == "INV-7")
            #expect(try await name("no_entity_of_ours", Self.unknown, nil) == "without a known number")
        }
    }

    @Test("No message holds a bare identifier: neither the error of a run, nor a rejection, nor a held row")
    func messages() async throws {
        try await withRecords { (fixture, _) async throws in
            let error = """
                client: Status 500. (client.api/get/\(Self.client.uppercased()))
                client: \(Self.contact) and \(Self.unknown)
                """
            try await RunLog(fixture.warehouse).end(fixture.run, outcome: .failed, error: error)
            for (entity, key, label) in [
                ("invoice", Self.unknown, "INV-9, Jones"), ("client", Self.client, ""), ("quote", Self.unknown, ""),
            ] {
                _ = try await fixture.rows(
                    """
                    insert into inflow.rejection (connection_id, run_id, last_run_id, entity, chunk, key, table_name,
                        column_name, raw, reason, label, dated_on, last_seen_at)
                    values ($1, 1, 1, $2, 'whole', $3, 't', 'amount', 'x', 'not_a_number', nullif($4, ''), '2026-10-20',
                        now() + make_interval(secs => length($2)))
                    """, .int64(fixture.connection.id), .text(entity), .text(key), .text(label))
            }
            _ = try await fixture.rows(
                """
                insert into inflow.missing (connection_id, entity, key, status, chunk, run_id, first_run_id, asked_at)
                values ($1, 'timesheet', $2, 'held', 'whole', 1, 1, now())
                """, .int64(fixture.connection.id), .text(Self.unknown))
            let review = try await Incidents(fixture.warehouse, fixture.connection).review(
                entities: [], known: WorkflowMax.entities)
            let details = review.opened.map(\.detail)
            #expect(details.contains("client: Status 500. (client.api/get/Smith Ltd)\nclient: Jo Smith and ffffffff…"))
            #expect(details.contains("1 row\ntimesheet without a known number"))
            #expect(
                details.contains(
                    """
                    3 records
                    invoice INV-9, Jones, 2026-10-20: amount "x": the text is not a number
                    client Smith Ltd, 2026-10-20: amount "x": the text is not a number
                    quote without a known number, 2026-10-20: amount "x": the text is not a number
                    """), "\(details)")
            for detail in details { #expect(!detail.contains("-1111-2222-"), "\(detail)") }
        }
    }
}
