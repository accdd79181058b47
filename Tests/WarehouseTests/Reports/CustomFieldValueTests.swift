import Foundation
import Inflow
import Postgres
import TestSupport
import Testing

@testable import Warehouse

@Suite("13.7 The cost of the values of custom fields", .platform)
struct CustomFieldValueTests {
    @Test("Four times the values cost about four times the work, for the owner and for a reader, analysed or not")
    func linear() async throws {
        let fixture = try await LoaderFixture()
        let role = try await ReaderRoles(fixture.warehouse).access(for: .connection(fixture.connection)).user
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await compare(fixture, role))
        } catch {
            outcome = .failure(error)
        }
        try await Readers.dropRole(role)
        try outcome.get()
    }

    private func compare(_ fixture: LoaderFixture, _ role: String) async throws {
        try await fill(fixture, from: 1, to: 1_000)
        var small: [String: Int] = [:]
        for reader in ["none", role] { small[reader] = try await work(fixture, as: reader) }
        try await fill(fixture, from: 1_001, to: 4_000)
        for isAnalysed in [false, true] {
            if isAnalysed { try await fixture.rows("analyze") }
            for reader in ["none", role] {
                let (before, after) = (try #require(small[reader]), try await work(fixture, as: reader))
                #expect(before > 1_000 && after < before * 6, "\(reader), analysed \(isAnalysed): \(before), \(after)")
            }
        }
    }

    /// Jobs with three values each, one a ticked checkbox; every job was asked, and two checkboxes are defined.
    private func fill(_ fixture: LoaderFixture, from first: Int, to last: Int) async throws {
        let bookkeeping = "first_run_id, changed_run_id, changed_at, asked_at, content_hash"
        let (id, run) = (fixture.connection.id, fixture.run)
        try await fixture.rows(
            """
            insert into wfm.custom_field (connection_id, uuid, name, value_element, use_job, \(bookkeeping))
            select \(id), 'f' || n, 'Field ' || n, case when n < 3 then 'Boolean' else 'Text' end, true,
                \(run), \(run), now(), now(), ''
            from generate_series(1, 4) n
            on conflict do nothing
            """)
        try await fixture.rows(
            """
            insert into wfm.job_custom_field (connection_id, job_number, custom_field_uuid, name, boolean_value, text_value,
                \(bookkeeping))
            select \(id), 'J' || j, 'f' || n, 'Field ' || n, case when n = 1 then true end,
                case when n > 1 then 'x' end, \(run), \(run), now(), now(), ''
            from generate_series(\(first), \(last)) j, unnest(array[1, 3, 4]) n
            """)
        try await fixture.rows(
            """
            insert into inflow.parent_read (connection_id, entity, parent_key, status, asked_at, run_id)
            select \(id), 'job_custom_field', 'J' || j, 'read', now(), \(run)
            from generate_series(\(first), \(last)) j
            """)
    }

    /// The rows that the nodes of the plan handled, looked at or dropped, which do not depend on the machine.
    private func work(_ fixture: LoaderFixture, as role: String) async throws -> Int {
        try await fixture.session.execute(role == "none" ? "reset role" : "set role \(PostgresConnection.quoted(role))")
        let plan = try await fixture.session.query(
            "explain (analyze, timing off, format json) select count(*), min(value) from report.custom_field_value"
        )[0, 0].string
        try await fixture.session.execute("reset role")
        let text = try #require(plan)
        let numbers = text.matches(of: /"(Actual Rows|Actual Loops|Rows Removed by [A-Za-z ]+)": (\d+)/)
        var (sum, rows) = (0, 0)
        for match in numbers {
            let number = Int(match.2) ?? 0
            switch match.1 {
            case "Actual Rows": rows = number
            case "Actual Loops": sum += rows * number
            default: sum += number
            }
        }
        return sum
    }
}
